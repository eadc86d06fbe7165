"""The tests' side door for what only Walmart has: /control/walmart/…, JSON in and out."""

from werkzeug.routing import Rule

from ..control import Control
from .data import make_order
from .sellers import make_seller

RULES = (
    Rule("/control/walmart/orders", methods=["GET", "POST"], endpoint="walmart_control_orders"),
    Rule("/control/walmart/sellers", methods=["GET", "POST"], endpoint="walmart_control_sellers"),
)


class WalmartControl(Control):
    """Reads and changes Walmart's part of the world on behalf of a test."""

    def _walmart_control_orders(self, method, data):
        orders = self._world.walmart.orders
        if method == "GET":
            rows = [{"seller": code, "order": order} for code, order in orders.all()]
            return {"orders": rows, "returns": orders.returns()}
        seller = data.pop("seller", None)
        if "change" in data:
            return {"orders": orders.change(data["ref"], data["change"], seller)}
        code = seller or next(iter(self._world.walmart.sellers))
        order = make_order(**{"seller": code, **data["make"]}) if "make" in data else data
        if missing := {"purchaseOrderId", "customerOrderId", "orderDate", "orderLines"} - set(order):
            raise ValueError(f"The order lacks {', '.join(sorted(missing))}")
        orders.put(code, order)
        return {"orders": [order]}

    def _walmart_control_sellers(self, method, data):
        state = self._world.walmart
        if method == "POST":
            code = data.pop("seller")
            expire, rotate = data.pop("expire_tokens", False), data.pop("rotate_secret", None)
            known = state.sellers.get(code)
            state.sellers[code] = known.change(**data) if known else make_seller(code, **data)
            if rotate:
                state.rotate(code, rotate if isinstance(rotate, str) else None)
            if expire:
                state.keys.expire(code)
        rows = [{k: v for k, v in vars(s).items() if k != "client_secret"} for s in state.sellers.values()]
        return {"sellers": rows}

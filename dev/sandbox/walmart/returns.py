"""Return orders as GET /v3/returns tells them."""

from datetime import timedelta
from decimal import Decimal

from ..chance import digits, rng
from .wire import buyer_of, lines_of, number, stamp_iso


def make_return(order, when, seller):
    """Return the return order for all of a purchase order.

    :param datetime when: the buyer asked for it.
    :param str seller: its code.
    """
    source = rng("walmart return", order["purchaseOrderId"])
    lines = [_line(position, line, order, when) for position, line in enumerate(lines_of(order), 1)]
    first, _blank, last = buyer_of(order).partition(" ")
    total = sum(_amount(line["chargeTotals"][-1]["value"]) for line in lines)
    carrier = {"carrierId": "11", "carrierName": "FEDEX", "serviceType": "Ground", "trackingNo": digits(source, 12)}
    return {
        "returnOrderId": f"10{digits(source, 16)}",
        "customerEmailId": order["customerEmailId"],
        "customerName": {"firstName": first, "lastName": last},
        "customerOrderId": order["customerOrderId"],
        "refundMode": "POST_DELIVERY",
        "returnOrderDate": stamp_iso(when),
        "returnType": "REFUND",
        "returnByDate": stamp_iso(when + timedelta(days=30)),
        "totalRefundAmount": {"currencyAmount": number(total), "currencyUnit": _currency(order)},
        "returnLineGroups": [
            {
                "groupNo": 1,
                "returnLines": [{"returnOrderLineNumber": line["returnOrderLineNumber"]} for line in lines],
                "labels": [{"labelImageURL": None, "carrierInfoList": [carrier]}],
                "returnExpectedFlag": True,
            }
        ],
        "returnOrderLines": lines,
        "returnChannel": {"channelName": "IN_STORE"},
    }


def finish(return_order, when):
    """Return a return order as it is once the money went back."""
    done = {"status": "COMPLETED", "statusTime": stamp_iso(when), "currentRefundStatus": "REFUND_COMPLETED"}
    lines = return_order["returnOrderLines"]
    lines = [line | done | {"refundedQty": line["quantity"]["measurementValue"]} for line in lines]
    return return_order | {"returnOrderLines": lines}


def _currency(order):
    return lines_of(order)[0]["charges"]["charge"][0]["chargeAmount"]["currency"]


def _amount(value):
    return Decimal(str(value["currencyAmount"]))


def _line(position, line, order, when):
    charge = line["charges"]["charge"][0]
    quantity, currency = int(line["orderLineQuantity"]["amount"]), charge["chargeAmount"]["currency"]
    price = Decimal(str(charge["chargeAmount"]["amount"]))
    tax = Decimal(str(charge["tax"]["taxAmount"]["amount"])) if charge["tax"] else Decimal(0)

    def money(amount):
        return {"currencyAmount": number(amount), "currencyUnit": currency}

    totals = (("lineSubTotal", price), ("lineTotalTaxes", tax), ("lineTotal", price + tax))
    each = (price / quantity).quantize(Decimal("0.01"))
    return {
        "returnOrderLineNumber": position,
        "salesOrderLineNumber": int(line["lineNumber"]),
        "returnReason": "DAMAGED",
        "purchaseOrderId": order["purchaseOrderId"],
        "purchaseOrderLineNumber": int(line["lineNumber"]),
        "item": {"sku": line["item"]["sku"], "productName": line["item"]["productName"], "condition": "New"},
        "charges": [{"chargeCategory": "PRODUCT", "chargeName": "ItemPrice", "chargePerUnit": money(each)}],
        "unitPrice": money(each),
        "chargeTotals": [{"name": name, "value": money(amount)} for name, amount in totals],
        "currentDeliveryStatus": "IN_TRANSIT",
        "currentRefundStatus": "REFUND_INITIATED",
        "quantity": {"unitOfMeasure": "EACH", "measurementValue": quantity},
        "returnExpectedFlag": True,
        "refundedQty": 0,
        "refundChannel": "SELLER_AUTO_REFUND",
        "status": "INITIATED",
        "statusTime": stamp_iso(when),
    }

"""Dialogs take the tickets that their user may see, and tell nothing of others (trust.md A11)."""

from odoo.exceptions import AccessError

from ..trust_common import OTHER_ORDER, US_ORDER, TrustCase

ONE_TICKET = ("answered", "correct.link", "correct.move", "correct.merge", "message.compose")
REST = {
    "answered": {"text": "x"},
    "correct.link": {"order_ref": OTHER_ORDER},
    "correct.move": {"message_key": 1},
    "correct.merge": {},
    "message.compose": {},
}


class TestTrustDialogs(TrustCase):
    def dialogs(self):
        """Yield (user's role, dialog's model as that user, create values with a ticket that is not theirs)."""
        for role in ("own", "team", "beta"):
            for name in ONE_TICKET:
                dialog = self.as_(role, self.env[f"marketplace.{name}"])
                for field in dialog._get_ticket_names():
                    value = [(6, 0, self.hidden.ids)] if dialog._fields[field].type == "many2many" else self.hidden.id
                    yield dialog, field, {**REST[name], field: value}

    def refuse(self, act):
        """Check that something is refused, in words that name nothing of the hidden ticket."""
        with self.assertRaises(AccessError) as caught:
            act()
        for secret in (US_ORDER, self.hidden.number, self.hidden.name, self.hidden.partner_name):
            self.assertNotIn(secret, str(caught.exception))

    def test_every_dialog_about_tickets_is_tried_here(self):
        found = {
            name.removeprefix("marketplace.")
            for name, model in self.env.registry.items()
            if name.startswith("marketplace.") and model._transient and not model._abstract
            and any(field.comodel_name == "helpdesk.ticket" for field in model._fields.values())
        }  # fmt: skip
        self.assertEqual(found, set(ONE_TICKET))

    def test_nobody_makes_one_about_a_ticket_of_others(self):
        for dialog, field, values in self.dialogs():
            with self.subTest(f"{dialog._name}.{field}: {dialog.env.user.name}"):
                self.refuse(lambda dialog=dialog, values=values: dialog.create(values))
                self.refuse(lambda dialog=dialog, values=values, field=field: dialog.web_save(values, {field: {}}))

    def test_nor_changes_one_to_be_about_it(self):
        for dialog, field, values in self.dialogs():
            if dialog.env.user == self.users["beta"]:
                continue
            own = {**values, "ticket_id": self.mine.id, "ticket_ids": [(6, 0, self.mine.ids)], "target_id": False}
            record = dialog.create({name: value for name, value in own.items() if name in dialog._fields})
            with self.subTest(f"{dialog._name}.{field}"):
                self.refuse(lambda record=record, values=values, field=field: record.write({field: values[field]}))

    def test_a_form_and_its_defaults_tell_nothing_of_it(self):
        for dialog, field, values in self.dialogs():
            spec = {name: {"fields": {"display_name": {}}} for name in dialog._get_ticket_names()}
            spec |= {name: {} for name in dialog._fields if name not in spec}
            context = {f"default_{field}": values[field]}
            with self.subTest(f"{dialog._name}.{field}: {dialog.env.user.name}"):
                for given in ([], [field]):
                    self.refuse(lambda d=dialog, v=values, g=given, spec=spec: d.onchange(v, g, spec))
                self.refuse(lambda d=dialog, c=context, field=field: d.with_context(**c).default_get([field]))
                self.refuse(lambda d=dialog, c=context, spec=spec: d.with_context(**c).onchange({}, [], spec))
                rest = {name: value for name, value in values.items() if name != field}
                self.refuse(lambda d=dialog, c=context, r=rest: d.with_context(**c).create(r))

    def test_a_dialog_that_was_opened_in_time_does_nothing_afterwards(self):
        ticket = self.as_("own", self.mine)
        answered = ticket.env["marketplace.answered"].create({"ticket_id": ticket.id, "text": "x"})
        action = ticket.action_marketplace_open_link()
        link = ticket.env[action["res_model"]].browse(action["res_id"])
        link.write({"order_ref": OTHER_ORDER, "reason": "Why"})
        self.mine.write({"team_id": self.hidden_team.id, "user_id": False})
        self.env.flush_all()
        self.env.invalidate_all()
        for act in (answered.action_record, link.action_link):
            with self.assertRaises(AccessError):
                act()

    def test_nobody_writes_the_order_that_a_dialog_found(self):
        for name in ("write.first", "order.open"):
            dialog = self.as_("own", self.env[f"marketplace.{name}"])
            order = self.hidden.marketplace_order_id
            with self.assertRaises(AccessError):
                dialog.create({"order_ref": "x", "order_id": order.id})
            record = dialog.create({"order_ref": "x"})
            with self.assertRaises(AccessError):
                record.write({"order_id": order.id})
            with self.assertRaises(AccessError):
                dialog.with_context(default_order_id=order.id).create({"order_ref": "x"}).read(["order_id"])

    def test_the_composer_describes_no_ticket_of_others(self):
        composer = self.as_("own", self.env["mail.compose.message"])
        values = {"model": "helpdesk.ticket", "res_ids": f"[{self.hidden.id}]", "composition_mode": "comment"}
        with self.assertRaises(AccessError):
            composer.create(values).read(["marketplace_to"])
        with self.assertRaises(AccessError):
            composer.onchange(values, ["model"], {"marketplace_to": {}, "model": {}, "res_ids": {}})

from odoo import _, api, fields, models
from odoo.exceptions import UserError

#: What may be told of a receipt and is kept here as told.
_TOLD = (
    "type",
    "order_name",
    "state",
    "at",
    "fn",
    "fd",
    "leg_ofd",
    "leg_odoo",
    "attempts",
    "error",
)

_LEGS = [
    ("none", "Nothing to Deliver"),
    ("pending", "Waiting"),
    ("delivered", "Delivered"),
    ("dead", "Not Taken"),
    ("other", "Unknown"),
]


class KktBufferRow(models.Model):
    """A receipt that is not at rest at its till, as the last heartbeat told.

    It waits for the OFD or for Odoo, was given up, or is in doubt. The list is the
    till's: what it does not name any more is gone here too, and nobody else writes it.
    """

    _name = "kkt.buffer.row"
    _description = "Receipt in a Till's Buffer"
    _order = "till_id, at, id"
    _rec_name = "key"

    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    key = fields.Char(string="Receipt Key", required=True, readonly=True)
    type = fields.Char(string="Type, as Told", required=True, readonly=True)
    type_text = fields.Char(string="Type", compute="_compute_type_text")
    order_name = fields.Char(string="Order Ref", readonly=True)
    total = fields.Monetary(readonly=True)
    state = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("closing", "Being Printed"),
            ("unknown", "In Doubt"),
            ("fiscalized", "Fiscalized"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
            ("other", "Unknown"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    at = fields.Datetime(string="Time", readonly=True)
    fn = fields.Char(string="Fiscal Drive (FN)", readonly=True)
    fd = fields.Integer(string="Fiscal Document (FD)", readonly=True, aggregator=None)
    leg_ofd = fields.Selection(_LEGS, string="To the OFD", readonly=True)
    leg_odoo = fields.Selection(_LEGS, string="To Odoo", readonly=True)
    attempts = fields.Integer(string="Tries", readonly=True, aggregator=None)
    error = fields.Char(string="Last Error", readonly=True)
    event_ids = fields.One2many(
        "kkt.till.event",
        string="Events",
        compute="_compute_event_ids",
        groups="optics_pos_ru54fz.group_kkt_manager,"
        "optics_pos_ru54fz.group_kkt_accountant",
    )
    order_id = fields.Many2one(
        "pos.order",
        string="Order",
        compute="_compute_order_id",
        help="Odoo has this order already.",
    )
    receipt_id = fields.Many2one(
        "kkt.receipt",
        string="Fiscal Receipt",
        compute="_compute_receipt_id",
        help="Odoo has this document already.",
    )

    _key_unique = models.Constraint(
        "unique (till_id, key)", "This receipt is listed already."
    )

    @api.depends("type")
    def _compute_type_text(self):
        types = self.env["kkt.receipt"]._fields["type"]
        known = dict(types._description_selection(self.env))
        for row in self:
            row.type_text = known.get(row.type, row.type)

    def _compute_event_ids(self):
        """The journal's events of this receipt, those that come to Odoo."""
        for row in self:
            row.event_ids = self.env["kkt.till.event"].search(
                [("till_id", "=", row.till_id.id), ("key", "=", row.key)], limit=80
            )

    @api.depends("key")
    def _compute_order_id(self):
        uuids = {row: row.key.rpartition(":")[0] for row in self}
        orders = self.env["pos.order"].search([("uuid", "in", list(uuids.values()))])
        by_uuid = {order.uuid: order for order in orders}
        for row, uuid in uuids.items():
            row.order_id = by_uuid.get(uuid)

    @api.depends("fn", "fd")
    def _compute_receipt_id(self):
        documents = [(row.fn, row.fd) for row in self if row.fn and row.fd]
        receipts = self.env["kkt.receipt"].search(
            [
                ("fn", "in", list({fn for fn, _fd in documents})),
                ("fd", "in", list({fd for _fn, fd in documents})),
            ]
        )
        by_document = {(receipt.fn, receipt.fd): receipt for receipt in receipts}
        for row in self:
            row.receipt_id = by_document.get((row.fn, row.fd))

    # ------------------------------------------------------------------
    # With the heartbeat
    # ------------------------------------------------------------------

    @api.model
    def _take(self, till, rows):
        """Make the till's list equal to what it told; only what differs is written."""
        known = {
            row.key: row for row in self.sudo().search([("till_id", "=", till.id)])
        }
        new = []
        for told in rows:
            vals = {name: told[name] for name in _TOLD} | {"total": told["total"] / 100}
            row = known.pop(told["key"], None)
            if row is None:
                new.append(
                    {
                        **vals,
                        "key": told["key"],
                        "till_id": till.id,
                        "company_id": till.company_id.id,
                    }
                )
                continue
            changed = {
                name: value
                for name, value in vals.items()
                if (row[name] or False) != (value or False)
            }
            if changed:
                row.write(changed)
        if known:
            self.sudo().browse(row.id for row in known.values()).unlink()
        if new:
            self.sudo().create(new)

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_retry(self):
        """The till tries once more what was refused for good."""
        for row in self:
            if not row._is_dead():
                raise UserError(
                    _("%s was not refused for good: the till is at it.", row.key)
                )
            self.env["kkt.till.command"]._request(
                row.till_id, "dlq_retry", {"key": row.key}
            )
        return self.till_id._told()

    def action_resolve(self):
        """A person took care of it: the till need not deliver it any more."""
        self.ensure_one()
        if not self._is_dead():
            raise UserError(
                _("%s was not refused for good: the till is at it.", self.key)
            )
        return self.till_id._ask("dlq_resolve", {"default_key": self.key})

    def _is_dead(self):
        self.ensure_one()
        return "dead" in (self.leg_ofd, self.leg_odoo)

    def action_view_order(self):
        """The order, where its page brought it."""
        self.ensure_one()
        if not self.order_id:
            raise UserError(_("Odoo does not have this order yet."))
        return {
            "name": _("Order"),
            "type": "ir.actions.act_window",
            "res_model": "pos.order",
            "view_mode": "form",
            "res_id": self.order_id.id,
        }

from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import bridge_messages, messages, wire
from ..tools.refundable import Refundable
from .kkt_receipt import BigInteger

#: A refund that did not come for so long gives its quantities back.
LIFETIME = timedelta(hours=24)


class KktRefundReservation(models.Model):
    """Quantities of a receipt's line that a refund under way will take back."""

    _name = "kkt.refund.reservation"
    _description = "Reserved Refund"
    _order = "id desc"
    _rec_name = "uuid"

    uuid = fields.Char(string="Refund UUID", required=True, readonly=True, index=True)
    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    original_id = fields.Many2one(
        "kkt.receipt",
        string="Sale",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    line = fields.Integer(
        required=True, readonly=True, help="Position in the original receipt, from 1."
    )
    quantity_millionths = BigInteger(required=True, readonly=True)
    sum_kopecks = BigInteger(required=True, readonly=True)
    quantity = fields.Float(digits=(16, 6), compute="_compute_quantity")
    amount = fields.Float(digits=(16, 2), compute="_compute_quantity")
    state = fields.Selection(
        [
            ("active", "Reserved"),
            ("booked", "Refunded"),
            ("released", "Released"),
            ("replaced", "Replaced"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="active",
    )
    expires = fields.Datetime(required=True, readonly=True)
    refund_id = fields.Many2one(
        "kkt.receipt", string="Refund", readonly=True, ondelete="restrict"
    )

    _active_unique = models.UniqueIndex(
        "(uuid, original_id, line) WHERE state = 'active'",
        "This line is reserved for the refund already.",
    )
    _active_index = models.Index("(original_id) WHERE state = 'active'")

    @api.depends("quantity_millionths", "sum_kopecks")
    def _compute_quantity(self):
        for reservation in self:
            reservation.quantity = reservation.quantity_millionths / 1_000_000
            reservation.amount = reservation.sum_kopecks / 100

    # ------------------------------------------------------------------
    # From the bridges
    # ------------------------------------------------------------------

    @api.model
    def _answer(self, till, params):
        """Release, then reserve; one request's refusal does not touch the others."""
        till = till.sudo()
        try:
            released = wire.rows(params.get("release") or [], "release")
            requests = wire.rows(params.get("reserve") or [], "reserve")
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
        self._release(till, [uuid for uuid in released if isinstance(uuid, str)])
        return {"results": [self._reserve_row(till, row) for row in requests]}

    @api.model
    def _release(self, till, uuids):
        mine = self.sudo().search(
            [
                ("uuid", "in", uuids),
                ("state", "=", "active"),
                ("company_id", "=", till.company_id.id),
            ]
        )
        mine.write({"state": "released"})

    @api.model
    def _reserve_row(self, till, row):
        uuid = row.get("uuid") if isinstance(row, dict) else None
        try:
            request = bridge_messages.parse_refund(row)
        except wire.WireError as error:
            return _refused(uuid, "row_invalid", str(error))
        original = self.env["kkt.receipt"].sudo()
        original = original.search(
            [
                ("fn", "=", request["fn"]),
                ("fd", "=", request["fd"]),
                ("company_id", "=", till.company_id.id),
            ]
        )
        if not original:
            return {"uuid": uuid, "status": "original_unknown", "error": None}
        if request["fp"] is not None and str(request["fp"]) != original.fp:
            return _refused(
                uuid, "original_differs", _("The fiscal sign is another document's.")
            )
        if messages.OPERATIONS[original.type] != 1:
            return _refused(
                uuid, "original_differs", _("Only a sale can be taken back.")
            )
        original._take_refund_turn()
        return self._reserve(till, original, request)

    @api.model
    def _reserve(self, till, original, request):
        uuid = request["uuid"]
        own = original._refunds().filtered(lambda refund: refund.uuid == uuid)
        if own:
            # The refund itself is here already: it counts by its own document.
            return {"uuid": uuid, "status": "reserved", "error": None}
        try:
            left = self._left(original, apart_from=uuid)
            taken = left.take(request["items"])
        except wire.WireError as error:
            return _refused(uuid, "original_unreadable", str(error))
        if taken is None:
            return _refused(
                uuid,
                "refund_exceeds",
                _("More than is left of the sale (%s).", original.display_name),
                left.lines(),
            )
        self.sudo().search([("uuid", "=", uuid), ("state", "=", "active")]).write(
            {"state": "replaced"}
        )
        self.flush_model()
        self.sudo().create(
            [
                {
                    "uuid": uuid,
                    "till_id": till.id,
                    "company_id": till.company_id.id,
                    "original_id": original.id,
                    "line": line,
                    "quantity_millionths": quantity,
                    "sum_kopecks": kopecks,
                    "expires": fields.Datetime.now() + LIFETIME,
                }
                for line, (quantity, kopecks) in sorted(taken.items())
            ]
        )
        return {"uuid": uuid, "status": "reserved", "error": None}

    @api.model
    def _left(self, original, apart_from=None):
        """What of a sale may still be taken back; not counting one refund's own."""
        left = Refundable(original.content)
        for refund in original._refunds():
            left.book(refund.content)
        reserved = self.sudo().search(
            [
                ("original_id", "=", original.id),
                ("state", "=", "active"),
                ("expires", ">", fields.Datetime.now()),
                ("uuid", "!=", apart_from),
            ]
        )
        for row in reserved:
            left.book_line(row.line, row.quantity_millionths, row.sum_kopecks)
        return left

    # ------------------------------------------------------------------
    # Periodic
    # ------------------------------------------------------------------

    @api.model
    def _expire(self):
        late = self.sudo().search(
            [("state", "=", "active"), ("expires", "<=", fields.Datetime.now())]
        )
        late.write({"state": "expired"})

    # ------------------------------------------------------------------
    # Kept
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su or vals.keys() - {"state", "refund_id"}:
            raise UserError(_("A reservation on record cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("A reservation on record cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("A reservation on record cannot be copied."))


class KktReceipt(models.Model):
    """Refunds of a receipt, and what they end."""

    _inherit = "kkt.receipt"

    def _refunds(self):
        """The refunds of this sale that are on record, oldest first."""
        self.ensure_one()
        return self.sudo().search(
            [("refund_fn", "=", self.fn), ("refund_fd", "=", self.fd)], order="id"
        )

    def _take_refund_turn(self):
        """Who touches what is refundable of these receipts goes one after another.

        A lock alone is not enough: a transaction that waited for it would go on with
        what it saw before. Of two that change the same row PostgreSQL lets the later
        one start again.
        """
        self.env.cr.execute(
            "UPDATE kkt_receipt SET refund_turn = refund_turn + 1 WHERE id IN %s",
            [tuple(sorted(self.ids))],
        )

    def _end_reservations(self):
        """Refunds came: what was reserved for them counts by their documents now."""
        refunds = self.filtered("refund_fn")
        if not refunds:
            return
        reservations = self.env["kkt.refund.reservation"].sudo()
        reservations = reservations.search(
            [("uuid", "in", refunds.mapped("uuid")), ("state", "=", "active")]
        )
        by_uuid = {refund.uuid: refund for refund in refunds}
        for reservation in reservations:
            reservation.write(
                {"state": "booked", "refund_id": by_uuid[reservation.uuid].id}
            )
        originals = self.sudo().browse()
        for refund in refunds:
            originals |= self.sudo().search(
                [("fn", "=", refund.refund_fn), ("fd", "=", refund.refund_fd)]
            )
        if originals:
            originals._take_refund_turn()


def _refused(uuid, code, message, left=None):
    return {
        "uuid": uuid,
        "status": "exceeds",
        "error": {"code": code, "message": message, "left": left or []},
    }

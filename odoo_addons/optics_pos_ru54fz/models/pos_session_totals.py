from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import wire

#: What one call may name; a session of a week has some ten shifts.
_MAX_SHIFTS = 100

#: Tag 1199 of an advance is the calculated rate of the goods' own.
_ADVANCE_VAT = {1: 3, 2: 4, 7: 9, 8: 10, 11: 12}


class PosSession(models.Model):
    """Odoo's side of the comparison at the end of the day."""

    _inherit = "pos.session"

    def kkt_closing_totals(self, shifts):
        """What Odoo has of these fiscal shifts and of this session.

        The orders are those whose receipts belong to one of the shifts, and those of
        this session that have no receipt at all. Cash in and out is what the till moved
        in this session, and since the first of the shifts began: a shift that was left
        open has cash of the session before. Amounts in roubles, refunds negative.

        :param list shifts: ``[{fn, shift, opened_at}]`` as the till has them;
            ``opened_at`` ISO 8601, None or missing where it does not know
        :returns: ``{payments: {kind: sum}, vat: [{code, sum, tax}], cash_in, cash_out,
            orders, lines, unsigned: [name], missing: [name]}``; payments by
            ``kkt_payment_type``, net of change, with the offset of prepayments as
            ``prepaid``; vat by ``kkt_vat_code`` of the goods, in full; ``unsigned``
            orders have no fiscal receipt, ``missing`` receipts have no order
        """
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(_("Only people of the Point of Sale may ask for this."))
        receipts = self._kkt_receipts_of(shifts)
        closed = self.sudo()._get_closed_orders()
        signed = closed._kkt_signed()
        of_shifts = (
            self.env["pos.order"]
            .sudo()
            .search([("uuid", "in", receipts.mapped("uuid"))])
            .filtered(lambda order: order.state not in ("draft", "cancel"))
        )
        unsigned = closed - signed
        orders = of_shifts | unsigned
        known = set(of_shifts.mapped("uuid"))
        missing = receipts.filtered(lambda receipt: receipt.uuid not in known)
        moves = self._kkt_cash_moves(shifts).mapped("amount")
        return {
            "payments": self._kkt_payments(orders),
            "vat": self._kkt_vat(orders),
            "cash_in": _round(sum(amount for amount in moves if amount > 0)),
            "cash_out": _round(-sum(amount for amount in moves if amount < 0)),
            "orders": len(orders),
            "lines": len(orders.lines),
            "unsigned": unsigned.mapped("name"),
            "missing": [receipt.display_name for receipt in missing],
        }

    def _kkt_receipts_of(self, shifts):
        if not isinstance(shifts, list) or len(shifts) > _MAX_SHIFTS:
            raise UserError(_("Up to 100 shifts can be asked for at once."))
        domain = fields.Domain.FALSE
        for shift in shifts:
            fn = shift.get("fn") if isinstance(shift, dict) else None
            number = shift.get("shift") if isinstance(shift, dict) else None
            if not isinstance(fn, str) or type(number) is not int:
                raise UserError(_("A shift is named by its FN and its number."))
            domain |= fields.Domain("fn", "=", fn) & fields.Domain("shift", "=", number)
        domain &= fields.Domain("company_id", "=", self.company_id.id)
        return self.env["kkt.receipt"].sudo().search(domain)

    def _kkt_cash_moves(self, shifts):
        """What the till moved in these shifts, whichever session had it booked.

        The session's own is of these shifts: they are all since it began.
        """
        moves = self.env["account.bank.statement.line"].sudo()
        domain = fields.Domain("pos_session_id", "in", self.ids)
        opened = self._kkt_first_opening(shifts)
        if opened:
            domain |= fields.Domain(
                "pos_session_id.config_id", "in", self.config_id.ids
            ) & fields.Domain("create_date", ">=", opened)
        return moves.search(domain & fields.Domain("kkt_uuid", "!=", False))

    def _kkt_first_opening(self, shifts):
        """When the first of the shifts began, False where nobody knows.

        By the till's word, else by what Odoo has of the shift: its event, its receipts.
        """
        openings = []
        for shift in shifts:
            try:
                opened = wire.instant(shift, "opened_at", optional=True)
            except wire.WireError as error:
                raise UserError(str(error)) from error
            if opened is None:
                known = (
                    self.env["kkt.shift"]
                    .sudo()
                    .search(
                        [
                            ("fn", "=", shift["fn"]),
                            ("number", "=", shift["shift"]),
                            ("company_id", "=", self.company_id.id),
                        ]
                    )
                )
                sold = known.receipt_ids.mapped("date_utc")
                opened = known.opened_at or min(sold, default=False)
            openings.append(opened)
        return min(filter(None, openings), default=False)

    @api.model
    def _kkt_payments(self, orders):
        sums = {}
        for payment in orders.payment_ids:
            kind = payment.payment_method_id.kkt_payment_type or "other"
            sums[kind] = sums.get(kind, 0.0) + payment.amount
        offset = -sum(
            line._kkt_signed_amount("price_subtotal_incl")
            for line, kind in orders.lines._kkt_kinds().items()
            if kind == "advance_offset"
        )
        if offset:
            sums["prepaid"] = sums.get("prepaid", 0.0) + offset
        return {kind: _round(amount) for kind, amount in sums.items()}

    @api.model
    def _kkt_vat(self, orders):
        rows = {}
        for line, kind in orders.lines._kkt_kinds().items():
            if kind == "advance_offset":
                continue
            codes = {
                tax.kkt_vat_code
                for tax in line.tax_ids_after_fiscal_position.flatten_taxes_hierarchy()
            }
            # As on the receipt: no tax is 6, «without VAT».
            code = int(next(iter(codes - {False}), 6))
            if line._kkt_is_before_goods(kind):
                code = _ADVANCE_VAT.get(code, code)
            row = rows.setdefault(code, {"code": code, "sum": 0.0, "tax": 0.0})
            full = line._kkt_signed_amount("price_subtotal_incl")
            row["sum"] += full
            row["tax"] += full - line._kkt_signed_amount("price_subtotal")
        return [
            {"code": code, "sum": _round(row["sum"]), "tax": _round(row["tax"])}
            for code, row in sorted(rows.items())
        ]


def _round(amount):
    return round(amount, 2) + 0.0

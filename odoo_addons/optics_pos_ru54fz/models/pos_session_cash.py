from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import wire


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    kkt_uuid = fields.Char(
        string="Cash Move at the Till",
        readonly=True,
        copy=False,
        help="The page's own number of a cash move, so that it is booked once.",
    )

    _kkt_uuid_unique = models.UniqueIndex(
        "(kkt_uuid) WHERE kkt_uuid IS NOT NULL",
        "This cash move is booked already.",
    )


class PosSession(models.Model):
    """Cash that went into or out of a till's drawer, also while Odoo was away."""

    _inherit = "pos.session"

    def kkt_cash_move(self, move):
        """Book what the register has done. Idempotent by ``move["uuid"]``.

        A move of a session that was closed meanwhile is booked in the one that is open
        at the same Point of Sale.

        :param dict move: ``{uuid, type: "in"|"out", amount, reason, partner_id,
            extras}``; amount in roubles, the rest as for ``try_cash_in_out``
        :returns: ``"booked"``, or ``"known"`` when it was booked before
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(_("Only people of the Point of Sale may ask for this."))
        uuid, kind, amount, reason, partner_id, extras = self._kkt_read_move(move)
        lines = self.env["account.bank.statement.line"].sudo()
        if lines.search_count([("kkt_uuid", "=", uuid)], limit=1):
            return "known"
        # Whoever sells may have the drawer's cash booked; the entry is Odoo's own.
        session = self._kkt_open_session().sudo()
        before = session.statement_line_ids
        session.try_cash_in_out(kind, amount, reason, partner_id, extras)
        (session.statement_line_ids - before).kkt_uuid = uuid
        return "booked"

    @api.model
    def _kkt_read_move(self, move):
        try:
            if not isinstance(move, dict):
                raise wire.WireError("move", "must be an object")
            uuid = wire.text(move, "uuid", longest=64)
            kind = wire.text(move, "type", longest=3)
            if kind not in ("in", "out"):
                raise wire.WireError("type", "must be in or out")
            kopecks = wire.kopecks(move, "amount")
            if not kopecks:
                raise wire.WireError("amount", "must be more than zero")
            reason = wire.text(move, "reason", longest=200)
        except wire.WireError as error:
            raise UserError(str(error)) from error
        partner_id = move.get("partner_id")
        extras = move.get("extras")
        extras = extras if isinstance(extras, dict) else {}
        extras = {"translatedType": kind, "formattedAmount": "", **extras}
        partner = self.env["res.partner"].browse(
            partner_id if type(partner_id) is int else []
        )
        return uuid, kind, kopecks / 100, reason, partner.exists().id, extras

    def _kkt_open_session(self):
        if self.state not in ("closing_control", "closed"):
            return self
        session = self.search(
            [
                ("config_id", "=", self.config_id.id),
                ("state", "not in", ("closing_control", "closed")),
            ],
            limit=1,
        )
        if not session:
            raise UserError(
                _(
                    "No session is open at %s. Open one to have the cash move booked.",
                    self.config_id.name,
                )
            )
        return session

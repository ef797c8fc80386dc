import logging
from datetime import timedelta

import psycopg2

from odoo import _, fields, models
from odoo.exceptions import AccessError, UserError

_logger = logging.getLogger(__name__)

_MANAGERS = "optics_pos_ru54fz.group_kkt_manager"

#: A buyer who waited longer has asked for the receipt by now.
_TOO_LATE = timedelta(days=7)
#: Registers tell whole minutes, by clocks of their own.
_CLOCKS = timedelta(minutes=5)


class KktReceipt(models.Model):
    """Which receipts go to their buyers electronically, by whose word."""

    _inherit = "kkt.receipt"

    electronic_ids = fields.One2many(
        "kkt.electronic.receipt",
        "receipt_id",
        string="Electronic Receipt",
        groups=f"{_MANAGERS},optics_pos_ru54fz.group_kkt_accountant",
    )

    def _after_delivery(self, till):
        super()._after_delivery(till)
        self._queue_electronic()

    def write(self, vals):
        res = super().write(vals)
        if vals.get("order_id"):
            self._queue_electronic()
        return res

    def _queue_electronic(self):
        """Put receipts whose buyers named a contact into the queue, once each.

        Never a reason not to take a fact: what fails here is in the log.
        """
        receipts = self.filtered(
            lambda receipt: receipt.till_id.sudo().pos_config_id.kkt_electronic_receipt
            == "odoo"
        )
        if not receipts:
            return
        rows = self.env["kkt.electronic.receipt"].sudo()
        try:
            with self.env.cr.savepoint():
                known = rows.search([("receipt_id", "in", receipts.ids)]).receipt_id
                fresh = (receipts - known).sudo()
                vals_list = [vals for vals in map(_queue_vals, fresh) if vals]
                if vals_list:
                    made = rows.create(vals_list)
                    made.filtered(lambda row: row.state == "waiting")._note(
                        "queued", False
                    )
                    rows._wake()
        except psycopg2.OperationalError:
            # Somebody else wrote the same rows: the transaction is lost, begun anew.
            raise
        except (psycopg2.Error, ValueError):
            rows.invalidate_model(flush=False)
            _logger.exception("Electronic receipts of %s", receipts.ids)

    def _named_contact(self):
        """``(kind, contact, how)`` as the buyer named it, or None."""
        self.ensure_one()
        parse = self.env["kkt.electronic.receipt"]._parse_contact
        customer = (self.content or {}).get("customer")
        customer = customer if isinstance(customer, dict) else {}
        named = [
            (customer.get("email"), "receipt"),
            (customer.get("phone"), "receipt"),
            (self.order_id.kkt_contact, "order"),
        ]
        for text, how in named:
            found = parse(text) if isinstance(text, str) else None
            if found:
                return (*found, how)
        return None

    # ------------------------------------------------------------------
    # On purpose
    # ------------------------------------------------------------------

    def action_send_electronically(self):
        """The manager's dialog: to whom, and why."""
        self.ensure_one()
        self._check_may_resend()
        known = self.sudo().electronic_ids[:1]
        named = self.sudo()._named_contact()
        return {
            "type": "ir.actions.act_window",
            "name": _("Send the Receipt to the Buyer"),
            "res_model": "kkt.electronic.receipt.resend",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_receipt_id": self.id,
                "default_contact": known.contact or (named and named[1]) or False,
            },
        }

    def _check_may_resend(self):
        if not self.env.su and not self.env.user.has_group(_MANAGERS):
            raise AccessError(_("Only a till manager may send a receipt again."))
        self.check_access("read")
        if self.sudo().till_id.pos_config_id.kkt_electronic_receipt == "ofd":
            raise UserError(
                _(
                    "At this Point of Sale the OFD sends electronic receipts. Ask for "
                    "it again in the OFD's own account."
                )
            )

    def _resend(self, contact, reason):
        self.ensure_one()
        self._check_may_resend()
        rows = self.env["kkt.electronic.receipt"].sudo()
        parsed = rows._parse_contact(contact)
        if not parsed:
            raise UserError(
                _(
                    "“%s” is neither an e-mail address nor a phone number "
                    "(+79990000000).",
                    contact or "",
                )
            )
        kind, contact = parsed
        vals = {
            "kind": kind,
            "contact": contact,
            "consent_at": fields.Datetime.now(),
            "consent_how": "manager",
            "consent_by": self.env.user.name,
            "state": "waiting",
            "tries": 0,
            "next_try": False,
            "error": False,
        }
        row = rows.search([("receipt_id", "=", self.id)])
        if row.state in ("waiting", "sending"):
            raise UserError(_("It is being sent right now. Look again in a minute."))
        if row:
            row.write(vals)
        else:
            row = rows.create({"receipt_id": self.id, **vals})
        row.with_user(self.env.user)._note("resend", reason)
        rows._wake()
        return row

    def _is_of_others(self):
        """Sold before the shop got its sender of now: the other one may have it."""
        since = self.till_id.pos_config_id.kkt_electronic_since
        return bool(since) and self.date_utc < since - _CLOCKS

    def _is_too_late(self):
        return self.date_utc < fields.Datetime.now() - _TOO_LATE


def _queue_vals(receipt):
    """Values of a row for a receipt whose buyer named a contact, else None."""
    named = receipt._named_contact()
    if not named or receipt._is_too_late():
        return None
    kind, contact, how = named
    cashier = (receipt.content or {}).get("cashier")
    return {
        "receipt_id": receipt.id,
        "kind": kind,
        "contact": contact,
        "consent_at": receipt.date_utc,
        "consent_how": how,
        "consent_by": cashier.get("name") if isinstance(cashier, dict) else None,
        **_doubt(receipt),
    }


def _doubt(receipt):
    """Nobody gets it twice: where the buyer may have it, a person decides."""
    if receipt.delivered_before:
        why = receipt.env._(
            "Odoo's database was restored since; most likely the buyer has it. "
            "Send it again if the buyer asks."
        )
    elif receipt._is_of_others():
        why = receipt.env._(
            "Sold before the shop was given another sender, who may have sent it. "
            "Send it again if the buyer asks."
        )
    else:
        return {}
    return {"state": "cancelled", "error": why}


class KktElectronicReceiptResend(models.TransientModel):
    """To whom a manager sends a receipt on purpose, and why."""

    _name = "kkt.electronic.receipt.resend"
    _description = "Send a Receipt Again"

    receipt_id = fields.Many2one("kkt.receipt", required=True, readonly=True)
    contact = fields.Char(
        string="E-mail or Phone", required=True, help="As the buyer says it now."
    )
    reason = fields.Char(required=True)

    def action_send(self):
        self.ensure_one()
        self.receipt_id._resend(self.contact, self.reason.strip())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": _("The receipt is in the queue and leaves within a minute."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

import logging
import re
import secrets
from datetime import timedelta

from odoo import _, api, fields, models, tools
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: Pause after a failure that another try may mend, doubled with each.
_FIRST_PAUSE = timedelta(minutes=1)
_MOST_TRIES = 8
#: A run that broke off in the middle of a sending: nobody can tell whether it went.
_IN_DOUBT = timedelta(minutes=15)
#: Messages of one run of the job.
_MOST = 200

_NOT_DIGITS = re.compile(r"[\s()\-.]+")
_PHONE = re.compile(r"\+[0-9]{10,15}")


class KktElectronicReceipt(models.Model):
    """The electronic copy of a fiscal receipt for its buyer: queue, and then the log.

    One row per receipt, so that nobody gets it twice unless a manager says so.
    """

    _name = "kkt.electronic.receipt"
    _description = "Electronic Receipt"
    _order = "id desc"
    _rec_name = "contact"

    receipt_id = fields.Many2one(
        "kkt.receipt",
        string="Fiscal Receipt",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="receipt_id.company_id", store=True, index=True, string="Company"
    )
    till_id = fields.Many2one(related="receipt_id.till_id", string="Till")
    order_id = fields.Many2one(related="receipt_id.order_id", string="Order")
    kind = fields.Selection(
        [("email", "E-mail"), ("sms", "SMS")], required=True, readonly=True
    )
    contact = fields.Char(required=True, readonly=True)
    consent_at = fields.Datetime(
        string="Consent Given",
        required=True,
        readonly=True,
        help="When the buyer named the contact, before the settlement.",
    )
    consent_how = fields.Selection(
        [
            ("receipt", "Named at the till, printed on the receipt (tag 1008)"),
            ("order", "Named at the till, kept with the order"),
            ("manager", "Told to a manager"),
        ],
        required=True,
        readonly=True,
    )
    consent_by = fields.Char(string="Consent Taken By", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being Sent"),
            ("sent", "Sent Off"),
            ("failed", "Not Sent"),
            ("cancelled", "Not Needed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    tries = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    started_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(string="Sent At", readonly=True)
    error = fields.Char(readonly=True)
    access_token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(18),
        groups=fields.NO_ACCESS,
    )
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    sms_id = fields.Many2one("sms.sms", readonly=True, ondelete="set null")
    log_ids = fields.One2many(
        "kkt.electronic.receipt.log", "electronic_id", string="Log"
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    _receipt_unique = models.Constraint(
        "unique (receipt_id)", "This receipt has its electronic copy already."
    )
    _token_unique = models.Constraint(
        "unique (access_token)", "This link is taken already."
    )
    _open_index = models.Index("(id) WHERE state IN ('waiting', 'sending')")

    # ------------------------------------------------------------------
    # Contacts
    # ------------------------------------------------------------------

    @api.model
    def _parse_contact(self, text):
        """``(kind, contact)`` as it is used, or None."""
        text = (text or "").strip()
        if "@" in text:
            address = tools.email_normalize(text)
            return ("email", address) if address else None
        digits = _NOT_DIGITS.sub("", text)
        if re.fullmatch(r"8[0-9]{10}", digits):
            digits = "+7" + digits[1:]
        elif re.fullmatch(r"[0-9]{10}", digits):
            digits = "+7" + digits
        elif re.fullmatch(r"[1-9][0-9]{10,14}", digits):
            digits = "+" + digits
        return ("sms", digits) if _PHONE.fullmatch(digits) else None

    # ------------------------------------------------------------------
    # Periodic
    # ------------------------------------------------------------------

    @api.model
    def _wake(self):
        job = self.env.ref("optics_pos_ru54fz.ir_cron_electronic_receipts", False)
        if job:
            job.sudo()._trigger()

    @api.model
    def _run(self):
        """The job. What is being sent is on record before it leaves, so that a run
        that breaks off leaves a doubt and never a second message."""
        commit = self.env["ir.cron"]._commit_progress
        now = fields.Datetime.now()
        rows = self.sudo()
        doubtful = rows.search(
            [("state", "=", "sending"), ("started_at", "<", now - _IN_DOUBT)]
        )
        for row in doubtful:
            row._fail(row._words()._("Nobody can tell whether it was sent."))
        due = rows.search(
            [
                ("state", "=", "waiting"),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", now),
            ],
            order="id",
            limit=_MOST,
        )
        remaining = len(due)
        commit(len(doubtful), remaining=remaining)
        for row in due:
            remaining -= 1
            try:
                if row._start():
                    commit(0, remaining=remaining + 1)
                    row._send()
            except Exception as error:
                _logger.exception("Electronic receipt %s", row.id)
                self.env.cr.rollback()
                row._fail(
                    row._words()._(
                        "It could not be sent: %s. See the server's log.",
                        type(error).__name__,
                    )
                )
            if not commit(1, remaining=remaining):
                return

    def _start(self):
        """Take the row for sending. False: it is not to be sent any more."""
        self.ensure_one()
        if not self.try_lock_for_update() or self.state != "waiting":
            return False
        config = self.receipt_id.till_id.pos_config_id
        asked_by_manager = self.consent_how == "manager"
        if config.kkt_electronic_receipt != "odoo" and not asked_by_manager:
            self.state = "cancelled"
            self._note(
                "cancelled",
                self._words()._("The Point of Sale leaves it to somebody else now."),
            )
            return False
        message = self._make_message()
        self.write(
            {
                "state": "sending",
                "started_at": fields.Datetime.now(),
                "tries": self.tries + 1,
                **message,
            }
        )
        return True

    def _send(self):
        """The message leaves; ``sending`` is committed already."""
        problem = self._send_mail() if self.kind == "email" else self._send_sms()
        if problem is None:
            self.write(
                {
                    "state": "sent",
                    "sent_at": fields.Datetime.now(),
                    "error": False,
                    "next_try": False,
                }
            )
            self._note("sent", False)
            self._forget_message()
            return
        text, again = problem
        if again and self.tries < _MOST_TRIES:
            pause = _FIRST_PAUSE * 2 ** (self.tries - 1)
            self.write(
                {
                    "state": "waiting",
                    "error": text,
                    "next_try": fields.Datetime.now() + pause,
                }
            )
            self._note("failed", text)
        else:
            self._fail(text)

    def _fail(self, text):
        self.sudo().write({"state": "failed", "error": text, "next_try": False})
        self._note("failed", text)

    def _note(self, what, text):
        self.env["kkt.electronic.receipt.log"].sudo().create(
            [
                {
                    "electronic_id": row.id,
                    "what": what,
                    "contact": row.contact,
                    "text": text,
                    "user_id": self.env.uid,
                }
                for row in self
            ]
        )

    # ------------------------------------------------------------------
    # Kept
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            raise UserError(_("An electronic receipt on record cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("An electronic receipt on record cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("An electronic receipt cannot be copied."))

    def action_resend(self):
        self.ensure_one()
        return self.receipt_id.action_send_electronically()


class KktElectronicReceiptLog(models.Model):
    """Every attempt to send a receipt, and every person who asked for one."""

    _name = "kkt.electronic.receipt.log"
    _description = "Electronic Receipt Log"
    _order = "id desc"
    _rec_name = "what"

    electronic_id = fields.Many2one(
        "kkt.electronic.receipt",
        string="Electronic Receipt",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="electronic_id.company_id", store=True, index=True, string="Company"
    )
    what = fields.Selection(
        [
            ("queued", "Put into the Queue"),
            ("sent", "Sent Off"),
            ("failed", "Not Sent"),
            ("cancelled", "Not Needed"),
            ("resend", "Asked For Again"),
        ],
        required=True,
        readonly=True,
    )
    contact = fields.Char(readonly=True)
    text = fields.Char(string="Details", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)

    def write(self, vals):
        raise UserError(_("The log of electronic receipts cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("The log of electronic receipts cannot be deleted."))

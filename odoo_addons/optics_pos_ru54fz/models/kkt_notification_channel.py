import re

from odoo import _, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.base.models.res_partner import _lang_get

from ..tools import telegram

_ADMINS = "optics_pos_ru54fz.group_kkt_admin"

#: Where the Bot API is; another one is for tests and for a mirror of one's own.
TELEGRAM_URL_PARAMETER = "optics_pos_ru54fz.telegram_api_url"
TELEGRAM_URL = "https://api.telegram.org"

_SEPARATORS = re.compile(r"[\s,;]+")


class KktNotificationChannel(models.Model):
    """Where alerts of the tills are told: an e-mail list or a Telegram chat."""

    _name = "kkt.notification.channel"
    _description = "Notification Channel"
    _order = "company_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        required=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        [("email", "E-mail"), ("telegram", "Telegram")],
        required=True,
        default="email",
    )
    level_p1 = fields.Boolean(string="P1: answer within 15 minutes", default=True)
    level_p2 = fields.Boolean(string="P2: answer within an hour", default=True)
    level_p3 = fields.Boolean(string="P3: answer within a day")
    till_ids = fields.Many2many(
        "kkt.till",
        string="Tills",
        domain="[('company_id', '=', company_id)]",
        help="Empty: all tills of the company.",
    )
    recovery = fields.Boolean(
        string="Tell When It Is Over",
        default=True,
    )
    reminder_hours = fields.Integer(
        string="Remind Every (Hours)",
        default=4,
        help="While an alert goes on. 0: never.",
    )
    lang = fields.Selection(
        _lang_get, string="Language", required=True, default=lambda self: self._lang()
    )
    emails = fields.Char(
        string="E-mail Addresses", help="Several are separated by commas."
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Users",
        help="They get it at the e-mail address of their user.",
    )
    chat_id = fields.Char(
        string="Chat ID",
        help="A number (of a group: negative), or the @name of a channel.",
    )
    token = fields.Char(
        string="Bot Token",
        copy=False,
        prefetch=False,
        groups=_ADMINS,
        help="From @BotFather. Only administrators can read it.",
    )
    notification_ids = fields.One2many(
        "kkt.notification", "channel_id", string="Notifications"
    )
    waiting_count = fields.Integer(compute="_compute_waiting_count")
    last_sent_at = fields.Datetime(string="Last Sent", readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    last_error_at = fields.Datetime(string="Error Since", readonly=True, copy=False)
    failures = fields.Integer(string="Failures in a Row", readonly=True, copy=False)
    next_try = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _lang(self):
        """Russian where it is installed: so are the texts of the bridges."""
        installed = dict(self.env["res.lang"].get_installed())
        return "ru_RU" if "ru_RU" in installed else self.env.lang or "en_US"

    @api.model
    def _russian_env(self):
        return self.with_context(lang=self._lang()).env

    def _compute_waiting_count(self):
        counts = dict(
            self.env["kkt.notification"]._read_group(
                [("channel_id", "in", self.ids), ("state", "=", "waiting")],
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.waiting_count = counts.get(channel, 0)

    # ------------------------------------------------------------------
    # Set-up
    # ------------------------------------------------------------------

    @api.constrains("kind", "emails", "user_ids", "chat_id", "token", "active")
    def _check_recipients(self):
        for channel in self.sudo().filtered("active"):
            if channel.kind == "email":
                channel._check_emails()
            else:
                channel._check_telegram()

    def _check_emails(self):
        for address in _SEPARATORS.split((self.emails or "").strip()):
            if address and not tools.email_normalize(address):
                raise ValidationError(
                    _("“%s” is not an e-mail address (name@company.ru).", address)
                )
        if not self.emails and not self.user_ids:
            raise ValidationError(
                _("Channel %s: name an e-mail address or a user.", self.name)
            )

    def _check_telegram(self):
        if not telegram.CHAT.fullmatch(self.chat_id or ""):
            raise ValidationError(
                _(
                    "Channel %s: the chat ID is a number (a group's begins with a "
                    "minus), or the name of a channel with @.",
                    self.name,
                )
            )
        if not telegram.TOKEN.fullmatch(self.token or ""):
            raise ValidationError(
                _(
                    "Channel %s: the bot token looks like 123456789:AAE…, as "
                    "@BotFather gives it.",
                    self.name,
                )
            )

    @api.constrains("reminder_hours")
    def _check_reminder(self):
        for channel in self:
            if not 0 <= channel.reminder_hours <= 168:
                raise ValidationError(
                    _("Reminders may come every 1 to 168 hours, or never (0).")
                )

    @api.constrains("company_id", "till_ids")
    def _check_companies(self):
        for channel in self:
            if channel.till_ids.company_id - channel.company_id:
                raise ValidationError(
                    _("Channel %s: a till of another company.", channel.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean(vals) for vals in vals_list])

    def write(self, vals):
        res = super().write(self._clean(vals))
        if vals.keys() & {"kind", "emails", "user_ids", "chat_id", "token", "active"}:
            # Somebody mended it: what waits need not wait longer.
            self._retry_now()
        return res

    @api.model
    def _clean(self, vals):
        """What is copied and pasted comes with spaces around it."""
        return {
            name: value.strip() or False
            if name in ("emails", "chat_id", "token") and isinstance(value, str)
            else value
            for name, value in vals.items()
        }

    def _retry_now(self):
        waiting = self.sudo().filtered("next_try")
        if waiting:
            waiting.write({"next_try": False})
        self.env["kkt.notification"]._wake()

    # ------------------------------------------------------------------
    # What is told here
    # ------------------------------------------------------------------

    def _wants(self, alert):
        self.ensure_one()
        return (
            alert.company_id == self.company_id
            and self[f"level_{alert.level}"]
            and (not self.till_ids or alert.till_id in self.till_ids)
        )

    def _addresses(self):
        self.ensure_one()
        given = _SEPARATORS.split((self.emails or "").strip())
        people = self.user_ids.filtered("active").mapped("email_normalized")
        addresses = [tools.email_normalize(address) for address in given] + people
        return [address for address in dict.fromkeys(addresses) if address]

    @api.model
    def _telegram_url(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(TELEGRAM_URL_PARAMETER) or TELEGRAM_URL

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def _check_admin(self):
        if not self.env.su and not self.env.user.has_group(_ADMINS):
            raise AccessError(_("Only till administrators may do this."))

    def action_test(self):
        """Send a message at once, and say what became of it."""
        self.ensure_one()
        self._check_admin()
        channel = self.with_context(lang=self.lang)
        text = channel.env._(
            "A test message of channel “%(channel)s”. Alerts of the tills will be "
            "told here.",
            channel=self.name,
        )
        error = channel._deliver(channel.env._("Tills: test message"), text)
        kind, message = "success", _("The message was sent.")
        if error:
            kind, message = "danger", error.text
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": self.name,
                "message": message,
                "sticky": bool(error),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_retry(self):
        self._check_admin()
        self._retry_now()

    def action_view_notifications(self):
        self.ensure_one()
        domain = [("channel_id", "=", self.id)]
        return {
            "name": _("Notifications"),
            "type": "ir.actions.act_window",
            "res_model": "kkt.notification",
            "view_mode": "list,form",
            "domain": domain,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if (
            self.env["kkt.notification"]
            .sudo()
            .search_count([("channel_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                _("Notifications were sent through it: archive the channel instead.")
            )

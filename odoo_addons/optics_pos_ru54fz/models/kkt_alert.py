from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..tools import wire

#: Code of the alert that a silent till cannot raise itself.
HEARTBEAT_LOST = "heartbeat_lost"

#: Levels whose alerts are somebody's task until they end.
_TASKS = ("p1", "p2")


class KktAlert(models.Model):
    """One time that a till was in trouble, from its beginning to its end. Kept."""

    _name = "kkt.alert"
    _description = "Till Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "began desc, id desc"
    _rec_name = "text"
    _mail_post_access = "read"

    till_id = fields.Many2one(
        "kkt.till",
        string="Till",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    code = fields.Char(required=True, readonly=True)
    level = fields.Selection(
        [("p1", "P1"), ("p2", "P2"), ("p3", "P3")], required=True, readonly=True
    )
    text = fields.Char(required=True, readonly=True)
    began = fields.Datetime(required=True, readonly=True)
    # As the till said: by this, not by what was made of it, the same alert is known.
    told_since = fields.Datetime(readonly=True)
    ended = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("open", "Going On"), ("ended", "Over")],
        compute="_compute_state",
        search="_search_state",
    )
    notification_ids = fields.One2many(
        "kkt.notification", "alert_id", string="Notifications"
    )

    _open_unique = models.UniqueIndex(
        "(till_id, code) WHERE ended IS NULL", "This alert is going on already."
    )
    _recent_index = models.Index("(ended) WHERE ended IS NOT NULL")

    @api.depends("ended")
    def _compute_state(self):
        for alert in self:
            alert.state = "ended" if alert.ended else "open"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {
            "open": fields.Domain("ended", "=", False),
            "ended": fields.Domain("ended", "!=", False),
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    # ------------------------------------------------------------------
    # What a till tells
    # ------------------------------------------------------------------

    @api.model
    def _track(self, till, told, codes=None):
        """Bring the open alerts of a till to what is told of it now.

        :param list told: ``[{code, level, since, text}]``, the worst first
        :param codes: those that ``told`` speaks of; None: all but the lost heartbeat
        """
        now = fields.Datetime.now()
        open_alerts = self.sudo().search(
            [("till_id", "=", till.id), ("ended", "=", False)]
        )
        known = {
            alert.code: alert
            for alert in open_alerts
            if (alert.code in codes if codes else alert.code != HEARTBEAT_LOST)
        }
        told_once = {alert["code"]: alert for alert in reversed(told)}
        for code, alert in told_once.items():
            known.pop(code, self.browse())._follow(till, alert, now)
        for alert in known.values():
            alert._end(now)

    def _follow(self, till, told, now):
        """The same alert goes on (``self``), or another one begins."""
        since = told["since"] and wire.instant(told, "since")
        vals = {"level": told["level"], "text": told["text"] or told["code"]}
        if self and since and since != (self.told_since or self.began):
            self._end(now)
            self = self.browse()  # noqa: PLW0642
        if not self:
            alert = self.sudo().create(
                {
                    "till_id": till.id,
                    "company_id": till.company_id.id,
                    "code": told["code"],
                    # A clock that is ahead must not put the beginning after the end.
                    "began": min(since or now, now),
                    "told_since": since or False,
                    **vals,
                }
            )
            alert._give_task()
            return
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)
            if "level" in changed:
                self._give_task()

    def _end(self, now):
        self.write({"ended": now})
        # Its place must be free before the next one is inserted.
        self.flush_recordset(["ended"])
        self.activity_ids.action_feedback(feedback=_("The alert is over."))

    # ------------------------------------------------------------------
    # Somebody's task
    # ------------------------------------------------------------------

    def _give_task(self):
        """An activity for the person responsible, one for the time that it lasts."""
        for alert in self:
            if alert.level not in _TASKS or alert.activity_ids:
                continue
            person = alert.till_id._responsible()
            if not person:
                continue
            alert.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=f"{alert.level.upper()}: {alert.till_id.display_name}",
                note=alert.text,
                user_id=person.id,
            )

    # ------------------------------------------------------------------
    # Kept
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            raise UserError(_("An alert on record cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("An alert on record cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("An alert on record cannot be copied."))

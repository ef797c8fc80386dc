import logging
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..tools.retention import KEEP_MESSAGES

_logger = logging.getLogger(__name__)

#: What could not be told for so long is no news any more.
_GIVE_UP = timedelta(hours=24)
#: Alerts that ended longer ago are not looked at again.
_LOOK_BACK = timedelta(hours=24)
#: Messages of one run of the job, all channels together.
_MOST = 200


class KktNotification(models.Model):
    """One message about one alert in one channel: the queue, and then the log."""

    _name = "kkt.notification"
    _description = "Till Notification"
    _order = "id desc"
    _rec_name = "subject"

    channel_id = fields.Many2one(
        "kkt.notification.channel",
        string="Channel",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, index=True, string="Company"
    )
    alert_id = fields.Many2one(
        "kkt.alert",
        string="Alert",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    kind = fields.Selection(
        [
            ("began", "Began"),
            ("raised", "Got Worse"),
            ("reminder", "Reminder"),
            ("recovered", "Over"),
        ],
        required=True,
        readonly=True,
    )
    number = fields.Integer(
        required=True, readonly=True, default=1, help="Of the reminders: which one."
    )
    level = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent Off"),
            ("failed", "Given Up"),
            ("cancelled", "Not Needed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    subject = fields.Char(readonly=True)
    body = fields.Text(readonly=True)
    tries = fields.Integer(readonly=True)
    error = fields.Char(readonly=True)
    sent_at = fields.Datetime(string="Sent At", readonly=True)
    told_end = fields.Boolean(
        readonly=True, help="The message said already that the alert is over."
    )

    _once = models.Constraint(
        "unique (channel_id, alert_id, kind, number)",
        "This message is in the queue already.",
    )
    _waiting_index = models.Index("(channel_id, id) WHERE state = 'waiting'")

    # ------------------------------------------------------------------
    # Periodic
    # ------------------------------------------------------------------

    @api.model
    def _wake(self):
        self.env.ref("optics_pos_ru54fz.ir_cron_notify").sudo()._trigger()

    @api.model
    def _run(self):
        """The job: what tills told becomes messages, messages are sent."""
        for part in (self.env["kkt.till"]._reconcile_alerts, self._enqueue):
            try:
                with self.env.cr.savepoint():
                    part()
            except Exception:
                # A job that fails time after time is switched off by Odoo.
                _logger.exception("Notifications of the tills")
        self.env["ir.cron"]._commit_progress()
        self._send_waiting()

    @api.model
    def _enqueue(self):
        """A message for whatever has not been told yet; each only once."""
        now = fields.Datetime.now()
        alerts = self.env["kkt.alert"].sudo()
        recent = alerts.search(
            ["|", ("ended", "=", False), ("ended", ">", now - _LOOK_BACK)], order="id"
        )
        channels = self.env["kkt.notification.channel"].sudo().search([])
        told = {}
        for row in self.sudo().search([("alert_id", "in", recent.ids)], order="id"):
            told.setdefault((row.channel_id, row.alert_id), []).append(row)
        self.sudo().create(
            [
                {
                    "channel_id": channel.id,
                    "alert_id": alert.id,
                    "level": alert.level,
                    "kind": kind,
                    "number": number,
                }
                for alert in recent
                for channel in channels
                for kind, number in self._due(
                    channel, alert, told.get((channel, alert), []), now
                )
            ]
        )

    @api.model
    def _due(self, channel, alert, rows, now):
        """``[(kind, number)]`` that a channel is to be told of an alert now."""
        by_kind = {}
        for row in rows:
            by_kind.setdefault(row.kind, []).append(row)
        if alert.ended:
            return self._due_at_end(channel, alert, rows, by_kind)
        if not channel._wants(alert):
            return []
        if not rows:
            return [("began", 1)]
        last = rows[-1]
        if last.state == "waiting":
            # Its text will be of the time when it is sent.
            return []
        if alert.level < min(row.level for row in rows):
            return [("raised", len(by_kind.get("raised", [])) + 1)]
        hours = channel.reminder_hours
        # What was given up was told to nobody: as long as it goes on, it is due again.
        if hours and (last.sent_at or last.create_date) <= now - timedelta(hours=hours):
            return [("reminder", len(by_kind.get("reminder", [])) + 1)]
        return []

    @api.model
    def _due_at_end(self, channel, alert, rows, by_kind):
        if not rows:
            # So short that nobody looked meanwhile; a new channel is told no history.
            fresh = channel.create_date <= alert.create_date
            return [("began", 1)] if fresh and channel._wants(alert) else []
        told = any(row.state == "sent" for row in rows)
        over = by_kind.get("recovered") or any(row.told_end for row in rows)
        waiting = any(row.state == "waiting" for row in rows)
        if channel.recovery and told and not over and not waiting:
            return [("recovered", 1)]
        return []

    @api.model
    def _send_waiting(self):
        """Oldest first; a channel that fails waits, the others go on."""
        now = fields.Datetime.now()
        waiting = self.sudo().search([("state", "=", "waiting")], order="id")
        late = waiting.filtered(lambda row: row.create_date < now - _GIVE_UP)
        late.write({"state": "failed"})
        remaining = min(len(waiting - late), _MOST)
        for channel, rows in (waiting - late).grouped("channel_id").items():
            for row in rows.sorted("id"):
                if remaining <= 0:
                    return
                if not channel.active:
                    row.state = "cancelled"
                elif channel.next_try and channel.next_try > now:
                    break
                else:
                    row._send()
                remaining -= 1
                # Sent is sent, whatever happens to the rest.
                if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                    return

    def _send(self):
        self.ensure_one()
        alert = self.alert_id
        row = self.with_context(lang=self.channel_id.lang)
        if self.kind in ("raised", "reminder") and alert.ended:
            self.state = "cancelled"
            return
        subject, body = row._texts()
        try:
            error = row.channel_id._deliver(subject, body)
        except Exception as unforeseen:
            _logger.exception("Notification %s", self.id)
            error = row.channel_id._unforeseen(unforeseen)
        vals = {
            "tries": self.tries + 1,
            "subject": subject,
            "body": body,
            "error": error and error.text,
        }
        if error is None:
            vals |= {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "told_end": bool(alert.ended),
                "level": alert.level,
            }
        elif not error.channel:
            vals["state"] = "failed"
        self.write(vals)

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def _texts(self):
        """Subject and body, as things stand now."""
        self.ensure_one()
        alert, till = self.alert_id, self.alert_id.till_id
        _ = self.env._
        over = bool(alert.ended)
        level = alert.level.upper()
        if self.kind == "recovered":
            mark, subject = "✅", _("%(till)s: over", till=till.display_name)
        elif self.kind == "reminder":
            mark = _sign(alert.level)
            subject = _(
                "%(level)s %(till)s: still going on",
                level=level,
                till=till.display_name,
            )
        else:
            mark = _sign(alert.level)
            subject = f"{level} {till.display_name}"
        lines = [
            alert.text,
            "",
            _("Since: %s", self._wall(alert.began)),
        ]
        if over:
            lines.append(_("Over: %s", self._wall(alert.ended)))
        lines.append(_("Lasted: %s", self._lasted()))
        lines.append(_("Point of Sale: %s", till.pos_config_id.name))
        if not over and alert.level == "p1":
            lines.append(_("P1: answer within 15 minutes."))
        lines.append(f"{self._base_url()}/odoo/tills/{till.id}")
        return f"{mark} {subject}", "\n".join(lines)

    def _base_url(self):
        return self.alert_id.till_id.get_base_url()

    def _wall(self, moment):
        zone = ZoneInfo(self.alert_id.till_id.timezone)
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        return f"{local:%d.%m.%Y %H:%M} ({local.tzname()})"

    def _lasted(self):
        alert = self.alert_id
        minutes = int(
            ((alert.ended or fields.Datetime.now()) - alert.began).total_seconds() // 60
        )
        hours, minutes = divmod(max(minutes, 0), 60)
        return self.env._(
            "%(hours)s h %(minutes)s min", hours=hours, minutes=f"{minutes:02d}"
        )

    # ------------------------------------------------------------------
    # Kept
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            raise UserError(_("A notification on record cannot be changed."))
        return super().write(vals)

    @api.autovacuum
    def _gc_old(self):
        limit = fields.Datetime.now() - KEEP_MESSAGES
        self.sudo().search([("create_date", "<", limit)], limit=10_000).unlink()


def _sign(level):
    return {"p1": "🔴", "p2": "🟠"}.get(level, "🔵")

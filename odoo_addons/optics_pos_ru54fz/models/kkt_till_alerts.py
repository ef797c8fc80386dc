import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models

from ..tools import wire
from .kkt_alert import HEARTBEAT_LOST

_logger = logging.getLogger(__name__)

_MANAGERS = "optics_pos_ru54fz.group_kkt_manager"
_ADMINS = "optics_pos_ru54fz.group_kkt_admin"

#: When Odoo itself was away, all tills seem lost until their next heartbeats.
_GRACE = timedelta(seconds=40)


class KktTill(models.Model):
    """The till's alerts as a history, and who is to look after them."""

    _inherit = "kkt.till"

    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        copy=False,
        help="Gets an activity for every alert of the first two levels. Empty: a "
        "manager of the shop.",
    )
    alert_ids = fields.One2many(
        "kkt.alert",
        "till_id",
        string="Alert History",
        groups=f"{_MANAGERS},optics_pos_ru54fz.group_kkt_accountant",
    )

    def _heartbeat(self, params):
        till = self.sudo()
        before = (till.alerts, till.lost_at)
        answer = super()._heartbeat(params)
        if before != (till.alerts, till.lost_at):
            till._track_alerts()
        return answer

    def _track_alerts(self):
        """What is told becomes history; nobody is written to here, that is the job's.

        A failure must not cost the till its heartbeat: the job looks again.
        """
        alerts = self.env["kkt.alert"]
        for till in self:
            try:
                with self.env.cr.savepoint():
                    alerts._track(till, till.alerts or [])
                    alerts._track(till, till._lost_alert(), codes=(HEARTBEAT_LOST,))
                    alerts.flush_model()
            except psycopg2.OperationalError:
                # Somebody else wrote the same rows: Odoo begins the heartbeat anew.
                raise
            except (psycopg2.Error, ValueError):
                alerts.invalidate_model(flush=False)
                _logger.exception("Alerts of till %s", till.code)
        notify = self.env.ref("optics_pos_ru54fz.ir_cron_notify", False)
        if notify:
            notify.sudo()._trigger()

    def _lost_alert(self):
        self.ensure_one()
        latest = fields.Datetime.now() - _GRACE
        if not self.lost_at or self.lost_at > latest:
            return []
        return [
            {
                "code": HEARTBEAT_LOST,
                "level": "p2",
                "since": wire.iso(self.last_heartbeat),
                "text": self.env["kkt.notification.channel"]
                ._russian_env()
                ._(
                    "The till has not been heard of for 5 minutes: its computer, the "
                    "bridge or the network is down."
                ),
            }
        ]

    @api.model
    def _reconcile_alerts(self):
        """Periodic: what no heartbeat tells, and what one could not keep."""
        tills = self.sudo().with_context(active_test=False).search([])
        open_codes = {}
        for alert in self.env["kkt.alert"].sudo().search([("ended", "=", False)]):
            open_codes.setdefault(alert.till_id, set()).add(alert.code)
        for till in tills:
            watched = till.active and till.state == "active"
            told = till.alerts or [] if watched else []
            expected = {alert["code"] for alert in told + till._lost_alert()}
            if expected == open_codes.get(till, set()):
                continue
            if watched:
                till._track_alerts()
            else:
                self.env["kkt.alert"]._track(till, [])
                self.env["kkt.alert"]._track(till, [], codes=(HEARTBEAT_LOST,))

    def _responsible(self):
        """The person of this till, else a manager of its shop."""
        self.ensure_one()
        readers = self.env.ref(_MANAGERS).sudo().all_user_ids
        if self.responsible_id.active and self.responsible_id in readers:
            return self.responsible_id
        company = self.company_id
        managers = self.env.ref("point_of_sale.group_pos_manager").sudo().all_user_ids
        candidates = (managers & readers).filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        candidates = self.sudo().pos_config_id._kkt_members(candidates)
        admins = self.env.ref(_ADMINS).sudo().all_user_ids
        admins |= self.env.ref("base.group_system").sudo().all_user_ids
        return ((candidates - admins) or candidates).sorted("id")[:1]

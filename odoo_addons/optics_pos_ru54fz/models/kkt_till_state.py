import logging

from odoo import _, api, fields, models

from .kkt_receipt import BigInteger
from .kkt_till import LOST_AFTER

_logger = logging.getLogger(__name__)

_LINK_STATES = ("ofd", "odoo")

#: Rows of each tab of a till's form; the buttons above open all.
_LATEST = 80

#: Who reads what the tills tell of themselves.
_READERS = "optics_pos_ru54fz.group_kkt_manager,optics_pos_ru54fz.group_kkt_accountant"


class KktTill(models.Model):
    """What a till's bridge tells of itself, what people see and ask for."""

    _inherit = "kkt.till"

    dlq = fields.Integer(
        string="Refused for Good",
        readonly=True,
        copy=False,
        help="Receipts that Odoo refused until the bridge gave up (dead letters).",
    )
    breaker = fields.Selection(
        [
            ("closed", "Working"),
            ("open", "Tripped"),
            ("half_open", "Probing"),
            ("other", "Unknown"),
        ],
        string="OFD Breaker",
        readonly=True,
        copy=False,
        help="Tripped: the OFD failed time after time and is left alone for a while.",
    )
    links = fields.Json(string="Links, as Told", readonly=True, copy=False)
    links_text = fields.Char(string="Links", compute="_compute_links_text")
    fn_documents_left = fields.Integer(
        string="Documents Left", readonly=True, copy=False
    )
    fn_documents_known = fields.Boolean(readonly=True, copy=False)
    maintenance = fields.Boolean(readonly=True, copy=False)
    maintenance_since = fields.Datetime(readonly=True, copy=False)
    maintenance_reason = fields.Char(readonly=True, copy=False)
    alerts = fields.Json(string="Alerts, as Told", readonly=True, copy=False)
    alert_count = fields.Integer(string="Alerts", readonly=True, copy=False)
    alert_level = fields.Selection(
        [("p1", "P1"), ("p2", "P2"), ("p3", "P3")], readonly=True, copy=False
    )
    alerts_text = fields.Text(string="Alert Texts", compute="_compute_alerts_text")
    journal_id = fields.Char(string="Journal", readonly=True, copy=False)
    journal_last_event = BigInteger(string="Last Event", readonly=True, copy=False)
    lost_at = fields.Datetime(
        string="Lost Since",
        readonly=True,
        copy=False,
        help="No word from the till since its last heartbeat, noticed at this time.",
    )
    buffer_percent = fields.Integer(
        string="Buffer (%)", compute="_compute_buffer_percent"
    )
    event_ids = fields.One2many(
        "kkt.till.event", "till_id", string="Events", groups=_READERS
    )
    buffer_version = fields.Char(
        string="Version of the Buffer", readonly=True, copy=False
    )
    buffer_row_ids = fields.One2many("kkt.buffer.row", "till_id", string="Buffer")
    buffer_row_count = fields.Integer(compute="_compute_buffer_row_count")
    receipt_ids = fields.One2many("kkt.receipt", "till_id", string="Fiscal Receipts")
    shift_ids = fields.One2many("kkt.shift", "till_id", string="Shifts")
    command_ids = fields.One2many(
        "kkt.till.command", "till_id", string="Commands", groups=_READERS
    )
    incident_ids = fields.One2many(
        "kkt.event", "till_id", string="Incidents", groups=_READERS
    )
    # A form would load the ids of all there ever were: what it shows are the latest.
    recent_receipt_ids = fields.One2many(
        "kkt.receipt", string="Latest Receipts", compute="_compute_recent_receipt_ids"
    )
    recent_shift_ids = fields.One2many(
        "kkt.shift", string="Latest Shifts", compute="_compute_recent_shift_ids"
    )
    recent_event_ids = fields.One2many(
        "kkt.till.event",
        string="Latest Events",
        compute="_compute_recent_event_ids",
        groups=_READERS,
    )
    recent_command_ids = fields.One2many(
        "kkt.till.command",
        string="Latest Commands",
        compute="_compute_recent_command_ids",
        groups=_READERS,
    )
    recent_incident_ids = fields.One2many(
        "kkt.event",
        string="Latest Incidents",
        compute="_compute_recent_incident_ids",
        groups=_READERS,
    )
    incident_count = fields.Integer(
        compute="_compute_incident_count",
        groups=_READERS,
    )

    @api.depends("buffer_level", "buffer_capacity")
    def _compute_buffer_percent(self):
        for till in self:
            capacity = till.buffer_capacity
            till.buffer_percent = capacity and 100 * till.buffer_level // capacity

    @api.depends("alerts")
    def _compute_alerts_text(self):
        for till in self:
            till.alerts_text = "\n".join(
                f"{alert['level'].upper()}: {alert['text'] or alert['code']}"
                for alert in till.alerts or []
            )

    @api.depends("links")
    def _compute_links_text(self):
        names = {"ofd": _("OFD"), "odoo": _("Odoo")}
        for till in self:
            links = till.links or {}
            till.links_text = ", ".join(
                f"{names[name]}: {_link_text(self.env, links[name])}"
                for name in _LINK_STATES
                if isinstance(links.get(name), dict)
            )

    def _latest(self, model):
        domain = [("till_id", "=", self._origin.id)]
        return self.env[model].search(domain, limit=_LATEST)

    def _compute_recent_receipt_ids(self):
        for till in self:
            till.recent_receipt_ids = till._latest("kkt.receipt")

    def _compute_recent_shift_ids(self):
        for till in self:
            till.recent_shift_ids = till._latest("kkt.shift")

    def _compute_recent_event_ids(self):
        for till in self:
            till.recent_event_ids = till._latest("kkt.till.event")

    def _compute_recent_command_ids(self):
        for till in self:
            till.recent_command_ids = till._latest("kkt.till.command")

    def _compute_recent_incident_ids(self):
        for till in self:
            till.recent_incident_ids = till._latest("kkt.event")

    def _compute_buffer_row_count(self):
        counts = dict(
            self.env["kkt.buffer.row"]._read_group(
                [("till_id", "in", self.ids)], ["till_id"], ["__count"]
            )
        )
        for till in self:
            till.buffer_row_count = counts.get(till, 0)

    def _compute_incident_count(self):
        counts = dict(
            self.env["kkt.event"]._read_group(
                [("till_id", "in", self.ids)], ["till_id"], ["__count"]
            )
        )
        for till in self:
            till.incident_count = counts.get(till, 0)

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_sync_now(self):
        for till in self:
            self.env["kkt.till.command"]._request(till, "sync_now", {})
        return self._told()

    def action_capacity(self):
        return self._ask("capacity", {"default_capacity": self.buffer_capacity})

    def action_dlq_retry(self):
        return self._ask("dlq_retry", {})

    def action_maintenance_on(self):
        return self._ask("maintenance", {})

    def action_maintenance_off(self):
        for till in self:
            args = {"on": False, "reason": None}
            self.env["kkt.till.command"]._request(till, "maintenance", args)
        return self._told()

    def _told(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": _("The till will be told with its next heartbeat."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ask(self, kind, context):
        self.ensure_one()
        requests = self.env["kkt.till.command.request"]
        kinds = dict(requests._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": kinds[kind],
            "res_model": requests._name,
            "view_mode": "form",
            "target": "new",
            "context": {**context, "default_till_id": self.id, "default_kind": kind},
        }

    def action_view_incidents(self):
        return self._view("kkt.event", _("Till Incidents"))

    def action_view_events(self):
        return self._view("kkt.till.event", _("Till Events"))

    def action_view_shifts(self):
        return self._view("kkt.shift", _("Fiscal Shifts"))

    def action_view_buffer(self):
        return self._view("kkt.buffer.row", _("Offline Buffer"))

    def action_view_commands(self):
        return self._view("kkt.till.command", _("Till Commands"))

    def _view(self, model, name):
        self.ensure_one()
        domain = [("till_id", "=", self.id)]
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
        }

    # ------------------------------------------------------------------
    # Periodic
    # ------------------------------------------------------------------

    @api.model
    def _watch(self):
        """Periodic: one part that fails neither stops the others nor the job itself."""
        for part in (
            self._note_losses,
            self.env["kkt.till.command"]._expire,
            self.env["kkt.refund.reservation"]._expire,
            self.env["kkt.till.event"]._note_lasting_doubts,
        ):
            try:
                with self.env.cr.savepoint():
                    part()
            except Exception:
                # A job that fails time after time is switched off by Odoo.
                _logger.exception("Periodic watch of the tills")

    @api.model
    def _note_losses(self):
        """Tills without a word for 5 minutes; each loss is on record once."""
        lost = self.sudo().search(
            [
                ("state", "=", "active"),
                ("last_heartbeat", "<", fields.Datetime.now() - LOST_AFTER),
                ("lost_at", "=", False),
            ]
        )
        for till in lost:
            till._note_loss()

    def _note_loss(self):
        message = _(
            "Till %(till)s has not been heard of since %(time)s UTC.",
            till=self.display_name,
            time=self.last_heartbeat,
        )
        _logger.warning("%s", message)
        told = {"last_heartbeat": fields.Datetime.to_string(self.last_heartbeat)}
        self.env["kkt.event"]._record("heartbeat_lost", self, message, told)
        self.write({"lost_at": fields.Datetime.now(), "mode": "offline"})


def _link_text(env, link):
    text = {
        "up": env._("up"),
        "online": env._("up"),
        "down": env._("down"),
        "offline": env._("down"),
    }.get(link.get("state"), str(link.get("state")))
    if link.get("slow"):
        text = env._("%s, slow", text)
    return text

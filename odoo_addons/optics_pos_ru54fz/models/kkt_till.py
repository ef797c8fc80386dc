from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools import credential

#: Without a heartbeat for so long the link counts as lost; a bridge sends one in 30 s.
LOST_AFTER = timedelta(minutes=5)


class KktTill(models.Model):
    """A till: one Point of Sale configuration, one bridge, one fiscal register."""

    _name = "kkt.till"
    _description = "Till (Fiscal Register)"
    _inherit = ["pos.load.mixin"]
    _order = "company_id, code"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Short code, as in the bridge's configuration and in its credential. "
        "Latin letters, digits, hyphen and underscore.",
    )
    active = fields.Boolean(default=True)
    pos_config_id = fields.Many2one(
        "pos.config",
        string="Point of Sale",
        required=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="pos_config_id.company_id", store=True, index=True, string="Company"
    )
    timezone = fields.Selection(
        _tz_get,
        required=True,
        default="Europe/Moscow",
        help="The fiscal drive's clock is local time without a zone.",
    )
    bridge_url = fields.Char(
        string="Bridge URL",
        required=True,
        default="http://127.0.0.1:8000",
        help="Where the browser of this till reaches its bridge.",
    )
    credential_hash = fields.Char(
        readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS
    )
    credential_date = fields.Datetime(
        string="Credential Issued", readonly=True, copy=False
    )
    state = fields.Selection(
        [("new", "New"), ("active", "Active"), ("blocked", "Blocked")],
        required=True,
        readonly=True,
        default="new",
        copy=False,
    )

    # What the last heartbeat told
    last_heartbeat = fields.Datetime(readonly=True, copy=False)
    connection_state = fields.Selection(
        [("never", "Never Connected"), ("online", "Connected"), ("lost", "Lost")],
        compute="_compute_connection_state",
        search="_search_connection_state",
    )
    mode = fields.Selection(
        [("online", "Online"), ("degraded", "Degraded"), ("offline", "Offline")],
        readonly=True,
        copy=False,
    )
    version = fields.Char(string="Bridge Version", readonly=True, copy=False)
    clock_drift = fields.Integer(
        string="Clock Drift (s)",
        readonly=True,
        copy=False,
        help="Clock of the till minus clock of the server, seconds.",
    )
    buffer_level = fields.Integer(readonly=True, copy=False)
    buffer_capacity = fields.Integer(readonly=True, copy=False)
    buffer_oldest_at = fields.Datetime(
        string="Oldest in Buffer", readonly=True, copy=False
    )
    odoo_pending = fields.Integer(string="Waiting for Odoo", readonly=True, copy=False)
    device_state = fields.Selection(
        [
            ("ready", "Ready"),
            ("busy", "Busy"),
            ("unavailable", "Unavailable"),
            ("setup_error", "Set-up Error"),
            ("stopped", "Stopped"),
            ("other", "Unknown"),
        ],
        string="Register State",
        readonly=True,
        copy=False,
    )
    device_reason = fields.Char(string="Register Message", readonly=True, copy=False)
    device_paper = fields.Selection(
        [
            ("ok", "There Is Paper"),
            ("out", "Out of Paper"),
            ("out-while-printing", "Out of Paper while Printing"),
            ("waiting-continue", "Printing to Be Continued"),
            ("cover-open", "Cover Open"),
            ("other", "Unknown"),
        ],
        string="Paper",
        readonly=True,
        copy=False,
    )
    device_model = fields.Char(string="Register Model", readonly=True, copy=False)
    device_serial = fields.Char(string="Register Serial", readonly=True, copy=False)
    fn_serial = fields.Char(string="Fiscal Drive (FN)", readonly=True, copy=False)
    fn_rnm = fields.Char(string="Registration No.", readonly=True, copy=False)
    fn_inn = fields.Char(string="Taxpayer (INN)", readonly=True, copy=False)
    fn_expires = fields.Date(string="FN Expires", readonly=True, copy=False)
    fn_unsent = fields.Integer(string="Unsent Documents", readonly=True, copy=False)
    fn_oldest_unsent_at = fields.Datetime(
        string="Oldest Unsent", readonly=True, copy=False
    )
    shift_state = fields.Selection(
        [
            ("open", "Open"),
            ("closed", "Closed"),
            ("expired", "Open for over 24 Hours"),
            ("other", "Unknown"),
        ],
        string="Shift",
        readonly=True,
        copy=False,
    )
    shift_number = fields.Integer(string="Shift No.", readonly=True, copy=False)
    shift_receipt = fields.Integer(
        string="Receipts in Shift", readonly=True, copy=False
    )

    user_ids = fields.Many2many(related="pos_config_id.kkt_user_ids", readonly=False)
    receipt_count = fields.Integer(compute="_compute_receipt_count")
    browser_ids = fields.One2many(
        "kkt.browser",
        "till_id",
        string="Browsers",
        groups="optics_pos_ru54fz.group_kkt_manager",
    )

    _code_unique = models.Constraint(
        "unique (code)", "Another till has this code already."
    )
    # An archived till leaves its place to a successor.
    _pos_config_unique = models.UniqueIndex(
        "(pos_config_id) WHERE active", "This point of sale has a till already."
    )

    # ------------------------------------------------------------------
    # Set-up
    # ------------------------------------------------------------------

    @api.constrains("code")
    def _check_code(self):
        for till in self:
            if not credential.CODE_PATTERN.fullmatch(till.code):
                raise ValidationError(
                    _(
                        "Till code “%s”: 1 to 32 Latin letters, digits, hyphens and "
                        "underscores are allowed.",
                        till.code,
                    )
                )

    @api.constrains("bridge_url")
    def _check_bridge_url(self):
        for till in self:
            if not till.bridge_url.startswith(("http://", "https://")):
                raise ValidationError(
                    _(
                        "Bridge URL “%s” must start with http:// or https://.",
                        till.bridge_url,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        tills = super().create(vals_list)
        tills._give_worker_companies()
        self.env["pos.config"].invalidate_model(["kkt_till_id"])
        return tills

    def write(self, vals):
        if "code" in vals and any(
            till.credential_hash and till.code != vals["code"] for till in self.sudo()
        ):
            raise UserError(
                _(
                    "The code is part of the credential that the bridge uses. Block "
                    "the till first, then change its code and issue a new credential."
                )
            )
        res = super().write(vals)
        if "pos_config_id" in vals or "active" in vals:
            # The place must be free before a successor is inserted.
            self.flush_recordset(["pos_config_id", "active"])
            self._give_worker_companies()
            self.env["pos.config"].invalidate_model(["kkt_till_id"])
        return res

    def unlink(self):
        res = super().unlink()
        self.env["pos.config"].invalidate_model(["kkt_till_id"])
        return res

    def _give_worker_companies(self):
        """The technical user may act for every company that has a till."""
        worker = self._worker()
        missing = self.sudo().company_id - worker.company_ids
        if missing:
            worker.write({"company_ids": [fields.Command.link(c.id) for c in missing]})

    @api.model
    def _worker(self):
        return self.env.ref("optics_pos_ru54fz.user_kkt_worker").sudo()

    @api.depends("name", "code")
    def _compute_display_name(self):
        for till in self:
            till.display_name = f"{till.name} ({till.code})"

    @api.depends("last_heartbeat")
    def _compute_connection_state(self):
        limit = fields.Datetime.now() - LOST_AFTER
        for till in self:
            if not till.last_heartbeat:
                till.connection_state = "never"
            else:
                till.connection_state = (
                    "online" if till.last_heartbeat >= limit else "lost"
                )

    @api.model
    def _search_connection_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        limit = fields.Datetime.now() - LOST_AFTER
        domains = {
            "never": fields.Domain("last_heartbeat", "=", False),
            "online": fields.Domain("last_heartbeat", ">=", limit),
            "lost": fields.Domain("last_heartbeat", "<", limit),
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    def _compute_receipt_count(self):
        counts = dict(
            self.env["kkt.receipt"]._read_group(
                [("till_id", "in", self.ids)], ["till_id"], ["__count"]
            )
        )
        for till in self:
            till.receipt_count = counts.get(till, 0)

    def action_view_receipts(self):
        self.ensure_one()
        domain = [("till_id", "=", self.id)]
        return {
            "name": _("Fiscal Receipts"),
            "type": "ir.actions.act_window",
            "res_model": "kkt.receipt",
            "view_mode": "list,form",
            "domain": domain,
        }

    # ------------------------------------------------------------------
    # Point of Sale page
    # ------------------------------------------------------------------

    @api.model
    def _load_pos_data_domain(self, data, config):
        return [("pos_config_id", "=", config.id), ("active", "=", True)]

    @api.model
    def _load_pos_data_fields(self, config):
        return ["id", "code", "name", "bridge_url", "timezone"]

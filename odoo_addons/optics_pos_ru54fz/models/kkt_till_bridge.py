from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import bridge_messages, jose, messages, wire

#: Longest id of a browser profile.
_PROFILE_LENGTH = 64


class KktTill(models.Model):
    """What a till's bridge and its browsers ask of this database."""

    _inherit = "kkt.till"

    def _heartbeat(self, params):
        """Keep the state that the bridge tells, answer what it should know."""
        self.ensure_one()
        till = self.sudo()
        now = fields.Datetime.now()
        try:
            vals = messages.parse_heartbeat(params, till.timezone)
            vals |= bridge_messages.parse_state(params)
            instance, fence = bridge_messages.parse_holder(params)
            results = bridge_messages.parse_results(params)
            wants_roster, roster = bridge_messages.parse_roster(params)
            approval_key = bridge_messages.parse_approval_key(params)
            held = bridge_messages.parse_held(params)
            drift = wire.instant(params, "time") - now
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
        drift_seconds = max(-(2**31), min(2**31 - 1, int(drift.total_seconds())))
        vals |= {
            "last_heartbeat": now,
            "clock_drift": drift_seconds,
            "lost_at": False,
        }
        lease = till._renew_lease(instance, fence, now)
        speaks = till._speaks_for_till(instance, now)
        if not speaks:
            vals = {}
        elif held:
            vals["buffer_version"] = held[0]
        # One statement, and the lock on the till until this is committed.
        till.write({**vals, **(lease or {})})
        till.flush_recordset()
        if speaks and held:
            self.env["kkt.buffer.row"]._take(till, held[1])
        if approval_key:
            self.env["kkt.approval.key"]._keep(till, approval_key)
        commands = self.env["kkt.till.command"]
        commands._apply_results(till, results)
        self.env["kkt.event"]._record_alerts(till, vals.get("alerts") or [])
        events = self.env["kkt.till.event"]
        journal = params.get("journal") and till.journal_id
        answer = {
            "server_time": wire.iso(now),
            "till": {
                "code": till.code,
                "name": till.name,
                "company": till.company_id.name,
                "inn": till._company_inn(),
                "timezone": till.timezone,
                "pos_config_id": till.pos_config_id.id,
            },
            "database_uuid": self._database_uuid(),
            "keys": self.env["kkt.signing.key"]._public_jwks(),
            "revoked_profiles": self.env["kkt.browser"]._revoked_profiles(till),
            "last": self.env["kkt.receipt"]._last_of(till),
            "last_event": events._last_of(till, journal) if journal else 0,
            "commands": commands._for_holder(till) if lease else [],
        }
        if instance:
            answer["lease"] = till._lease_answer(instance, now)
        if wants_roster and (signed := till._roster_answer(roster)):
            answer["roster"] = signed
        return answer

    def _company_inn(self):
        """ИНН of the till's company: the digits of its tax ID, or None."""
        digits = "".join(filter(str.isdigit, self.company_id.vat or ""))
        return digits or None

    @api.model
    def _database_uuid(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def certify_browser(self, config_id, profile, jwk):
        """Certify the key of a browser profile for the till of a Point of Sale.

        :param int config_id: a ``pos.config`` that the user may use
        :param str profile: id of the browser profile, 1 to 64 characters
        :param dict jwk: its public key, EC P-256
        :returns: ``{certificate, expires, till, bridge_url}``
        :raises AccessError: the user may not use this Point of Sale
        :raises UserError: no till there, a bad key, or a revoked profile
        """
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(_("Only Point of Sale users may pair a browser."))
        if isinstance(config_id, bool) or not isinstance(config_id, int):
            raise UserError(_("The Point of Sale must be given by its ID."))
        config = self.env["pos.config"].browse(config_id).exists()
        config.check_access("read")
        till = config.kkt_till_id
        if not till:
            raise UserError(_("No till is set up for this Point of Sale."))
        if not isinstance(profile, str) or not 1 <= len(profile) <= _PROFILE_LENGTH:
            raise UserError(
                _("The browser profile must be 1 to %s characters.", _PROFILE_LENGTH)
            )
        try:
            jwk = jose.check_public_jwk(jwk)
        except jose.JwkError as error:
            raise UserError(
                _("The browser's key was refused: %s", str(error))
            ) from error
        certificate, expires = self.env["kkt.browser"]._certify(till, profile, jwk)
        return {
            "certificate": certificate,
            "expires": wire.iso(expires),
            "till": till.code,
            "bridge_url": till.bridge_url,
        }

import logging

from odoo import _, api, fields, models
from odoo.exceptions import AccessDenied, AccessError

from ..tools import credential

_logger = logging.getLogger(__name__)


class KktTill(models.Model):
    """The credential of a till's bridge: issued, replaced, withdrawn, checked."""

    _inherit = "kkt.till"

    def _check_may_manage_credentials(self):
        if not (
            self.env.su or self.env.user.has_group("optics_pos_ru54fz.group_kkt_admin")
        ):
            raise AccessError(_("Only a till administrator may manage credentials."))
        self.check_access("write")

    def rotate_credential(self):
        """Issue a new credential; the earlier one ends at once.

        :returns: ``<code>.<secret>``, told only this once
        :raises AccessError: for everybody but a till administrator
        """
        self.ensure_one()
        self._check_may_manage_credentials()
        secret = credential.make_secret()
        self.sudo().write(
            {
                "credential_hash": credential.hash_secret(secret),
                "credential_date": fields.Datetime.now(),
                "state": "active",
            }
        )
        _logger.info("New credential for till %s by user %s", self.code, self.env.uid)
        return f"{self.code}.{secret}"

    def action_rotate_credential(self):
        """Button: show the new credential once."""
        text = self.rotate_credential()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": _("New credential: copy it now, it is not shown again"),
                "message": text,
                "type": "warning",
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_block(self):
        """Withdraw the credential: the bridge can deliver nothing until a new one."""
        self._check_may_manage_credentials()
        self.sudo().write({"credential_hash": False, "state": "blocked"})
        for till in self:
            _logger.info("Till %s blocked by user %s", till.code, self.env.uid)

    @api.model
    def _authenticate(self, authorization):
        """The till of an ``Authorization`` header, in sudo.

        An unknown code, a wrong secret and a blocked till are the same to the caller,
        in words and in time.

        :raises AccessDenied: when the credential is not in force
        """
        parsed = credential.parse_header(authorization)
        code, secret = parsed or ("", "")
        till = self.sudo().search([("code", "=", code)], limit=1)
        if not credential.check_secret(secret, till.credential_hash):
            _logger.warning("A till's credential was refused (code %r)", code)
            raise AccessDenied(_("Unknown till or wrong secret."))
        return till

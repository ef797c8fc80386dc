from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import wire
from .kkt_till import LOST_AFTER


class UnsyncedBuffers(UserError):
    """Tills hold receipts that Odoo does not have, or nobody knows whether they do."""

    def __init__(self, message, tills):
        super().__init__(message)
        self.context = {"code": "UNSYNC_BUFFERS", "tills": tills}


class KktTill(models.Model):
    """No import of prices while any till holds receipts that Odoo has not."""

    _inherit = "kkt.till"

    @api.model
    def _assert_buffers_synced(self, companies):
        """For importers, before they change prices.

        :param companies: ``res.company`` records whose tills count
        :raises UnsyncedBuffers: naming the tills, with what each holds
        """
        tills = self.sudo().search([("company_id", "in", companies.ids)])
        limit = fields.Datetime.now() - LOST_AFTER
        unsynced = []
        for till in tills:
            pending = till.odoo_pending + till.dlq
            heard = till.last_heartbeat and till.last_heartbeat >= limit
            if heard and not pending:
                continue
            unsynced.append(
                {
                    "code": till.code,
                    "name": till.name,
                    "pending": pending,
                    "last_heartbeat": wire.iso(till.last_heartbeat),
                    "reason": "pending" if heard else "unheard",
                }
            )
        if unsynced:
            raise UnsyncedBuffers(
                _(
                    "Tills hold receipts that Odoo does not have yet, or have not been "
                    "heard of for 5 minutes: %s. Synchronise them first.",
                    ", ".join(
                        f"{till['name']} ({till['code']}): {till['pending']}"
                        for till in unsynced
                    ),
                ),
                unsynced,
            )
        return True

    @api.model
    def check_buffers_synced(self):
        """For integrators: may prices be imported now?

        :returns: True
        :raises UnsyncedBuffers: no; ``context`` has ``code`` ``UNSYNC_BUFFERS`` and
            ``tills``: ``[{code, name, pending, last_heartbeat, reason}]``
        :raises AccessError: for everybody but accountants and administrators
        """
        user = self.env.user
        if not self.env.su and not (
            user.has_group("optics_pos_ru54fz.group_kkt_accountant")
            or user.has_group("optics_pos_ru54fz.group_kkt_admin")
        ):
            raise AccessError(_("Only accountants and administrators may ask this."))
        return self._assert_buffers_synced(self.env.companies)

import logging
import time
from datetime import timedelta

from odoo import _, fields, models
from odoo.exceptions import ValidationError

from ..tools import bridge_messages, wire
from .kkt_receipt import BigInteger

_logger = logging.getLogger(__name__)

#: How long a lease lasts after it was taken or renewed (contracts.md, ``lease``).
LEASE = timedelta(seconds=90)


class KktTill(models.Model):
    """The lease of a till: one bridge at a time gets commands and configuration."""

    _inherit = "kkt.till"

    lease_instance = fields.Char(
        string="Lease Holder",
        readonly=True,
        copy=False,
        help="The bridge that gets this till's commands: its journal and its process.",
    )
    lease_token = BigInteger(
        string="Fencing Token",
        readonly=True,
        copy=False,
        help="Grows with each new holder.",
    )
    lease_expires = fields.Datetime(readonly=True, copy=False)

    def _lease(self, params):
        """Give the lease to who asks, unless another journal's bridge holds it.

        A journal is one process's at a time: the same one in a new process is the
        bridge after a restart, and need not wait for its predecessor's lease.
        """
        self.ensure_one()
        till = self.sudo()
        try:
            instance = bridge_messages.parse_lease(params)
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
        till.flush_recordset()
        self.env.cr.execute("SELECT FROM kkt_till WHERE id = %s FOR UPDATE", [till.id])
        now = fields.Datetime.now()
        held = till._lease_held(now)
        if held and _journal(till.lease_instance) != _journal(instance):
            return till._lease_answer(instance, now)
        vals = {"lease_expires": now + LEASE}
        if till.lease_instance != instance:
            vals |= {"lease_instance": instance, "lease_token": till._next_token()}
            _logger.info("Lease of till %s to %s", till.code, instance)
        till.write(vals)
        return till._lease_answer(instance, now)

    def _next_token(self):
        """Above all before it, also above those that a restored database forgot."""
        return max(self.lease_token + 1, int(time.time()))

    def _lease_held(self, now):
        return bool(self.lease_expires and self.lease_expires > now)

    def _lease_answer(self, instance, now):
        held = self._lease_held(now)
        mine = held and self.lease_instance == instance
        left = (self.lease_expires - now).total_seconds() if held else 0
        return {
            "token": self.lease_token if mine else None,
            "expires_in": int(left),
            "held_by_other": held and not mine,
        }

    def _renew_lease(self, instance, fence, now):
        """Values to write for a heartbeat's holder; None: this is not the holder.

        A fence above ours comes from before this database was restored: it is taken
        over where nobody holds the lease since.
        """
        if instance is None or fence is None:
            return None
        mine = self.lease_instance == instance and self.lease_token == fence
        forgotten = fence > self.lease_token and not self._lease_held(now)
        if not mine and not forgotten:
            self._note_stale_fence(instance, fence)
            return None
        return {
            "lease_instance": instance,
            "lease_token": fence,
            "lease_expires": now + LEASE,
        }

    def _note_stale_fence(self, instance, fence):
        message = _(
            "Bridge %(instance)s spoke with token %(fence)s, which is no longer in "
            "force.",
            instance=instance,
            fence=fence,
        )
        _logger.warning("Till %s: %s", self.code, message)
        told = {"instance": instance, "fence": fence}
        self.env["kkt.event"]._record("stale_fence", self, message, told)

    def _speaks_for_till(self, instance, now):
        """May this heartbeat's state be shown as the till's?

        Not that of a second bridge, while the first one holds the lease. The same
        journal in a new process is the till itself after a restart.
        """
        if instance is None or not self._lease_held(now):
            return True
        return _journal(instance) == _journal(self.lease_instance)


def _journal(instance):
    return instance.partition(".")[0]

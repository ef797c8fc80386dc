from datetime import datetime

from odoo import api, fields, models


class KktTillEvent(models.Model):
    _inherit = "kkt.till.event"

    kind_text = fields.Char(string="What Happened", compute="_compute_kind_text")

    @api.depends("kind")
    def _compute_kind_text(self):
        words = self._kind_words()
        incidents = self.env["kkt.event"]._fields["kind"]
        incidents = dict(incidents._description_selection(self.env))
        for event in self:
            area, _dot, rest = (event.kind or "").partition(".")
            incident = incidents.get(rest) if area == "incident" else None
            event.kind_text = words.get(event.kind) or incident or event.kind

    @api.model
    def _kind_words(self):
        """What the bridges tell, in words; a kind that is newer shows as it came."""
        _ = self.env._
        return {
            "alert.raised": _("Alert begins"),
            "alert.cleared": _("Alert is over"),
            "approval.given": _("Discount approved"),
            "approval.key": _("New key for approvals"),
            "breaker.open": _("The OFD is left alone for a while"),
            "breaker.half_open": _("The OFD is tried again"),
            "breaker.closed": _("The OFD works"),
            "buffer.capacity": _("Buffer capacity changed"),
            "clock.device_drift": _("The register's clock is off"),
            "clock.device_set": _("The register's clock was put right"),
            "cash.in": _("Cash in"),
            "cash.out": _("Cash out"),
            "command.done": _("Command carried out"),
            "command.failed": _("Command failed"),
            "command.expired": _("Command came too late"),
            "dlq.added": _("Receipt refused for good"),
            "dlq.retried": _("Refused receipt tried again"),
            "dlq.settled": _("Refused receipt resolved"),
            "document.mismatch": _("Fiscal document differs from the request"),
            "document.unknown": _("Fiscal document of nobody's request"),
            "fn.replaced": _("Fiscal drive replaced"),
            "lease.acquired": _("Commands go to this bridge"),
            "lease.lost": _("Another bridge has taken over"),
            "maintenance.on": _("Taken out of service"),
            "maintenance.off": _("Back in service"),
            "mode.changed": _("Link mode changed"),
            "odoo.order_given_up": _("Order that Odoo does not take"),
            "person.call": _("Done with a person's PIN"),
            "pin.wrong": _("Wrong PIN"),
            "pin.locked": _("PIN locked"),
            "receipt.cancelled": _("Receipt not printed"),
            "receipt.rejected": _("Receipt refused by the register"),
            "receipt.unknown": _("Receipt in doubt"),
            "receipt.resolved": _("Receipt resolved by a person"),
            "receipt.discount": _("Discount given"),
            "refund.released": _("Refund released by a manager"),
            "refund.unreserved": _("Refund without a reservation"),
            "report.calculations": _("Report on settlements"),
            "shift.opened": _("Shift opened"),
            "shift.closed": _("Shift closed"),
        }


class KktShift(models.Model):
    _inherit = "kkt.shift"

    opened_cause_text = fields.Char(
        string="How It Was Opened", compute="_compute_cause_text"
    )
    closed_cause_text = fields.Char(
        string="How It Was Closed", compute="_compute_cause_text"
    )

    @api.depends("opened_cause", "closed_cause")
    def _compute_cause_text(self):
        _ = self.env._
        words = {
            "operator": _("By a person"),
            "receipt": _("By the first sale"),
            "device": _("At the register itself"),
        }
        for shift in self:
            for side in ("opened", "closed"):
                cause = shift[f"{side}_cause"]
                shift[f"{side}_cause_text"] = words.get(cause, cause)


class KktReceipt(models.Model):
    _inherit = "kkt.receipt"

    date_time_text = fields.Char(
        string="Time on the Paper",
        compute="_compute_date_time_text",
        help="Local time of the fiscal drive.",
    )

    @api.depends("date_time")
    def _compute_date_time_text(self):
        for receipt in self:
            receipt.date_time_text = as_printed(receipt.date_time)


def as_printed(wall):
    """``2026-11-22T21:03`` as registers print it: ``22.11.2026 21:03``."""
    try:
        return f"{datetime.fromisoformat(wall):%d.%m.%Y %H:%M}"
    except (TypeError, ValueError):
        return wall

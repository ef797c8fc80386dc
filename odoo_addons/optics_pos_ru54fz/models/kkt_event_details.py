"""What a bridge delivers with an event, in the words of those who read it."""

import re
from decimal import Decimal, InvalidOperation

from odoo import api, fields, models

from .kkt_receipt_requisites import _money
from .kkt_words import as_printed

#: Said for people already; the rest of such data is the programs' own.
_SENTENCES = ("text", "message", "error")
#: Names and keys of programs: they stay in the delivered data.
_TECHNICAL = frozenset(
    {
        "attested",
        "contentHash",
        "id",
        "journal",
        "marker",
        "profile",
        "refusals",
        "scope",
        "status",
        "token",
        "uuid",
        *_SENTENCES,
    }
)
#: Superfluous beside another, which says the same for people.
_BESIDE = {"code": _SENTENCES, "kind": _SENTENCES, "person": ("name",)}
#: Their values are codes of the programs, everything else is told as it came.
_CODED = frozenset(
    {"by", "cause", "level", "operation", "outcome", "target", "what", "why"}
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What bridges write in place of a secret.
_MASKED = "***"


class KktTillEvent(models.Model):
    _inherit = "kkt.till.event"

    details = fields.Char(compute="_compute_details")

    @api.depends("data")
    @api.depends_context("lang")
    def _compute_details(self):
        for event in self:
            event.details = self._in_words(event.data)

    @api.model
    def _in_words(self, data):
        """Sentence first, then what is named; what is not named here shows as is."""
        if not isinstance(data, dict):
            return ""
        told = [
            data[name] for name in _SENTENCES if data.get(name) and _plain(data[name])
        ][:1]
        change = self._change(data)
        if change:
            told.append(change)
        labels = self._labels()
        named = [name for name in labels if name in data]
        unnamed = sorted(name for name in data if name not in labels)
        for name in (*named, *unnamed):
            if name in _TECHNICAL or (change and name in ("from", "to")):
                continue
            if any(data.get(other) for other in _BESIDE.get(name, ())):
                continue
            text = self._value(name, data[name])
            if text:
                told.append(f"{labels.get(name, name)}: {text}")
        return "; ".join(str(part).rstrip(";") for part in told)

    @api.model
    def _change(self, data):
        before, after = data.get("from"), data.get("to")
        if not (isinstance(before, str) and isinstance(after, str)):
            return None
        modes = self._codes()
        before, after = (
            modes.get(side) or as_printed(side) for side in (before, after)
        )
        return f"{before} → {after}"

    @api.model
    def _value(self, name, value):
        """None: nothing that a person would miss."""
        if value is None or value is True or value is False or value in ("", _MASKED):
            return None
        if (
            name in ("by", "person")
            and isinstance(value, str)
            and _UUID.fullmatch(value)
        ):
            return None
        if name == "refund_of" and isinstance(value, dict):
            return f"{value.get('fn')}, {value.get('fd')}"
        if isinstance(value, list):
            return ", ".join(str(item) for item in value)
        if name in ("kopecks", "sumKopecks") and isinstance(value, int):
            return _money(value)
        if name == "sum":
            return _money(_kopecks(value)) if _kopecks(value) is not None else value
        if name == "drift_ms" and isinstance(value, (int, float)):
            return f"{value / 1000:.1f}".replace(".", ",")
        if name in ("date_time", "dateTime"):
            return as_printed(value)
        if name in _CODED:
            return self._codes().get(str(value), str(value))
        return str(value)

    @api.model
    def _labels(self):
        """In the order in which they are told."""
        _ = self.env._
        return {
            "name": _("who"),
            "person": _("who"),
            "by": _("by"),
            "operation": _("what"),
            "what": _("what for"),
            "cashier": _("cashier"),
            "percent": _("discount, %"),
            "kopecks": _("amount"),
            "sumKopecks": _("amount"),
            "sum": _("amount"),
            "outcome": _("outcome"),
            "reason": _("reason"),
            "cause": _("how"),
            "why": _("why"),
            "target": _("link"),
            "shift": _("shift"),
            "fd": _("FD"),
            "fp": _("FPD"),
            "fn": _("FN"),
            "old": _("FN before"),
            "new": _("FN now"),
            "rnm": _("RNM"),
            "inn": _("INN"),
            "expires": _("valid until"),
            "refund_of": _("refund of (FN, FD)"),
            "others": _("also (FD)"),
            "date_time": _("time"),
            "dateTime": _("time"),
            "mismatches": _("differs in"),
            "drift_ms": _("off by, s"),
            "capacity": _("receipts"),
            "had": _("had"),
            "has": _("has"),
            "count": _("number"),
            "attempts_left": _("tries left"),
            "seconds": _("for, s"),
            "level": _("level"),
            "code": _("code"),
            "deviceCode": _("register's code"),
        }

    @api.model
    def _codes(self):
        _ = self.env._
        modes = self.env["kkt.till"]._fields["mode"]._description_selection(self.env)
        return {
            **dict(modes),
            # tag 1054
            "1": _("sale"),
            "2": _("refund"),
            "p1": "P1",
            "p2": "P2",
            "p3": "P3",
            "ofd": _("OFD"),
            "odoo": "Odoo",
            "operator": _("by a person"),
            "receipt": _("by the first sale"),
            "device": _("at the register itself"),
            "attested": _("by the slip that somebody saw"),
            "fiscalized": _("the receipt exists"),
            "cancelled": _("there is no receipt"),
            "expired": _("no word from Odoo for long"),
            "taken_over": _("another bridge has taken over"),
            "approval": _("discount"),
            "elevate": _("manager's rights"),
            "approve": _("discount"),
            "openShift": _("opening of the shift"),
            "closeShift": _("Z report"),
            "reportX": _("X report"),
            "reportCalculations": _("report on settlements"),
            "cashIn": _("cash in"),
            "cashOut": _("cash out"),
            "attestCash": _("slip of cash seen"),
            "copy": _("copy of a receipt"),
            "postReceipt": _("receipt"),
            "withdrawReceipt": _("withdrawal of a receipt"),
            "resolveReceipt": _("a receipt in doubt resolved"),
            "setCapacity": _("buffer capacity"),
            "syncNow": _("sync now"),
            "retryDead": _("refused receipt tried again"),
            "resolveDead": _("refused receipt resolved"),
            "maintenanceOn": _("out of service"),
            "maintenanceOff": _("back in service"),
        }


def _plain(value):
    return isinstance(value, str)


def _kopecks(roubles):
    try:
        return int(Decimal(str(roubles)) * 100)
    except (InvalidOperation, ValueError):
        return None

"""What a till's bridge sends, made into values of our models (docs/contracts.md).

A fact is taken as it is wherever the law leaves us no choice: what is checked strictly
is what identifies a fiscal document, its time and its money. Everything else of a
receipt is kept as delivered.
"""

import json
import re

from . import wire
from .wire import WireError

#: Largest body of one receipt as JSON text, and of one order blob (contracts.md).
MAX_RECEIPT_CHARS = 256 * 1024
MAX_BLOB_CHARS = 512 * 1024

#: Tag 1054, by the type of a receipt; a correction has the operation that it corrects.
OPERATIONS = {
    "sale": 1,
    "refund": 2,
    "sale_correction": 1,
    "refund_correction": 2,
}
CORRECTIONS = frozenset({"sale_correction", "refund_correction"})

#: Members of a receipt that must not differ when the same document comes again.
#: Contact, cashier, clocks and the way of the delivery may.
CORE = (
    "uuid",
    "attempt",
    "type",
    "fn",
    "fd",
    "fp",
    "shift",
    "receipt",
    "date_time",
    "rnm",
    "inn",
    "total",
    "change",
    "items",
    "payments",
    "refund_of",
    "correction",
)

#: States that a bridge tells of its register.
DEVICE_STATES = frozenset({"ready", "busy", "unavailable", "setup_error", "stopped"})
PAPER_STATES = frozenset(
    {"ok", "out", "out-while-printing", "waiting-continue", "cover-open"}
)
SHIFT_STATES = frozenset({"open", "closed", "expired"})

_UUID = re.compile(r"[0-9A-Za-z-]{8,64}")
_DIGITS = re.compile(r"[0-9]+")
_UINT4 = 2**32 - 1


def parse_receipt(row):
    """Values of a ``kkt.receipt`` (money in kopecks) from one row of ``receipts``.

    :raises WireError: naming the field
    """
    if not isinstance(row, dict):
        raise WireError("receipt", "must be an object")
    if len(json.dumps(row, ensure_ascii=False)) > MAX_RECEIPT_CHARS:
        raise WireError("receipt", f"must not exceed {MAX_RECEIPT_CHARS} characters")
    hlc = wire.mapping(row, "hlc", optional=True) or {}
    for name in ("items", "payments"):
        if not isinstance(row.get(name), list):
            raise WireError(name, "must be a list")
    try:
        prepaid_kopecks(row)
    except WireError as error:
        raise WireError("payments", str(error)) from error
    original = wire.mapping(row, "refund_of", optional=True) or {}
    wire.mapping(row, "correction", optional=True)
    for name in ("ofd_delivered", "delivered_before"):
        if not isinstance(row.get(name, False), bool):
            raise WireError(name, "must be true or false")
    zone = wire.text(row, "timezone", optional=True, longest=64)
    wall = wire.wall_time(row, "date_time")
    return {
        "uuid": wire.text(row, "uuid", pattern=_UUID),
        "attempt": wire.integer(row, "attempt", least=1),
        "type": wire.choice(row, "type", OPERATIONS),
        "order_name": wire.text(row, "order_name", optional=True),
        "fn": wire.text(row, "fn", pattern=_DIGITS, longest=16),
        "fd": wire.integer(row, "fd", least=1),
        "fp": str(wire.integer(row, "fp", most=_UINT4)),
        "shift": wire.integer(row, "shift"),
        "receipt_no": wire.integer(row, "receipt"),
        "date_time": wall,
        "date_utc": wire.instant(row, "utc", optional=True)
        or wire.wall_to_utc(wall, zone),
        "timezone": zone,
        "rnm": wire.text(row, "rnm", optional=True, longest=20),
        "inn": wire.text(row, "inn", optional=True, longest=12),
        **_original(original),
        "total_kopecks": wire.kopecks(row, "total"),
        "change_kopecks": wire.kopecks(row, "change") if "change" in row else 0,
        "ofd_delivered": row.get("ofd_delivered", False),
        "delivered_before": row.get("delivered_before", False),
        "content_hash": wire.text(row, "content_hash", optional=True, longest=128),
        "hlc_local_time": _hlc_time(hlc),
        "hlc_counter": wire.integer(hlc, "logical_counter", optional=True, path="hlc."),
        "content": row,
    }


def parse_heartbeat(params, zone):
    """Values of a ``kkt.till`` from the parameters of ``heartbeat``.

    A part that is null (no contact yet) leaves what was known before.

    :param str zone: IANA zone of the till, for what the ФН tells by its own clock

    :raises WireError: naming the field
    """
    vals = {
        "version": wire.text(params, "version", longest=64),
        "mode": wire.choice(params, "mode", {"online", "degraded", "offline"}),
    }
    wire.instant(params, "time")
    device = wire.mapping(params, "device", optional=True)
    if device is not None:
        vals |= {
            "device_state": wire.word(device, "state", DEVICE_STATES, path="device."),
            "device_reason": wire.told(device, "reason", longest=1024, path="device."),
            "device_paper": wire.word(
                device, "paper", PAPER_STATES, optional=True, path="device."
            ),
            "device_model": wire.told(device, "model", path="device."),
            "device_serial": wire.text(
                device, "serial", optional=True, longest=32, path="device."
            ),
        }
    drive = wire.mapping(params, "fn", optional=True)
    if drive is not None:
        vals |= {
            "fn_serial": wire.text(drive, "serial", longest=16, path="fn."),
            "fn_rnm": wire.text(drive, "rnm", optional=True, longest=20, path="fn."),
            "fn_inn": wire.text(drive, "inn", optional=True, longest=12, path="fn."),
            "fn_expires": wire.day(drive, "expires", optional=True, path="fn."),
            "fn_unsent": wire.integer(drive, "unsent", optional=True, path="fn."),
            "fn_oldest_unsent_at": _drive_instant(drive, "oldest_unsent_at", zone),
        }
    shift = wire.mapping(params, "shift", optional=True)
    if shift is not None:
        vals |= {
            "shift_state": wire.word(shift, "state", SHIFT_STATES, path="shift."),
            "shift_number": wire.integer(shift, "number", optional=True, path="shift."),
            "shift_receipt": wire.integer(
                shift, "receipt", optional=True, path="shift."
            ),
        }
    buffer = wire.mapping(params, "buffer")
    vals |= {
        "buffer_level": wire.integer(buffer, "level", path="buffer."),
        "buffer_capacity": wire.integer(buffer, "capacity", path="buffer."),
        "buffer_oldest_at": wire.instant(
            buffer, "oldest_at", optional=True, path="buffer."
        ),
        "odoo_pending": wire.integer(buffer, "odoo_pending", path="buffer."),
    }
    return vals


def _original(original):
    """Which document a refund names; one that names none well is a fact as well."""
    fn, fd = original.get("fn"), original.get("fd")
    known = (
        isinstance(fn, str)
        and len(fn) <= 16
        and _DIGITS.fullmatch(fn)
        and isinstance(fd, int)
        and 0 < fd < 2**31
    )
    return {"refund_fn": fn if known else None, "refund_fd": fd if known else None}


def differences(stored, delivered):
    """Names of the core members in which two deliveries of one document differ."""
    return [name for name in CORE if not _same(stored.get(name), delivered.get(name))]


def _same(stored, delivered):
    """Equal, but for members that only an older or a newer bridge tells."""
    if isinstance(stored, dict) and isinstance(delivered, dict):
        common = stored.keys() & delivered.keys()
        return (bool(common) or stored == delivered) and all(
            _same(stored[name], delivered[name]) for name in common
        )
    if isinstance(stored, list) and isinstance(delivered, list):
        return len(stored) == len(delivered) and all(map(_same, stored, delivered))
    return stored == delivered


def prepaid_kopecks(content):
    """What of a receipt was paid before (tag 1215), in kopecks."""
    payments = [
        payment
        for payment in (content or {}).get("payments") or []
        if isinstance(payment, dict) and payment.get("method") == "prepaid"
    ]
    return sum(wire.kopecks(payment, "amount") for payment in payments)


def identity(row):
    """Best effort for the answer to a row that could not be read."""
    if not isinstance(row, dict):
        row = {}
    return {name: row.get(name) for name in ("uuid", "attempt", "fn", "fd")}


def _hlc_time(hlc):
    value = hlc.get("local_time")
    if value is None or isinstance(value, (str, int)) and not isinstance(value, bool):
        return None if value is None else str(value)[:40]
    raise WireError("hlc.local_time", "must be an instant")


def _drive_instant(drive, name, zone):
    """An instant, or wall time of the ФН, which has no zone of its own."""
    value = drive.get(name)
    if isinstance(value, str) and wire.WALL.fullmatch(value):
        return wire.wall_to_utc(wire.wall_time(drive, name, path="fn."), zone)
    return wire.instant(drive, name, optional=True, path="fn.")

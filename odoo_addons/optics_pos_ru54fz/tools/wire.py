"""What a till may send, checked at the door (docs/contracts.md, Bridge and Odoo).

A fact is taken as it is wherever the law leaves us no choice: what is checked strictly
is what identifies a fiscal document, its time and its money. Everything else of a
receipt is kept as delivered.
"""

import json
import re
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Largest body of one receipt as JSON text, and of one order blob (contracts.md).
MAX_RECEIPT_CHARS = 256 * 1024
MAX_BLOB_CHARS = 512 * 1024
#: Rows of one call.
MAX_ROWS = 100

#: Tag 1054, by the type of a receipt.
OPERATIONS = {"sale": 1, "refund": 2}

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
)

#: States that a bridge tells of its register.
DEVICE_STATES = frozenset({"ready", "busy", "unavailable", "setup_error", "stopped"})
PAPER_STATES = frozenset({"ok", "out", "out-while-printing", "waiting-continue"})
SHIFT_STATES = frozenset({"open", "closed", "expired"})

_UUID = re.compile(r"[0-9A-Za-z-]{8,64}")
_DIGITS = re.compile(r"[0-9]+")
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_INT4 = 2**31 - 1
_UINT4 = 2**32 - 1


class WireError(ValueError):
    """What is wrong with a field: its path, and what is allowed."""

    def __init__(self, field, message):
        super().__init__(f"{field}: {message}")
        self.field = field


def text(row, name, *, pattern=None, longest=256, optional=False, path=""):
    value = row.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, str):
        raise WireError(path + name, "must be text")
    if len(value) > longest:
        raise WireError(path + name, f"must not be longer than {longest} characters")
    if pattern and not pattern.fullmatch(value):
        raise WireError(path + name, f"must match {pattern.pattern}")
    return value


def integer(row, name, *, least=0, most=_INT4, optional=False, path=""):
    value = row.get(name)
    if value is None and optional:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError(path + name, "must be a whole number")
    if not least <= value <= most:
        raise WireError(path + name, f"must be from {least} to {most}")
    return value


def kopecks(row, name, *, path=""):
    """Roubles with at most two decimals on the wire, whole kopecks here."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WireError(path + name, "must be an amount in roubles")
    try:
        scaled = Decimal(str(value)) * 100
        whole = int(scaled)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise WireError(path + name, "must be a finite amount") from error
    if scaled != whole:
        raise WireError(path + name, "must have at most two decimals")
    if not 0 <= whole < 10**12:
        raise WireError(path + name, "must be from 0 to 9999999999.99")
    return whole


def choice(row, name, allowed, *, optional=False, path=""):
    value = row.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, str) or value not in allowed:
        raise WireError(path + name, "must be one of " + ", ".join(sorted(allowed)))
    return value


def word(row, name, known, *, optional=False, path=""):
    """A state for people to see; a newer bridge may know more of them."""
    value = text(row, name, longest=32, optional=optional, path=path)
    return value if value is None or value in known else "other"


def instant(row, name, *, optional=False, path=""):
    """ISO 8601 with an offset or Z on the wire, naive UTC (Odoo's habit) here."""
    value = text(row, name, longest=40, optional=optional, path=path)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"Z$", "+00:00", value))
    except ValueError as error:
        raise WireError(path + name, "must be an ISO 8601 instant") from error
    if moment.tzinfo is None:
        raise WireError(path + name, "must carry Z or an offset")
    try:
        moment = moment.astimezone(timezone.utc)
    except OverflowError as error:
        raise WireError(path + name, "is out of range") from error
    return moment.replace(tzinfo=None, microsecond=0)


def day(row, name, *, optional=False, path=""):
    value = text(row, name, longest=40, optional=optional, path=path)
    if value is None:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError as error:
        raise WireError(path + name, "must be a date YYYY-MM-DD") from error


def wall_time(row, name, *, path=""):
    """The ФН's clock, local and without zone: ``YYYY-MM-DDTHH:MM``."""
    value = text(row, name, pattern=_WALL, path=path)
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise WireError(path + name, "is no existing date and time") from error
    return value[:16]


def mapping(row, name, *, optional=False, path=""):
    value = row.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, dict):
        raise WireError(path + name, "must be an object")
    return value


def rows(value, name):
    """The list of a batch call, at most :data:`MAX_ROWS` long."""
    if not isinstance(value, list):
        raise WireError(name, "must be a list")
    if len(value) > MAX_ROWS:
        raise WireError(name, f"must not hold more than {MAX_ROWS} rows")
    return value


def parse_receipt(row):
    """Values of a ``kkt.receipt`` (money in kopecks) from one row of ``receipts``.

    :raises WireError: naming the field
    """
    if not isinstance(row, dict):
        raise WireError("receipt", "must be an object")
    if len(json.dumps(row, ensure_ascii=False)) > MAX_RECEIPT_CHARS:
        raise WireError("receipt", f"must not exceed {MAX_RECEIPT_CHARS} characters")
    hlc = mapping(row, "hlc", optional=True) or {}
    for name in ("items", "payments"):
        if not isinstance(row.get(name), list):
            raise WireError(name, "must be a list")
    try:
        prepaid_kopecks(row)
    except WireError as error:
        raise WireError("payments", str(error)) from error
    mapping(row, "refund_of", optional=True)
    delivered = row.get("ofd_delivered", False)
    if not isinstance(delivered, bool):
        raise WireError("ofd_delivered", "must be true or false")
    zone = text(row, "timezone", optional=True, longest=64)
    wall = wall_time(row, "date_time")
    return {
        "uuid": text(row, "uuid", pattern=_UUID),
        "attempt": integer(row, "attempt", least=1),
        "type": choice(row, "type", OPERATIONS),
        "order_name": text(row, "order_name", optional=True),
        "fn": text(row, "fn", pattern=_DIGITS, longest=16),
        "fd": integer(row, "fd", least=1),
        "fp": str(integer(row, "fp", most=_UINT4)),
        "shift": integer(row, "shift"),
        "receipt_no": integer(row, "receipt"),
        "date_time": wall,
        "date_utc": instant(row, "utc", optional=True) or _to_utc(wall, zone),
        "timezone": zone,
        "rnm": text(row, "rnm", optional=True, longest=20),
        "inn": text(row, "inn", optional=True, longest=12),
        "total_kopecks": kopecks(row, "total"),
        "change_kopecks": kopecks(row, "change") if "change" in row else 0,
        "ofd_delivered": delivered,
        "content_hash": text(row, "content_hash", optional=True, longest=128),
        "hlc_local_time": _hlc_time(hlc),
        "hlc_counter": integer(hlc, "logical_counter", optional=True, path="hlc."),
        "content": row,
    }


def parse_heartbeat(params, zone):
    """Values of a ``kkt.till`` from the parameters of ``heartbeat``.

    A part that is null (no contact yet) leaves what was known before.

    :param str zone: IANA zone of the till, for what the ФН tells by its own clock

    :raises WireError: naming the field
    """
    vals = {
        "version": text(params, "version", longest=64),
        "mode": choice(params, "mode", {"online", "degraded", "offline"}),
    }
    instant(params, "time")
    device = mapping(params, "device", optional=True)
    if device is not None:
        vals |= {
            "device_state": word(device, "state", DEVICE_STATES, path="device."),
            "device_reason": text(device, "reason", optional=True, path="device."),
            "device_paper": word(
                device, "paper", PAPER_STATES, optional=True, path="device."
            ),
            "device_model": text(device, "model", optional=True, path="device."),
            "device_serial": text(
                device, "serial", optional=True, longest=32, path="device."
            ),
        }
    drive = mapping(params, "fn", optional=True)
    if drive is not None:
        vals |= {
            "fn_serial": text(drive, "serial", longest=16, path="fn."),
            "fn_rnm": text(drive, "rnm", optional=True, longest=20, path="fn."),
            "fn_inn": text(drive, "inn", optional=True, longest=12, path="fn."),
            "fn_expires": day(drive, "expires", optional=True, path="fn."),
            "fn_unsent": integer(drive, "unsent", optional=True, path="fn."),
            "fn_oldest_unsent_at": _drive_instant(drive, "oldest_unsent_at", zone),
        }
    shift = mapping(params, "shift", optional=True)
    if shift is not None:
        vals |= {
            "shift_state": word(shift, "state", SHIFT_STATES, path="shift."),
            "shift_number": integer(shift, "number", optional=True, path="shift."),
            "shift_receipt": integer(shift, "receipt", optional=True, path="shift."),
        }
    buffer = mapping(params, "buffer")
    vals |= {
        "buffer_level": integer(buffer, "level", path="buffer."),
        "buffer_capacity": integer(buffer, "capacity", path="buffer."),
        "buffer_oldest_at": instant(buffer, "oldest_at", optional=True, path="buffer."),
        "odoo_pending": integer(buffer, "odoo_pending", path="buffer."),
    }
    return vals


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
    return sum(kopecks(payment, "amount") for payment in payments)


def identity(row):
    """Best effort for the answer to a row that could not be read."""
    if not isinstance(row, dict):
        row = {}
    return {name: row.get(name) for name in ("uuid", "attempt", "fn", "fd")}


def iso(moment):
    """Naive UTC (Odoo's habit) as ISO 8601 with Z."""
    return moment.replace(microsecond=0).isoformat() + "Z" if moment else None


def _to_utc(wall, zone):
    try:
        local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone or ""))
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise WireError(
            "timezone", "must be an IANA zone when utc is absent"
        ) from error
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def _hlc_time(hlc):
    value = hlc.get("local_time")
    if value is None or isinstance(value, (str, int)) and not isinstance(value, bool):
        return None if value is None else str(value)[:40]
    raise WireError("hlc.local_time", "must be an instant")


def _drive_instant(drive, name, zone):
    """An instant, or wall time of the ФН, which has no zone of its own."""
    value = drive.get(name)
    if isinstance(value, str) and _WALL.fullmatch(value):
        return _to_utc(wall_time(drive, name, path="fn."), zone)
    return instant(drive, name, optional=True, path="fn.")

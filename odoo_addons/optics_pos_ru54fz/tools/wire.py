"""Checks of single members, each refusal naming its place and what is allowed."""

import re
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Rows of one call, of receipts and orders.
MAX_ROWS = 100

WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_INT4 = 2**31 - 1


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


def told(row, name, *, longest=256, path=""):
    """Words for people, cut to ``longest``: too many are no reason to refuse."""
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise WireError(path + name, "must be text")
    return clean(value)[:longest]


def clean(value):
    """PostgreSQL's text and jsonb hold no U+0000, nor half a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {clean(str(name)): clean(member) for name, member in value.items()}
    if isinstance(value, list):
        return [clean(member) for member in value]
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


def millionths(row, name, *, path=""):
    """A quantity with at most six decimals on the wire, whole millionths here."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WireError(path + name, "must be a quantity")
    try:
        scaled = Decimal(str(value)) * 1_000_000
        whole = int(scaled)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise WireError(path + name, "must be a finite quantity") from error
    if scaled != whole:
        raise WireError(path + name, "must have at most six decimals")
    if not 0 < whole < 10**15:
        raise WireError(path + name, "must be above 0 and below 1000000000")
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
    value = text(row, name, pattern=WALL, path=path)
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


def rows(value, name, most=MAX_ROWS):
    """The list of a batch call, at most ``most`` rows long."""
    if not isinstance(value, list):
        raise WireError(name, "must be a list")
    if len(value) > most:
        raise WireError(name, f"must not hold more than {most} rows")
    return value


def wall_to_utc(wall, zone):
    try:
        local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone or ""))
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        raise WireError(
            "timezone", "must be an IANA zone when utc is absent"
        ) from error
    return local.astimezone(timezone.utc).replace(tzinfo=None)


def iso(moment):
    """Naive UTC (Odoo's habit) as ISO 8601 with Z."""
    return moment.replace(microsecond=0).isoformat() + "Z" if moment else None

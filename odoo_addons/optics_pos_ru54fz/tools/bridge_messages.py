"""What a bridge asks and tells besides receipts, checked and made into our values.

Lease, heartbeat's later members, events and reservations (docs/contracts.md, Bridge and
Odoo). Bridges of an earlier version send none of it.
"""

import json
import re

from . import jose, wire
from .wire import WireError

#: Rows of one call of ``events``, items of one page of ``catalogue``.
MAX_EVENTS = 200
MAX_ITEMS = 1000

#: Kinds of commands that a bridge obeys.
COMMANDS = ("sync_now", "capacity", "dlq_retry", "dlq_resolve", "maintenance")
RESULTS = frozenset({"done", "failed", "expired"})
ALERT_LEVELS = ("p1", "p2", "p3")
BREAKER_STATES = frozenset({"closed", "open", "half_open"})

#: What a receipt that is not at rest waits for, and how far it is.
LEGS = ("none", "pending", "delivered", "dead")
ROW_STATES = (
    "accepted",
    "closing",
    "unknown",
    "fiscalized",
    "rejected",
    "cancelled",
)
MAX_HELD = 500

#: The journal's uuid, a dot, the process's.
INSTANCE = re.compile(r"[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9_.-]{1,64}")
JOURNAL = re.compile(r"[A-Za-z0-9_-]{1,64}")

_INT8 = 2**63 - 1
_MAX_ALERTS = 50
_MAX_RESULTS = 200
_MAX_LINKS_CHARS = 4096
_MAX_EVENT_CHARS = 256 * 1024


def parse_lease(params):
    """The instance that asks for the lease."""
    return wire.text(params, "instance", pattern=INSTANCE, longest=129)


def parse_holder(params):
    """``(instance, fence)`` of a heartbeat; an earlier bridge has neither."""
    instance = wire.text(
        params, "instance", pattern=INSTANCE, longest=129, optional=True
    )
    fence = wire.integer(params, "fence", most=_INT8, optional=True)
    return instance, fence


def parse_results(params):
    """``[(id, state, text)]`` of commands that the bridge has ended."""
    results = params.get("results")
    if results is None:
        return []
    parsed = []
    for row in wire.rows(results, "results", _MAX_RESULTS):
        if not isinstance(row, dict):
            raise WireError("results", "must hold objects")
        # A newer bridge may know more states: what is not a success did not happen.
        state = wire.text(row, "state", longest=32, path="results.")
        parsed.append(
            (
                wire.text(row, "id", longest=64, path="results."),
                state if state in RESULTS else "failed",
                wire.told(row, "text", longest=4096, path="results."),
            )
        )
    return parsed


def parse_roster(params):
    """``(asked, version)``; a bridge of an earlier version does not ask."""
    version = params.get("roster")
    if version is not None and not isinstance(version, (str, int)):
        raise WireError("roster", "must be a version or null")
    return "roster" in params, version


def parse_approval_key(params):
    """The public half of the key that signs approvals, or None."""
    jwk = wire.mapping(params, "approval_key", optional=True)
    if jwk is None:
        return None
    try:
        return jose.check_public_jwk(jwk)
    except jose.JwkError as error:
        raise WireError("approval_key", str(error)) from error


def parse_held(params):
    """``(version, [row])`` of what the till holds, or None where it tells nothing new.

    Money in kopecks; states and legs that nobody knows yet are "other".
    """
    rows = wire.mapping(params, "rows", optional=True)
    if rows is None:
        return None
    version = rows.get("version")
    if isinstance(version, bool) or not isinstance(version, (str, int)):
        raise WireError("rows.version", "must be text or a number")
    listed = wire.rows(rows.get("receipts"), "rows.receipts", MAX_HELD)
    held = {row["key"]: row for row in map(_held_row, listed)}
    return wire.clean(str(version)[:200]), list(held.values())


def _held_row(row):
    path = "rows.receipts."
    if not isinstance(row, dict):
        raise WireError("rows.receipts", "must hold objects")
    legs = wire.mapping(row, "legs", optional=True, path=path) or {}
    error = row.get("error")
    if isinstance(error, dict):
        error = error.get("text") or error.get("message") or error.get("code")
    return {
        "key": wire.clean(wire.text(row, "key", longest=128, path=path)),
        "type": wire.text(row, "type", longest=32, path=path),
        "order_name": wire.clean(
            wire.text(row, "order_name", optional=True, longest=256, path=path)
        ),
        "total": wire.kopecks(row, "total", path=path),
        "state": wire.word(row, "state", ROW_STATES, path=path),
        "at": wire.instant(row, "at", optional=True, path=path),
        "fn": wire.text(row, "fn", optional=True, longest=16, path=path),
        "fd": wire.integer(row, "fd", optional=True, path=path),
        "leg_ofd": wire.word(legs, "ofd", LEGS, optional=True, path=path + "legs."),
        "leg_odoo": wire.word(legs, "odoo", LEGS, optional=True, path=path + "legs."),
        "attempts": wire.integer(row, "attempts", optional=True, path=path) or 0,
        "error": wire.clean(str(error))[:1024] if error else None,
    }


def parse_state(params):
    """Values of a ``kkt.till`` from the later members of ``heartbeat``.

    A member that is absent leaves what was known; ``maintenance: null`` ends it.
    """
    vals = {}
    if "dlq" in params:
        vals["dlq"] = wire.integer(params, "dlq", optional=True) or 0
    if "documents_left" in params:
        vals["fn_documents_left"] = (
            wire.integer(params, "documents_left", optional=True) or 0
        )
        vals["fn_documents_known"] = params["documents_left"] is not None
    if params.get("breaker") is not None:
        vals["breaker"] = wire.word(params, "breaker", BREAKER_STATES)
    if "maintenance" in params:
        vals |= _maintenance(params)
    if "alerts" in params:
        vals |= _alerts(params)
    links = wire.mapping(params, "links", optional=True)
    if links is not None:
        if len(json.dumps(links)) > _MAX_LINKS_CHARS:
            raise WireError("links", f"must not exceed {_MAX_LINKS_CHARS} characters")
        vals["links"] = wire.clean(links)
    journal = wire.mapping(params, "journal", optional=True)
    if journal is not None:
        vals["journal_id"] = wire.text(
            journal, "id", pattern=JOURNAL, longest=64, path="journal."
        )
        vals["journal_last_event"] = wire.integer(
            journal, "last_event", most=_INT8, optional=True, path="journal."
        )
    return vals


def _maintenance(params):
    maintenance = wire.mapping(params, "maintenance", optional=True)
    if maintenance is None:
        return {
            "maintenance": False,
            "maintenance_since": False,
            "maintenance_reason": False,
        }
    since = wire.instant(maintenance, "since", optional=True, path="maintenance.")
    return {
        "maintenance": True,
        "maintenance_since": since,
        "maintenance_reason": wire.told(
            maintenance, "reason", longest=1024, path="maintenance."
        ),
    }


def _alerts(params):
    alerts = []
    rows = [] if params["alerts"] is None else params["alerts"]
    for row in wire.rows(rows, "alerts", _MAX_ALERTS):
        if not isinstance(row, dict):
            raise WireError("alerts", "must hold objects")
        level = wire.text(row, "level", longest=16, path="alerts.")
        since = wire.instant(row, "since", optional=True, path="alerts.")
        alerts.append(
            {
                "code": wire.text(row, "code", longest=64, path="alerts."),
                # A level that is not known yet is not to be overlooked.
                "level": level if level in ALERT_LEVELS else "p2",
                "since": wire.iso(since) if since else None,
                "text": wire.told(row, "text", longest=1024, path="alerts."),
            }
        )
    alerts.sort(key=lambda alert: alert["level"])
    worst = alerts[0]["level"] if alerts else False
    return {
        "alerts": wire.clean(alerts),
        "alert_count": len(alerts),
        "alert_level": worst,
    }


def parse_events(params):
    """``(journal, [event])``; kinds that nobody knows yet are taken as they are."""
    journal = wire.text(params, "journal", pattern=JOURNAL, longest=64)
    events = []
    for row in wire.rows(params.get("events"), "events", MAX_EVENTS):
        if not isinstance(row, dict):
            raise WireError("events", "must hold objects")
        data = row.get("data")
        text = json.dumps(data, ensure_ascii=False)
        if len(text) > _MAX_EVENT_CHARS:
            data = {"cut": text[:1024]}
        events.append(
            {
                "seq": wire.integer(row, "seq", least=1, most=_INT8, path="events."),
                "at": wire.instant(row, "at", path="events."),
                "kind": wire.clean(wire.text(row, "kind", longest=128, path="events.")),
                "key": wire.clean(
                    wire.text(row, "key", optional=True, longest=128, path="events.")
                ),
                "data": wire.clean(data if isinstance(data, dict) else {"value": data}),
            }
        )
    return journal, events


def parse_refund(row):
    """One request to reserve: ``{uuid, fn, fd, fp, items}``, exact in our units."""
    if not isinstance(row, dict):
        raise WireError("reserve", "must hold objects")
    original = wire.mapping(row, "refund_of", path="reserve.")
    path = "reserve.refund_of."
    return {
        "uuid": wire.text(row, "uuid", longest=64, path="reserve."),
        "fn": wire.text(original, "fn", longest=16, path=path),
        "fd": wire.integer(original, "fd", least=1, path=path),
        "fp": wire.integer(original, "fp", most=2**32 - 1, optional=True, path=path),
        "items": [
            parse_line(item, "reserve.items.")
            for item in wire.rows(row.get("items"), "reserve.items", 1000)
        ],
    }


def parse_line(item, path=""):
    """An item of a receipt or of a refund: millionths and kopecks."""
    if not isinstance(item, dict):
        raise WireError(path.rstrip("."), "must be an object")
    line = item.get("line", item.get("refund_line"))
    return {
        "line": wire.integer({"line": line}, "line", least=1, optional=True, path=path),
        "sku": wire.text(item, "sku", optional=True, path=path),
        "name": wire.text(item, "name", path=path),
        "qty": wire.millionths(item, "qty", path=path),
        "sum": wire.kopecks(item, "sum", path=path),
    }

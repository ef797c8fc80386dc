"""``sendMessage`` of Telegram's Bot API, and what its answers mean."""

import re

import requests
from urllib3.exceptions import HTTPError

#: Longest text of one message (Bot API, ``sendMessage``).
LONGEST_TEXT = 4096

#: Seconds until the connection stands, and again between two parts of the answer.
TIMEOUT = 15

#: A bot's number, a colon, its secret.
TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,120}")
#: A person's or group's number (groups are negative), or the name of a channel.
CHAT = re.compile(r"-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,}")

_MOST_ANSWER = 64 * 1024


class TelegramError(Exception):
    """What went wrong: a word for programs, and what Telegram said.

    ``kind``: ``token`` | ``chat`` | ``forbidden`` | ``too_many`` | ``refused`` |
    ``server`` | ``unreachable`` | ``garbage``
    """

    def __init__(self, kind, description="", retry_after=None, moved_to=None):
        super().__init__(f"{kind}: {description}")
        self.kind = kind
        self.description = description
        #: Seconds that Telegram asks to wait.
        self.retry_after = retry_after
        #: The chat's new id, where a group became a supergroup.
        self.moved_to = moved_to


def send_message(base_url, token, chat_id, text):
    """Send plain text.

    :param str base_url: ``https://api.telegram.org``, or what stands in for it
    :param str chat_id: a number, or ``@name``
    :returns: id of the message
    :raises TelegramError: it was not sent, or nobody can tell
    """
    url = f"{base_url.rstrip('/')}/bot{token}/sendMessage"
    body = {
        "chat_id": chat_id if chat_id.startswith("@") else int(chat_id),
        "text": shorten(text),
        "link_preview_options": {"is_disabled": True},
    }
    try:
        # A redirect would carry the token to a host that nobody chose.
        response = requests.post(
            url, json=body, timeout=TIMEOUT, allow_redirects=False, stream=True
        )
        with response:
            raw = response.raw.read(_MOST_ANSWER, decode_content=True)
    except (requests.RequestException, HTTPError, OSError) as error:
        # The body is read past requests, so that urllib3's own errors come out of it:
        # an answer that breaks off is a doubt like one that does not come at all.
        # The address holds the token: the error's own words are not for anybody.
        raise TelegramError("unreachable", type(error).__name__) from None
    return _read(response.status_code, raw)


def shorten(text):
    """At most what one message may hold; Telegram counts UTF-16 units."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    kept = units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore")
    return kept + "…"


def _read(status, raw):
    answer = _parse(raw)
    if answer is None:
        raise TelegramError("server" if status >= 500 else "garbage", f"HTTP {status}")
    if status == 200 and answer.get("ok") is True:
        message = answer.get("result")
        return message.get("message_id") if isinstance(message, dict) else None
    code = answer.get("error_code", status)
    description = str(answer.get("description") or f"HTTP {status}")[:256]
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    raise TelegramError(
        _kind(code, description),
        description,
        _whole(parameters.get("retry_after")),
        _whole(parameters.get("migrate_to_chat_id")),
    )


def _parse(raw):
    try:
        answer = requests.compat.json.loads(raw)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "ok" in answer else None


def _kind(code, description):
    if code in (401, 404):
        return "token"
    if code == 403:
        return "forbidden"
    if code == 429:
        return "too_many"
    if isinstance(code, int) and code >= 500:
        return "server"
    return "chat" if "chat" in description.lower() else "refused"


def _whole(value):
    return value if isinstance(value, int) and not isinstance(value, bool) else None

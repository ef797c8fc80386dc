"""The credential of a till, ``<code>.<secret>``: made, stored as a hash, checked."""

import re
import secrets

from passlib.context import CryptContext

#: The secret has 256 random bits, so nobody can try secrets one by one; the salted,
#: slow hash is for the case that a copy of the database gets into other hands. Rounds
#: as for Odoo's own API keys: the check is made at every call of every till.
HASH = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=6000)

#: The code stands before the first dot of the credential, so it has none itself.
CODE_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,32}")

_HEADER = re.compile(
    r"bearer +([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{43})", re.IGNORECASE
)

# Hash of a secret that nobody was ever given: an unknown code costs as much as a known
# one.
_NOBODY = HASH.hash(secrets.token_urlsafe(32))


def make_secret():
    """Return 256 random bits as 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def hash_secret(secret):
    return HASH.hash(secret)


def parse_header(authorization):
    """Split ``Bearer <code>.<secret>`` into (code, secret), or return None."""
    match = _HEADER.fullmatch((authorization or "").strip())
    return match.groups() if match else None


def check_secret(secret, stored):
    """Compare in constant time; ``stored`` may be empty (unknown or blocked till)."""
    matches = HASH.verify(secret, stored or _NOBODY)
    return bool(stored) and matches

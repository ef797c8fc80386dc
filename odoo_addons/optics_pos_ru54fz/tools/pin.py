"""PINs as a bridge checks them without Odoo: scrypt (RFC 7914) with a salt each."""

import hashlib
import secrets

from . import jose

#: 16 MiB and some 50 ms of a till's time for one try; a bridge takes up to 64 MiB.
N, R, P = 2**14, 8, 1
_LENGTH = 32
_SALT_LENGTH = 16
_MEMORY = 64 * 1024 * 1024


def make(pin):
    """``{kdf, n, r, p, salt, hash}`` of a PIN with a fresh salt; both base64url."""
    salt = secrets.token_bytes(_SALT_LENGTH)
    return {
        "kdf": "scrypt",
        "n": N,
        "r": R,
        "p": P,
        "salt": jose.b64url(salt),
        "hash": jose.b64url(_scrypt(pin, salt)),
    }


def fingerprint(pin, stored):
    """Tells cheaply whether a stored hash is still of this PIN.

    No secret is lost by it: the database that keeps it has the PIN itself beside.
    """
    salt = stored["salt"].encode()
    return hashlib.sha256(salt + b"\0" + pin.encode()).hexdigest()


def matches(pin, stored):
    salt = jose.b64url_decode(stored["salt"])
    return jose.b64url(_scrypt(pin, salt)) == stored["hash"]


def _scrypt(pin, salt):
    return hashlib.scrypt(
        pin.encode(), salt=salt, n=N, r=R, p=P, dklen=_LENGTH, maxmem=_MEMORY
    )

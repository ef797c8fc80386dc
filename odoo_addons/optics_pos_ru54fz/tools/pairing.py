"""Pairing codes: short enough to be read to a till aloud, good for a quarter hour."""

import hashlib
import secrets

#: No I, L, O, 0 and 1: nobody must ask which of them it is.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 8


def make():
    """Eight characters, some 39 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code):
    """As people see it: ``XXXX-XXXX``."""
    return f"{code[:4]}-{code[4:]}"


def read(text):
    """The code of what somebody typed, or None."""
    if not isinstance(text, str) or len(text) > 32:
        return None
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code


def digest(code, database_uuid):
    """What is kept of a code. It dies before anybody could search for it."""
    return hashlib.sha256(f"{database_uuid}:{code}".encode()).hexdigest()

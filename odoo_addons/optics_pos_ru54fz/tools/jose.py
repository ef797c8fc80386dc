"""Compact JWS with ES256 and JWK of P-256 (RFC 7515, 7517, 7518, 7638)."""

import base64
import binascii
import hashlib
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

#: Bytes of one coordinate and of one half of a signature on P-256.
_SIZE = 32

#: Members of a private or symmetric key (RFC 7518, 6.2.2 and 6.3.2 and 6.4).
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class JwkError(ValueError):
    """What is wrong with a key that somebody sent; ``member`` names the place."""

    def __init__(self, member, reason):
        super().__init__(f"jwk.{member}: {reason}" if member else f"jwk: {reason}")


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64url_decode(text):
    """Strict: no padding, no other alphabet, no surplus bits."""
    padded = text + "=" * (-len(text) % 4)
    try:
        data = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if b64url(data) != text:
        raise ValueError("not base64url without padding")
    return data


def _canonical(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def thumbprint(jwk):
    """RFC 7638: SHA-256 over the required members, base64url."""
    required = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return b64url(hashlib.sha256(_canonical(required)).digest())


def check_public_jwk(jwk):
    """Return the four members of a public P-256 key, or raise :class:`JwkError`."""
    if not isinstance(jwk, dict):
        raise JwkError("", "must be an object")
    secret = sorted(_SECRET_MEMBERS & jwk.keys())
    if secret:
        raise JwkError(secret[0], "a private key must never leave the browser")
    if jwk.get("kty") != "EC":
        raise JwkError("kty", 'must be "EC"')
    if jwk.get("crv") != "P-256":
        raise JwkError("crv", 'must be "P-256"')
    coordinates = {}
    for name in ("x", "y"):
        text = jwk.get(name)
        try:
            data = b64url_decode(text) if isinstance(text, str) else b""
        except ValueError as error:
            raise JwkError(name, str(error)) from error
        if len(data) != _SIZE:
            raise JwkError(name, "must be 32 bytes in base64url")
        coordinates[name] = int.from_bytes(data, "big")
    try:
        ec.EllipticCurvePublicNumbers(
            coordinates["x"], coordinates["y"], ec.SECP256R1()
        ).public_key()
    except ValueError as error:
        raise JwkError("x", "is no point of the curve P-256") from error
    return {name: jwk[name] for name in ("kty", "crv", "x", "y")}


def generate_private_pem():
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_jwk(private_pem):
    """Public half of the key as a JWK; ``kid`` is its thumbprint."""
    numbers = _private_key(private_pem).public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64url(numbers.x.to_bytes(_SIZE, "big")),
        "y": b64url(numbers.y.to_bytes(_SIZE, "big")),
    }
    return {**jwk, "kid": thumbprint(jwk), "alg": "ES256", "use": "sig"}


def sign(header, payload, private_pem):
    """Compact JWS; the signature is r || s, 64 bytes (RFC 7518, 3.4)."""
    header = {"alg": "ES256", **header}
    signing_input = f"{b64url(_canonical(header))}.{b64url(_canonical(payload))}"
    der = _private_key(private_pem).sign(
        signing_input.encode(), ec.ECDSA(hashes.SHA256())
    )
    r, s = decode_dss_signature(der)
    return (
        f"{signing_input}.{b64url(r.to_bytes(_SIZE, 'big') + s.to_bytes(_SIZE, 'big'))}"
    )


def _private_key(private_pem):
    return serialization.load_pem_private_key(private_pem.encode(), password=None)

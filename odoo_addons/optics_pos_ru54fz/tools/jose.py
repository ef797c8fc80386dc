"""Compact JWS with ES256 and JWK of P-256 (RFC 7515, 7517, 7518, 7638)."""

import base64
import binascii
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

#: Bytes of one coordinate and of one half of a signature on P-256.
_SIZE = 32

#: Members of a private or symmetric key (RFC 7518, 6.2.2 and 6.3.2 and 6.4).
_SECRET_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class JwkError(ValueError):
    """What is wrong with a key that somebody sent; ``member`` names the place."""

    def __init__(self, member, reason):
        super().__init__(f"jwk.{member}: {reason}" if member else f"jwk: {reason}")


class JwsError(ValueError):
    """A JWS that is none, of another kind, or not signed by any of the keys."""


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


def verify(jws, typ, jwks):
    """Payload of a compact JWS by one of the public keys; ``typ`` as its header says.

    :raises JwsError: not even well-formed, of another kind, or not theirs
    """
    try:
        head, body, signature = jws.split(".")
        header = json.loads(b64url_decode(head))
        payload = json.loads(b64url_decode(body))
        raw = b64url_decode(signature)
    except (AttributeError, ValueError) as error:
        raise JwsError("not a compact JWS") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise JwsError("not a compact JWS")
    if header.get("alg") != "ES256" or header.get("typ") != typ or "crit" in header:
        raise JwsError("of another kind")
    if len(raw) != 2 * _SIZE:
        raise JwsError("not a compact JWS")
    der = encode_dss_signature(
        int.from_bytes(raw[:_SIZE], "big"), int.from_bytes(raw[_SIZE:], "big")
    )
    signed = f"{head}.{body}".encode()
    for jwk in jwks:
        try:
            _public_key(jwk).verify(der, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            continue
        return payload
    raise JwsError("not signed by a known key")


def _public_key(jwk):
    x, y = (int.from_bytes(b64url_decode(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _private_key(private_pem):
    return serialization.load_pem_private_key(private_pem.encode(), password=None)

import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..tools import jose
from .common import KktCommon, browser_key


def verify(token, jwk):
    """(header, payload) of a compact JWS, checked by `cryptography` alone."""
    head, body, signature = token.split(".")
    raw = jose.b64url_decode(signature)
    assert len(raw) == 64
    der = encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    x, y = (int.from_bytes(jose.b64url_decode(jwk[name]), "big") for name in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    key.verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(jose.b64url_decode(head)), json.loads(jose.b64url_decode(body))


@tagged("post_install", "-at_install")
class TestBrowser(KktCommon):
    def setUp(self):
        super().setUp()
        self.cashier = self.new_user(
            "cashier", "base.group_user", "point_of_sale.group_pos_user"
        )
        self.manager = self.new_user(
            "manager", "base.group_user", "point_of_sale.group_pos_manager"
        )
        self.jwk = browser_key()

    def certify(self, profile="profile-1", jwk=None, config=None, user=None):
        tills = self.env["kkt.till"].with_user(user or self.cashier)
        return tills.certify_browser(
            (config or self.config).id, profile, jwk or self.jwk
        )

    def public_keys(self):
        return {key["kid"]: key for key in self.env["kkt.signing.key"]._public_jwks()}

    @freeze_time("2026-11-22 18:00:00")
    def test_certificate(self):
        answer = self.certify()
        self.assertEqual(answer["till"], "TEST-1")
        self.assertEqual(answer["bridge_url"], "http://127.0.0.1:8000")
        self.assertEqual(answer["expires"], "2026-12-22T18:00:00Z")
        head = json.loads(jose.b64url_decode(answer["certificate"].split(".")[0]))
        header, payload = verify(answer["certificate"], self.public_keys()[head["kid"]])
        self.assertEqual(
            header, {"alg": "ES256", "kid": head["kid"], "typ": "kkt-browser+jwt"}
        )
        issued = 1795370400
        self.assertEqual(
            payload,
            {
                "iss": self.env["ir.config_parameter"].get_param("database.uuid"),
                "aud": "kkt-bridge",
                "till": "TEST-1",
                "profile": "profile-1",
                "scope": "cashier",
                "cnf": {
                    "jwk": {name: self.jwk[name] for name in ("kty", "crv", "x", "y")}
                },
                "iat": issued,
                "exp": issued + 30 * 86400,
            },
        )
        self.assertRecordValues(
            self.till.browser_ids,
            [
                {
                    "profile": "profile-1",
                    "user_id": self.cashier.id,
                    "thumbprint": jose.thumbprint(self.jwk),
                    "revoked": False,
                }
            ],
        )

    def test_forged_certificate_does_not_verify(self):
        certificate = self.certify()["certificate"]
        key = next(iter(self.public_keys().values()))
        head, body, signature = certificate.split(".")
        payload = json.loads(jose.b64url_decode(body))
        forged = jose.b64url(json.dumps({**payload, "till": "T9"}).encode())
        with self.assertRaises(InvalidSignature):
            verify(f"{head}.{forged}.{signature}", key)

    def test_renewal_keeps_one_row(self):
        self.certify()
        self.certify()
        self.assertEqual(len(self.till.browser_ids), 1)
        self.certify(jwk=browser_key())
        self.assertEqual(len(self.till.browser_ids), 2)

    def test_bad_keys_are_refused(self):
        good = self.jwk
        for jwk in (
            None,
            "key",
            [],
            {},
            {**good, "d": "AAAA"},
            {**good, "k": "AAAA"},
            {**good, "kty": "RSA"},
            {**good, "crv": "P-384"},
            {**good, "x": good["x"] + "="},
            {**good, "x": good["x"][:-2]},
            {**good, "x": 5},
            {**good, "x": good["y"]},
            {"kty": "EC", "crv": "P-256", "x": good["x"]},
        ):
            with self.subTest(str(jwk)), self.assertRaises(UserError):
                self.env["kkt.till"].certify_browser(self.config.id, "p", jwk)
        self.assertFalse(self.till.browser_ids)

    def test_bad_profiles_and_configurations_are_refused(self):
        for profile in ("", "x" * 65, None, 5):
            with self.subTest(profile), self.assertRaises(UserError):
                self.env["kkt.till"].certify_browser(self.config.id, profile, self.jwk)
        with self.assertRaisesRegex(UserError, "No till"):
            self.certify(config=self.other_currency_config)
        for config_id in (0, None, "1", True, 2**31 - 1):
            with self.subTest(config_id), self.assertRaises(UserError):
                self.env["kkt.till"].certify_browser(config_id, "p", self.jwk)

    def test_only_for_users_of_this_point_of_sale(self):
        clerk = self.new_user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.certify(user=clerk)
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.new_user(
            "stranger",
            "base.group_user",
            "point_of_sale.group_pos_user",
            company=company,
        )
        with self.assertRaises(AccessError):
            self.certify(user=stranger)

    def test_revoked_profile(self):
        self.certify()
        self.certify("profile-2")
        browser = self.till.browser_ids.filtered(lambda b: b.profile == "profile-1")
        with self.assertRaises(AccessError):
            browser.with_user(self.cashier).read(["profile"])
        with self.assertRaises(UserError):
            browser.with_user(self.cashier).action_revoke()
        browser.with_user(self.manager).action_revoke()
        self.assertTrue(browser.revoked)
        self.assertEqual(browser.revoked_by_id, self.manager)
        revoked = self.env["kkt.browser"]._revoked_profiles(self.till)
        self.assertEqual(revoked, ["profile-1"])
        with self.assertRaisesRegex(UserError, "revoked"):
            self.certify()
        with self.assertRaisesRegex(UserError, "revoked"):
            self.certify(jwk=browser_key())
        self.certify("profile-2")
        with self.assertRaises(UserError):
            browser.with_user(self.cashier).action_allow_again()
        browser.with_user(self.manager).action_allow_again()
        self.assertRecordValues(
            browser, [{"revoked": False, "revoked_at": False, "revoked_by_id": False}]
        )
        self.assertEqual(self.env["kkt.browser"]._revoked_profiles(self.till), [])
        self.certify()
        audit = self.env["kkt.audit"].search([("model", "=", "kkt.browser")])
        self.assertEqual(audit.user_id, self.manager)
        self.assertEqual(audit.mapped("field_name"), ["revoked", "revoked"])

    def test_expired_revocations_need_not_be_told(self):
        with freeze_time("2026-10-01 00:00:00"):
            self.certify()
            self.till.browser_ids.with_user(self.manager).action_revoke()
        with freeze_time("2026-11-22 00:00:00"):
            self.assertEqual(self.env["kkt.browser"]._revoked_profiles(self.till), [])

    def test_neutralized_copy_gets_a_key_of_its_own(self):
        before = set(self.public_keys())
        self.env["kkt.signing.key"].sudo().search([]).unlink()
        self.assertFalse(before & set(self.public_keys()))

    def test_older_keys_stay_trusted(self):
        certificate = self.certify()["certificate"]
        pem = jose.generate_private_pem()
        jwk = jose.public_jwk(pem)
        keys = self.env["kkt.signing.key"].sudo()
        keys.create({"kid": jwk["kid"], "private_pem": pem, "public_jwk": jwk})
        kid = json.loads(jose.b64url_decode(certificate.split(".")[0]))["kid"]
        verify(certificate, self.public_keys()[kid])
        newer = self.certify()["certificate"]
        kid = json.loads(jose.b64url_decode(newer.split(".")[0]))["kid"]
        self.assertEqual(kid, jwk["kid"])

from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..tools import jose

#: Life of a certificate (contracts.md, Tokens).
LIFETIME = timedelta(days=30)


class KktBrowser(models.Model):
    """A browser profile that may use a till's bridge, with its public key."""

    _name = "kkt.browser"
    _description = "Till Browser"
    _order = "issued desc, id desc"
    _rec_name = "profile"

    profile = fields.Char(required=True, readonly=True, index=True)
    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="till_id.company_id", store=True, index=True, string="Company"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Certified For",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    scope = fields.Selection(
        [("cashier", "Cashier"), ("manager", "Manager"), ("admin", "Administrator")],
        readonly=True,
        help="What the page may ask of the bridge, by the user's role at that time.",
    )
    thumbprint = fields.Char(string="Key Thumbprint", required=True, readonly=True)
    issued = fields.Datetime(required=True, readonly=True)
    expires = fields.Datetime(required=True, readonly=True)
    revoked = fields.Boolean(readonly=True)
    revoked_at = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one("res.users", string="Revoked By", readonly=True)

    _key_unique = models.Constraint(
        "unique (till_id, profile, thumbprint)",
        "This browser's key is known already.",
    )

    @api.model
    def _certify(self, till, profile, jwk):
        """Record the certificate and return it: (compact JWS, expiry as naive UTC)."""
        browsers = self.sudo()
        if browsers.search_count(
            [
                ("till_id", "=", till.id),
                ("profile", "=", profile),
                ("revoked", "=", True),
            ],
            limit=1,
        ):
            raise UserError(
                _(
                    "This browser was revoked for till %s. A manager may allow it "
                    "again (Fiscal Registers ▸ Paired Browsers).",
                    till.code,
                )
            )
        issued = fields.Datetime.now()
        scope = self._scope_of(self.env.user)
        vals = {
            "user_id": self.env.uid,
            "scope": scope,
            "issued": issued,
            "expires": issued + LIFETIME,
        }
        key = {
            "till_id": till.id,
            "profile": profile,
            "thumbprint": jose.thumbprint(jwk),
        }
        known = browsers.search([(name, "=", value) for name, value in key.items()])
        if known:
            known.write(vals)
        else:
            browsers.create({**key, **vals})
        certificate = (
            self.env["kkt.signing.key"]
            ._current()
            ._sign(
                {"typ": "kkt-browser+jwt"},
                {
                    "iss": self.env["kkt.till"]._database_uuid(),
                    "aud": "kkt-bridge",
                    "till": till.code,
                    "profile": profile,
                    "scope": scope,
                    "cnf": {"jwk": jwk},
                    "iat": _epoch(issued),
                    "exp": _epoch(vals["expires"]),
                },
            )
        )
        return certificate, vals["expires"]

    @api.model
    def _scope_of(self, user):
        """Each role includes the ones before it (contracts.md, Roles)."""
        for scope in ("admin", "manager"):
            if user.has_group(f"optics_pos_ru54fz.group_kkt_{scope}"):
                return scope
        return "cashier"

    @api.model
    def _revoked_profiles(self, till):
        """Profiles of the till whose unexpired certificates must be refused."""
        browsers = self.sudo().search(
            [
                ("till_id", "=", till.id),
                ("revoked", "=", True),
                ("expires", ">", fields.Datetime.now()),
            ]
        )
        return sorted(set(browsers.mapped("profile")))

    def action_revoke(self):
        """The bridge learns of it with its next heartbeat."""
        self._set_revoked(True)

    def action_allow_again(self):
        """Back in force, certificate and all, with the bridge's next heartbeat."""
        self._set_revoked(False)

    def _set_revoked(self, revoked):
        if not self.env.user.has_group("optics_pos_ru54fz.group_kkt_manager"):
            raise UserError(_("Only a till manager may revoke or allow a browser."))
        self.check_access("read")
        for browser in self.sudo():
            # Whatever keys the profile had.
            same = self.sudo().search(
                [
                    ("till_id", "=", browser.till_id.id),
                    ("profile", "=", browser.profile),
                    ("revoked", "=", not revoked),
                ]
            )
            with self.env["kkt.audit"]._watching("till", same, ("revoked",)):
                same.write(
                    {
                        "revoked": revoked,
                        "revoked_at": revoked and fields.Datetime.now(),
                        "revoked_by_id": revoked and self.env.uid,
                    }
                )


def _epoch(moment):
    return int((moment - fields.Datetime.from_string("1970-01-01")).total_seconds())

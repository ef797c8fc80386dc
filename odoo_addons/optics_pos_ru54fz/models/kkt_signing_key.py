from odoo import api, fields, models

from ..tools import jose

#: Any constant: serialises the creation of the first key.
_LOCK = 0x6B6B7401


class KktSigningKey(models.Model):
    """The key with which this database certifies the browsers of its tills.

    Nobody has access; the model's own code reads it in sudo. Bridges get the public
    halves with every heartbeat, so a key may be replaced while older certificates still
    live.
    """

    _name = "kkt.signing.key"
    _description = "Signing Key for Till Browsers"
    _order = "id desc"

    kid = fields.Char(string="Key ID", required=True, readonly=True)
    private_pem = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    public_jwk = fields.Json(required=True, readonly=True)
    active = fields.Boolean(default=True)

    _kid_unique = models.Constraint("unique (kid)", "This key is known already.")

    @api.model
    def _current(self):
        """The newest active key; makes the first one (install, neutralized copy)."""
        keys = self.sudo()
        key = keys.search([], limit=1)
        if not key:
            self.env.cr.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            pem = jose.generate_private_pem()
            jwk = jose.public_jwk(pem)
            key = keys.create(
                {"kid": jwk["kid"], "private_pem": pem, "public_jwk": jwk}
            )
        return key

    @api.model
    def _public_jwks(self):
        """Public keys that a bridge may trust, the current one first."""
        return (self._current() | self.sudo().search([])).mapped("public_jwk")

    def _sign(self, header, payload):
        """Compact JWS by this key."""
        self.ensure_one()
        key = self.sudo()
        return jose.sign({**header, "kid": key.kid}, payload, key.private_pem)

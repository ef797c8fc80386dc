from odoo import api, fields, models

from ..tools import jose


class KktApprovalKey(models.Model):
    """Keys with which a till's bridge signs the approvals of managers; public halves.

    A journal that was lost brings a new one. The earlier stay: orders that they signed
    may still be on their way. Nobody has access.
    """

    _name = "kkt.approval.key"
    _description = "Key of a Till's Approvals"
    _order = "id desc"

    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="cascade"
    )
    thumbprint = fields.Char(string="Key Thumbprint", required=True, readonly=True)
    jwk = fields.Json(required=True, readonly=True)

    _key_unique = models.Constraint(
        "unique (till_id, thumbprint)", "This key is known already."
    )

    @api.model
    def _keep(self, till, jwk):
        """The till is locked by its heartbeat: no other brings the same key now."""
        thumbprint = jose.thumbprint(jwk)
        keys = self.sudo()
        known = keys.search_count(
            [("till_id", "=", till.id), ("thumbprint", "=", thumbprint)], limit=1
        )
        if not known:
            keys.create({"till_id": till.id, "thumbprint": thumbprint, "jwk": jwk})

    @api.model
    def _jwks(self, till):
        return self.sudo().search([("till_id", "=", till.id)]).mapped("jwk")

from odoo import api, fields, models


class PosConfig(models.Model):
    _inherit = "pos.config"

    kkt_till_id = fields.Many2one(
        "kkt.till",
        string="Till (Fiscal Register)",
        compute="_compute_kkt_till_id",
        inverse="_inverse_kkt_till_id",
        search="_search_kkt_till_id",
        compute_sudo=True,
        help="The till whose fiscal register signs every sale.",
    )

    def _compute_kkt_till_id(self):
        tills = self.env["kkt.till"].search(
            [("pos_config_id", "in", self.ids), ("active", "=", True)]
        )
        by_config = {till.pos_config_id: till for till in tills}
        for config in self:
            config.kkt_till_id = by_config.get(config._origin)

    def _inverse_kkt_till_id(self):
        for config in self:
            if config.kkt_till_id:
                config.kkt_till_id.sudo(False).pos_config_id = config

    @api.model
    def _search_kkt_till_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        tills = self.env["kkt.till"].sudo()
        domain = fields.Domain(
            "id", "in", tills.browse(v for v in value if v).exists().pos_config_id.ids
        )
        if False in value:
            domain |= fields.Domain(
                "id", "not in", tills.search([("active", "=", True)]).pos_config_id.ids
            )
        return domain

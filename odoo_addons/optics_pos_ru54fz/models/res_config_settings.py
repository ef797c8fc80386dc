from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pos_kkt_till_id = fields.Many2one(related="pos_config_id.kkt_till_id")
    pos_kkt_user_ids = fields.Many2many(
        related="pos_config_id.kkt_user_ids", readonly=False
    )
    pos_kkt_discount_cashier = fields.Float(
        related="pos_config_id.kkt_discount_cashier", readonly=False
    )
    pos_kkt_discount_manager = fields.Float(
        related="pos_config_id.kkt_discount_manager", readonly=False
    )
    pos_kkt_cashier_closes_shift = fields.Boolean(
        related="pos_config_id.kkt_cashier_closes_shift", readonly=False
    )
    pos_kkt_hand_product_id = fields.Many2one(
        related="pos_config_id.kkt_hand_product_id", readonly=False
    )
    pos_kkt_down_payment = fields.Selection(
        related="pos_config_id.kkt_down_payment", readonly=False
    )
    pos_kkt_electronic_receipt = fields.Selection(
        related="pos_config_id.kkt_electronic_receipt", readonly=False
    )

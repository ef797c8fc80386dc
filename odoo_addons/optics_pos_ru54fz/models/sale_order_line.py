from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    kkt_unit_price = fields.Float(
        string="Price in the Product's Unit",
        digits=0,
        compute="_compute_kkt_unit_price",
        compute_sudo=True,
        help="The Point of Sale settles in it: lenses that were agreed by the pack of "
        "six have the price of one piece there.",
    )

    @api.depends("price_unit", "product_uom_id", "product_id.uom_id")
    def _compute_kkt_unit_price(self):
        # As ``read_converted`` of pos_sale.
        for line in self:
            unit = line.product_uom_id
            line.kkt_unit_price = (
                unit._compute_price(line.price_unit, line.product_id.uom_id)
                if unit
                else line.price_unit
            )

    @api.model
    def _load_pos_data_fields(self, config):
        return super()._load_pos_data_fields(config) + ["kkt_unit_price"]

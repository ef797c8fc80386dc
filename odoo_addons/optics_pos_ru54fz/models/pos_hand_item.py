from odoo import _, api, fields, models

#: Products of a Point of Sale by its field.
_PRODUCTS = {
    "kkt_hand_product_id": "optics_pos_ru54fz.product_entered_by_hand",
    "down_payment_product_id": "pos_sale.default_downpayment_product",
}


class PosConfig(models.Model):
    _inherit = "pos.config"

    kkt_hand_product_id = fields.Many2one(
        "product.product",
        string="Product for Items Entered by Hand",
        domain=[("sale_ok", "=", True)],
        help="Goods whose barcode nobody knows are sold on it: the cashier types name, "
        "price and VAT. Empty: such goods can't be sold.",
    )

    def _get_special_products(self):
        products = super()._get_special_products()
        return products | self.sudo().search([]).kkt_hand_product_id


class KktTill(models.Model):
    _inherit = "kkt.till"

    @api.model_create_multi
    def create(self, vals_list):
        tills = super().create(vals_list)
        tills._fill_settings()
        return tills

    def write(self, vals):
        result = super().write(vals)
        if vals.get("pos_config_id"):
            self._fill_settings()
        return result

    def _fill_settings(self):
        """Products that a shop with a till needs, where nobody chose others."""
        for name, xmlid in _PRODUCTS.items():
            product = self.env.ref(xmlid, raise_if_not_found=False)
            if not product:
                continue
            for config in self.pos_config_id.sudo():
                own = product.sudo().company_id
                if not config[name] and own in (own.browse(), config.company_id):
                    config[name] = product


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    # Written by the page.
    kkt_name = fields.Char(
        string="Name Typed by Hand",
        copy=False,
        help="As the fiscal receipt names it (tag 1030).",
    )
    kkt_barcode = fields.Char(string="Barcode That Nobody Knew", copy=False)
    kkt_entered_by = fields.Char(string="Entered by", copy=False)

    @api.model
    def _load_pos_data_fields(self, config):
        return super()._load_pos_data_fields(config) + [
            "kkt_name",
            "kkt_barcode",
            "kkt_entered_by",
        ]


class PosOrder(models.Model):
    _inherit = "pos.order"

    @api.model
    def _process_order(self, order, existing_order):
        order_id = super()._process_order(order, existing_order)
        settled = self.browse(order_id).sudo()
        if settled.state != "draft" and settled.config_id.kkt_till_id:
            settled._kkt_tell_typed_items()
        return order_id

    def _kkt_tell_typed_items(self):
        """The accountant makes a product of what was sold without one."""
        self.ensure_one()
        for line in self.lines:
            if not line.kkt_name or line.refunded_orderline_id:
                continue
            self.env["kkt.event"]._record(
                "item_by_hand",
                self.config_id.kkt_till_id,
                _(
                    "Order %(order)s: “%(name)s” was entered by hand by %(who)s, "
                    "%(price).2f a piece, barcode %(barcode)s. Make it a product.",
                    order=self.name,
                    name=line.kkt_name,
                    who=line.kkt_entered_by or self.user_id.name,
                    price=line.price_unit,
                    barcode=line.kkt_barcode or _("none"),
                ),
                {
                    "uuid": self.uuid,
                    "line": line.uuid,
                    "barcode": line.kkt_barcode or None,
                    "price": line.price_unit,
                    "entered_by": line.kkt_entered_by or None,
                },
            )

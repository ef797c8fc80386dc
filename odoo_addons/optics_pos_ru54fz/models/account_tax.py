from odoo import api, fields, models


class AccountTax(models.Model):
    _inherit = "account.tax"

    # Tag 1199 of the fiscal document format (FFD 1.2).
    kkt_vat_code = fields.Selection(
        [
            ("1", "VAT 20%"),
            ("2", "VAT 10%"),
            ("3", "VAT 20/120"),
            ("4", "VAT 10/110"),
            ("5", "VAT 0%"),
            ("6", "No VAT"),
            ("7", "VAT 5%"),
            ("8", "VAT 7%"),
            ("9", "VAT 5/105"),
            ("10", "VAT 7/107"),
            ("11", "VAT 22%"),
            ("12", "VAT 22/122"),
        ],
        string="VAT on the Fiscal Receipt",
        help="Rate that the fiscal register prints for goods with this tax (tag 1199).",
    )

    @api.model
    def _load_pos_data_fields(self, config):
        return super()._load_pos_data_fields(config) + ["kkt_vat_code"]

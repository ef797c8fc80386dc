from odoo import api, fields, models

_OF_TYPE = {"cash": "cash", "pay_later": "credit"}


class PosPaymentMethod(models.Model):
    _inherit = "pos.payment.method"

    # Tags 1031, 1081, 1215, 1216, 1217 of the fiscal document format.
    kkt_payment_type = fields.Selection(
        [
            ("cash", "Cash"),
            ("electronic", "Electronic"),
            ("prepaid", "Offset of a prepayment"),
            ("credit", "On credit"),
            ("other", "Other consideration"),
        ],
        string="Payment on the Fiscal Receipt",
        compute="_compute_kkt_payment_type",
        store=True,
        readonly=False,
        precompute=True,
        help="Kind of payment that the fiscal register records.",
    )

    @api.depends("journal_id.type")
    def _compute_kkt_payment_type(self):
        for method in self:
            method.kkt_payment_type = _OF_TYPE.get(method.type, "electronic")

    @api.model
    def _load_pos_data_fields(self, config):
        return super()._load_pos_data_fields(config) + ["kkt_payment_type"]

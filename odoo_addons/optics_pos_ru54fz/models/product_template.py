from odoo import api, fields, models

#: Tag 1212 by type of product where nobody said otherwise.
_SUBJECT_OF_TYPE = {"service": "4"}
_DEFAULT_SUBJECT = "1"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # Tag 1212 of the fiscal document format (FFD 1.2).
    kkt_subject = fields.Selection(
        [
            ("1", "Goods"),
            ("2", "Excisable goods"),
            ("3", "Work"),
            ("4", "Service"),
            ("5", "Gambling bet"),
            ("6", "Gambling prize"),
            ("7", "Lottery ticket"),
            ("8", "Lottery prize"),
            ("9", "Intellectual property"),
            ("10", "Payment"),
            ("11", "Agent's commission"),
            ("12", "Payout"),
            ("13", "Other"),
            ("14", "Property right"),
            ("15", "Non-operating income"),
            ("16", "Other payments and contributions"),
            ("17", "Trade levy"),
            ("18", "Resort fee"),
            ("19", "Deposit"),
            ("20", "Expense"),
            ("21", "Pension insurance contributions (sole trader)"),
            ("22", "Pension insurance contributions"),
            ("23", "Medical insurance contributions (sole trader)"),
            ("24", "Medical insurance contributions"),
            ("25", "Social insurance contributions"),
            ("26", "Casino payment"),
            ("27", "Cash issue"),
            ("30", "Excisable goods subject to marking, without a code"),
            ("31", "Excisable goods subject to marking, with a code"),
            ("32", "Goods subject to marking, without a code"),
            ("33", "Goods subject to marking, with a code"),
        ],
        string="Subject of Settlement",
        compute="_compute_kkt_subject",
        store=True,
        readonly=False,
        precompute=True,
        help="What is sold, on the fiscal receipt (tag 1212).",
    )
    # Tag 1214 of the fiscal document format (FFD 1.2).
    kkt_payment_method = fields.Selection(
        [
            ("1", "Full prepayment"),
            ("2", "Partial prepayment"),
            ("3", "Advance"),
            ("4", "Full settlement"),
            ("5", "Partial settlement and credit"),
            ("6", "Transfer on credit"),
            ("7", "Payment of credit"),
        ],
        string="Method of Settlement",
        default="4",
        help="How the sale is settled, on the fiscal receipt (tag 1214).",
    )
    # Government decree 2463 of 2020, list of goods of proper quality.
    kkt_return_restricted = fields.Boolean(
        string="Taken Back Only if Defective",
        help="By law (decree 2463) the buyer cannot return or exchange it otherwise: "
        "corrective glasses and lenses, contact lenses. The till warns, no more.",
    )

    @api.depends("type")
    def _compute_kkt_subject(self):
        defaults = {False, _DEFAULT_SUBJECT, *_SUBJECT_OF_TYPE.values()}
        for product in self:
            if product.kkt_subject in defaults:
                product.kkt_subject = _SUBJECT_OF_TYPE.get(
                    product.type, _DEFAULT_SUBJECT
                )

    @api.model
    def _load_pos_data_fields(self, config):
        return super()._load_pos_data_fields(config) + [
            "kkt_subject",
            "kkt_payment_method",
            "kkt_return_restricted",
        ]

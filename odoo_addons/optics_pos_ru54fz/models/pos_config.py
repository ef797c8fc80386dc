from odoo import _, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

#: No discount given by hand is higher, whoever approves it (requirements, Roles).
HIGHEST_DISCOUNT = 50.0


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
    kkt_discount_cashier = fields.Float(
        string="Discount of a Cashier (%)",
        digits=(5, 2),
        default=10.0,
        help="The highest discount on a line that a cashier gives on her own.",
    )
    kkt_discount_manager = fields.Float(
        string="Discount of a Manager (%)",
        digits=(5, 2),
        default=HIGHEST_DISCOUNT,
        help="The highest discount on a line that a manager may approve, at most 50 %.",
    )
    kkt_cashier_closes_shift = fields.Boolean(
        string="Cashiers Print the Z Report",
        help="For shops with a single seller. Otherwise the Z report needs a manager.",
    )
    kkt_down_payment = fields.Selection(
        [
            ("prepayment", "Prepayment for named goods"),
            ("advance", "Advance"),
        ],
        string="Down Payments Are",
        required=True,
        default="prepayment",
        help="How the fiscal receipt names a down payment (tags 1214 and 1212).",
    )
    kkt_electronic_receipt = fields.Selection(
        [
            ("none", "Nobody"),
            ("odoo", "Odoo"),
            ("ofd", "The fiscal data operator (OFD)"),
        ],
        string="Electronic Receipts Are Sent by",
        required=True,
        default="none",
        help="Who sends the receipt to the buyer's e-mail or phone; never both.",
    )
    kkt_electronic_since = fields.Datetime(
        string="Electronic Receipts Sent So Since",
        readonly=True,
        copy=False,
        help="What was sold before has its sender, whenever its till brings it.",
    )

    @api.constrains("kkt_discount_cashier", "kkt_discount_manager")
    def _check_kkt_discounts(self):
        for config in self:
            cashier, manager = config.kkt_discount_cashier, config.kkt_discount_manager
            if not 0 <= cashier <= manager <= HIGHEST_DISCOUNT:
                raise ValidationError(
                    _(
                        "Discounts at %(shop)s: a cashier's (%(cashier)s %%) may not "
                        "be above a manager's (%(manager)s %%), and that not above "
                        "%(highest)s %%.",
                        shop=config.name,
                        cashier=cashier,
                        manager=manager,
                        highest=HIGHEST_DISCOUNT,
                    )
                )

    def write(self, vals):
        sender = vals.get("kkt_electronic_receipt")
        changed = self.filtered(
            lambda config: sender and config.kkt_electronic_receipt != sender
        )
        res = super().write(vals)
        if changed:
            now = fields.Datetime.now()
            super(PosConfig, changed).write({"kkt_electronic_since": now})
        return res

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

    def get_statistics_for_session(self, session):
        """As the card of the Point of Sale shows them: stock's words are English."""
        statistics = super().get_statistics_for_session(session)
        if (self.env.lang or "en_US").startswith("en_"):
            return statistics
        if session.start_at:
            day = fields.Datetime.context_timestamp(self, session.start_at)
            statistics["date"]["start_date"] = format_date(
                self.env, day, date_format="d MMM"
            )
        for orders in filter(None, statistics["orders"].values()):
            orders["display"] = _(
                "%(amount)s (orders: %(count)s)",
                amount=self.currency_id.format(orders["amount"]),
                count=orders["count"],
            )
        return statistics

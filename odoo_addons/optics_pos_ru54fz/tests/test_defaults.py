from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestDefaults(KktCommon):
    """VAT codes, subjects and kinds of payment where nobody said otherwise."""

    def test_vat_codes_are_those_of_tag_1199(self):
        codes = self.env["account.tax"]._fields["kkt_vat_code"].get_values(self.env)
        self.assertEqual(codes, [str(code) for code in range(1, 13)])
        tax = self.taxes["tax7"]
        self.assertFalse(tax.kkt_vat_code)
        tax.kkt_vat_code = "11"

    def test_subject_follows_the_type(self):
        product = self.env["product.template"].create({"name": "Frame"})
        self.assertEqual(product.kkt_subject, "1")
        self.assertEqual(product.kkt_payment_method, "4")
        product.type = "service"
        self.assertEqual(product.kkt_subject, "4")
        product.kkt_subject = "3"
        product.type = "consu"
        self.assertEqual(product.kkt_subject, "3")
        service = self.env["product.template"].create(
            {"name": "Eye test", "type": "service"}
        )
        self.assertEqual(service.kkt_subject, "4")

    def test_existing_products_have_a_subject(self):
        without = self.env["product.template"].with_context(active_test=False)
        self.assertFalse(without.search([("kkt_subject", "=", False)]))
        self.assertFalse(without.search([("kkt_payment_method", "=", False)]))

    def test_kind_of_payment_follows_the_journal(self):
        self.assertEqual(self.cash_pm1.kkt_payment_type, "cash")
        self.assertEqual(self.bank_pm1.kkt_payment_type, "electronic")
        self.assertEqual(self.pay_later_pm.kkt_payment_type, "credit")
        self.bank_pm1.kkt_payment_type = "prepaid"
        self.assertEqual(self.bank_pm1.kkt_payment_type, "prepaid")

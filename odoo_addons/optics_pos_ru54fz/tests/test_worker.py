from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KktCommon

#: Everything that the bridges' technical user may do, by model: all of its rights.
RIGHTS = {"kkt.receipt": {"read", "create"}}


@tagged("post_install", "-at_install")
class TestWorker(KktCommon):
    """The user as whom the bridges' calls run has the least rights there are."""

    def operations(self, model):
        return {
            operation
            for operation in ("read", "write", "create", "unlink")
            if self.env["ir.model.access"]
            .with_user(self.worker)
            .check(model, operation, raise_exception=False)
        }

    def test_its_only_group(self):
        group = self.env.ref("optics_pos_ru54fz.group_kkt_worker")
        # Odoo adds this one itself to whoever works for several companies; no rights.
        several = self.env.ref("base.group_multi_company")
        self.assertFalse(several.model_access)
        self.assertEqual(self.worker.all_group_ids - several, group)
        self.assertFalse(group.implied_ids)
        self.assertFalse(group.menu_access)
        self.assertFalse(self.worker.active)
        # Nobody else delivers in its name.
        users = group.with_context(active_test=False).all_user_ids
        self.assertEqual(users, self.worker)

    def test_rights_given_to_it(self):
        group = self.env.ref("optics_pos_ru54fz.group_kkt_worker")
        given = {
            access.model_id.model: {
                operation
                for operation in ("read", "write", "create", "unlink")
                if access[f"perm_{operation}"]
            }
            for access in group.model_access
        }
        self.assertEqual(given, RIGHTS)
        self.assertFalse(group.rule_groups)

    def test_what_it_can_do_with_every_model_of_the_database(self):
        """What everybody may do (rights without a group) is no more than before us."""
        everybody = {}
        for access in self.env["ir.model.access"].search([("group_id", "=", False)]):
            everybody.setdefault(access.model_id.model, set()).update(
                operation
                for operation in ("read", "write", "create", "unlink")
                if access[f"perm_{operation}"]
            )
        wrong = {}
        for model, records in self.env.items():
            if records._abstract:
                continue
            allowed = RIGHTS.get(model, set()) | everybody.get(model, set())
            if (found := self.operations(model)) != allowed:
                wrong[model] = found ^ allowed
        self.assertEqual(wrong, {})
        ours = {model for model in everybody if model.startswith("kkt.")}
        self.assertEqual(ours, set())

    def test_models_of_ours_without_any_right(self):
        """The notifications, the audit and the rest are not its."""
        ours = [
            model
            for model, records in self.env.items()
            if model.startswith("kkt.") and not records._abstract
        ]
        self.assertIn("kkt.notification", ours)
        self.assertIn("kkt.notification.channel", ours)
        self.assertIn("kkt.audit", ours)
        for model in set(ours) - set(RIGHTS):
            with self.subTest(model):
                self.assertEqual(self.operations(model), set())
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.worker).search([])

    def test_receipts_of_its_company_only(self):
        """And the rows that it reads are those of the till's company."""
        row = self.receipt_row()
        self.deliver(row)
        receipt = self.receipt_of(row)
        receipts = self.env["kkt.receipt"].with_user(self.worker)
        here = receipts.with_context(allowed_company_ids=self.company.ids)
        self.assertTrue(here.search([("id", "=", receipt.id)]))
        company = self.env["res.company"].create({"name": "Other"})
        self.worker.sudo().company_ids |= company
        elsewhere = receipts.with_context(allowed_company_ids=company.ids)
        self.assertFalse(elsewhere.search([("id", "=", receipt.id)]))

    def test_it_writes_no_receipt_and_no_secret(self):
        row = self.receipt_row()
        self.deliver(row)
        receipt = self.receipt_of(row).with_user(self.worker)
        with self.assertRaises(AccessError):
            receipt.check_access("write")
        with self.assertRaises(AccessError):
            receipt.check_access("unlink")
        for model in ("kkt.till", "kkt.pin", "kkt.signing.key", "kkt.approval.key"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.worker).check_access("read")

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, get_db_name, tagged

from .common import KktCommon
from .test_heartbeat import HEARTBEAT
from .test_till_state import STATE

_WALK = """
(async () => {
    const find = async (selector) => {
        for (let tries = 0; tries < 600; tries += 1) {
            const found = document.querySelector(selector);
            if (found) return found;
            await new Promise((done) => setTimeout(done, 100));
        }
        throw new Error(`never seen: ${selector}`);
    };
    const card = await find(".o_kanban_record");
    if (!card.textContent.includes("TEST-1")) throw new Error(card.textContent);
    card.click();
    await find(".o_form_view .o_notebook");
    const tabs = [...document.querySelectorAll(".o_notebook .nav-link")];
    if (tabs.length !== 7) throw new Error(`${tabs.length} tabs`);
    for (const tab of tabs) {
        tab.click();
        await find(`.o_notebook .nav-link.active[name="${tab.getAttribute("name")}"]`);
        await find(".tab-pane.active .o_list_renderer");
    }
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestScreens(KktCommon, HttpCase):
    """People see their tills; programs are told what an importer must know."""

    def setUp(self):
        super().setUp()
        # Those of a demonstration would stand before ours.
        others = self.env["kkt.till"].search([("id", "!=", self.till.id)])
        others.sudo().active = False
        self.till.rotate_credential()
        self.till.with_user(self.worker)._heartbeat({**HEARTBEAT, **STATE})
        self.deliver(self.receipt_row(), self.receipt_row())
        self.till.action_sync_now()
        self.env["kkt.event"]._record("lane_stopped", self.till, "Стоит", {})

    def test_cards_form_and_tabs(self):
        self.env.ref("base.user_admin").write(
            {
                "company_ids": [(4, self.company.id)],
                "company_id": self.company.id,
            }
        )
        self.browser_js(
            f"/odoo/tills?cids={self.company.id}",
            _WALK,
            login="admin",
            timeout=180,
        )

    def test_importers_are_told_over_json(self):
        accountant = self.new_user(
            "accountant", "base.group_user", "optics_pos_ru54fz.group_kkt_accountant"
        )
        keys = self.env["res.users.apikeys"].with_user(accountant)
        key = keys._generate("rpc", "x", fields.Datetime.now() + timedelta(hours=1))
        response = self.url_open(
            "/json/2/kkt.till/check_buffers_synced",
            data="{}",
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
                "X-Odoo-Database": get_db_name(),
            },
        )
        self.assertGreaterEqual(response.status_code, 400)
        told = json.loads(response.text)
        self.assertEqual(told["context"]["code"], "UNSYNC_BUFFERS")
        (till,) = told["context"]["tills"]
        self.assertEqual((till["code"], till["pending"]), ("TEST-1", 3))

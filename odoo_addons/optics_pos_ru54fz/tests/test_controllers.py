import json

from odoo.tests import HttpCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import FN, KktCommon
from .test_heartbeat import HEARTBEAT

_LOGS = ("odoo.http", "odoo.addons.optics_pos_ru54fz.models.kkt_till_credential")


@tagged("post_install", "-at_install")
class TestControllers(KktCommon, HttpCase):
    """The bridge's calls over HTTP."""

    def setUp(self):
        super().setUp()
        self.credential = self.till.rotate_credential()

    def call(self, method, params, credential=None, **headers):
        response = self.url_open(
            f"/kkt/v1/{method}",
            data=json.dumps({"jsonrpc": "2.0", "id": 7, "params": params}),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {credential or self.credential}",
                "X-Odoo-Database": get_db_name(),
                **headers,
            },
        )
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("session_id", response.cookies)
        return response.json()

    def assertDenied(self, answer):
        self.assertNotIn("result", answer)
        self.assertEqual(
            answer["error"]["data"]["name"], "odoo.exceptions.AccessDenied"
        )

    def test_heartbeat(self):
        answer = self.call("heartbeat", HEARTBEAT)
        self.assertEqual(answer["id"], 7)
        self.assertEqual(answer["result"]["till"]["code"], "TEST-1")
        self.assertEqual(self.till.mode, "online")

    @mute_logger(*_LOGS)
    def test_bad_credentials(self):
        for credential in (
            "TEST-1.wrong",
            f"TEST-1.{'A' * 43}",
            f"NONE.{'A' * 43}",
            "x" * 5000,
        ):
            for method in (
                "heartbeat",
                "lease",
                "receipts",
                "orders",
                "events",
                "refunds",
                "catalogue",
            ):
                with self.subTest(f"{method} {credential[:20]}"):
                    self.assertDenied(self.call(method, {}, credential=credential))
        self.assertDenied(self.call("heartbeat", HEARTBEAT, Authorization=""))
        self.assertDenied(self.call("heartbeat", HEARTBEAT, Authorization="Basic x"))

    @mute_logger(*_LOGS)
    def test_rotated_and_blocked(self):
        old, new = self.credential, self.till.rotate_credential()
        self.assertDenied(self.call("heartbeat", HEARTBEAT, credential=old))
        self.assertIn("result", self.call("heartbeat", HEARTBEAT, credential=new))
        self.till.action_block()
        self.assertDenied(self.call("heartbeat", HEARTBEAT, credential=new))

    @mute_logger(*_LOGS)
    def test_a_session_is_no_credential(self):
        self.authenticate("admin", "admin")
        self.assertDenied(self.call("heartbeat", HEARTBEAT, credential="x.y"))

    def test_receipts(self):
        row = self.receipt_row()
        bad = {**self.receipt_row(), "fd": None}
        results = self.call("receipts", {"receipts": [row, bad]})["result"]["results"]
        self.assertEqual(
            [result["status"] for result in results], ["created", "refused"]
        )
        receipt = self.receipt_of(row)
        self.assertEqual(receipt.till_id, self.till)
        self.assertEqual(receipt.create_uid, self.worker)

    def test_till_and_company_follow_from_the_credential(self):
        row = self.receipt_row(till_id=0, company_id=0, pos_id="OTHER")
        params = {"receipts": [row], "till_id": 0, "context": {"uid": 1}, "company": 9}
        with mute_logger(*_LOGS):
            results = self.call("receipts", params)["result"]["results"]
        self.assertEqual(results[0]["status"], "created")
        self.assertEqual(self.receipt_of(row).till_id, self.till)
        self.assertEqual(self.receipt_of(row).company_id, self.company)

    @mute_logger(*_LOGS)
    def test_batches_are_limited(self):
        rows = [self.receipt_row() for _ in range(101)]
        for method in ("receipts", "orders"):
            for params in ({method: rows}, {method: "x"}, {}):
                answer = self.call(method, params)
                self.assertEqual(
                    answer["error"]["data"]["name"], "odoo.exceptions.ValidationError"
                )
                self.assertTrue(
                    answer["error"]["data"]["message"].startswith(f"{method}: ")
                )
        self.assertFalse(self.env["kkt.receipt"].search([("fn", "=", FN)]))

    def test_full_batch(self):
        rows = [self.receipt_row() for _ in range(100)]
        results = self.call("receipts", {"receipts": rows})["result"]["results"]
        self.assertEqual({result["status"] for result in results}, {"created"})

    def test_orders(self):
        answer = self.call("orders", {"orders": [{"uuid": "x", "blob": "{"}]})
        (result,) = answer["result"]["results"]
        self.assertEqual(result["error"]["code"], "row_invalid")

    def test_orders_are_created_with_the_rights_of_the_seller(self):
        self.open_new_session()
        self.pos_session.user_id = self.new_user(
            "seller", "base.group_user", "point_of_sale.group_pos_user"
        )
        uuid, data = self.blob_data(partner_id=self.customer.id)
        self.call("receipts", {"receipts": [self.receipt_row(uuid)]})
        params = {"orders": [{"uuid": uuid, "blob": json.dumps(data)}]}
        for status in ("created", "known"):
            (result,) = self.call("orders", params)["result"]["results"]
            self.assertEqual(result, {"uuid": uuid, "status": status, "error": None})
        order = self.env["pos.order"].search([("uuid", "=", uuid)])
        self.assertEqual(order.state, "paid")
        self.assertEqual(order.partner_id, self.customer)
        self.assertTrue(order.kkt_fiscal)

    def test_lease_and_commands(self):
        instance = "11111111-aaaa.1"
        lease = self.call("lease", {"instance": instance})["result"]
        self.assertEqual(lease["expires_in"], 90)
        self.till.action_sync_now()
        beat = {**HEARTBEAT, "instance": instance, "fence": lease["token"]}
        (command,) = self.call("heartbeat", beat)["result"]["commands"]
        self.assertEqual(command["kind"], "sync_now")
        result = {"id": command["id"], "state": "done", "text": "ok"}
        answer = self.call("heartbeat", {**beat, "results": [result]})["result"]
        self.assertEqual(answer["commands"], [])
        self.assertEqual(self.till.command_ids.state, "done")

    def test_events_refunds_catalogue(self):
        event = {
            "seq": 3,
            "at": "2026-11-22T18:00:00Z",
            "kind": "mode.changed",
            "key": None,
            "data": {"mode": "offline"},
        }
        answer = self.call("events", {"journal": "11111111-aaaa", "events": [event]})
        self.assertEqual(answer["result"], {"last_event": 3})
        self.assertEqual(self.till.event_ids.create_uid, self.worker)
        row = self.receipt_row()
        self.call("receipts", {"receipts": [row]})
        reserve = {
            "uuid": "r",
            "refund_of": {"fn": FN, "fd": row["fd"], "fp": row["fp"]},
            "items": [{"name": "Frame", "qty": 1, "sum": 4500.1, "line": 1}],
        }
        answer = self.call("refunds", {"reserve": [reserve], "release": []})
        self.assertEqual(answer["result"]["results"][0]["status"], "reserved")
        self.product.taxes_id = False
        self.product.available_in_pos = True
        answer = self.call("catalogue", {"since": None, "limit": 1000})["result"]
        self.assertIn(self.product.id, [item["id"] for item in answer["items"]])
        answer = self.call("catalogue", {"since": None, "limit": 1})["result"]
        self.assertTrue(answer["cursor"])

    @mute_logger(*_LOGS)
    def test_bad_input_is_a_named_error(self):
        for method in ("lease", "events", "refunds", "catalogue", "heartbeat"):
            for params in ({"instance": 1, "events": 1, "reserve": 1, "limit": "x"},):
                error = self.call(method, params)["error"]
                self.assertEqual(
                    error["data"]["name"], "odoo.exceptions.ValidationError"
                )

    def test_only_post(self):
        response = self.url_open(
            "/kkt/v1/heartbeat",
            headers={"Authorization": f"Bearer {self.credential}"},
        )
        self.assertGreaterEqual(response.status_code, 400)
        self.assertFalse(self.till.last_heartbeat)

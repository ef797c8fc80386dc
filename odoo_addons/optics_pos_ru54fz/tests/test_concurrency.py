import threading
import time
from contextlib import closing
from unittest.mock import patch
from uuid import uuid4

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

#: Seconds until a stuck thread fails the test.
_PATIENCE = 60


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Two transactions at once, with real commits; cleans up behind itself."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        # The tests run under this lock, and a thread's retry would wait for it.
        self.startPatcher(patch.object(Registry, "_lock", DummyRLock()))
        mark = uuid4().hex[:12]
        self.fn = str(int(mark, 16))[:16]
        self.uuid = str(uuid4())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            config = env["pos.config"].create({"name": f"Concurrency {mark}"})
            till = env["kkt.till"].create(
                {"name": mark, "code": mark, "pos_config_id": config.id}
            )
            self.config_id, self.till_id = config.id, till.id
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            for table in (
                "kkt_refund_reservation",
                "kkt_receipt",
                "kkt_shift",
                "kkt_till_event",
                "kkt_till_command",
                "kkt_event",
            ):
                cr.execute(f"DELETE FROM {table} WHERE till_id = %s", [self.till_id])
            cr.execute("DELETE FROM pos_order WHERE config_id = %s", [self.config_id])
            cr.execute("DELETE FROM pos_session WHERE config_id = %s", [self.config_id])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["kkt.till"].browse(self.till_id).unlink()
            env["pos.config"].browse(self.config_id).unlink()

    def row(self, **changes):
        return {
            "uuid": self.uuid,
            "attempt": 1,
            "type": "sale",
            "order_name": "1",
            "fn": self.fn,
            "fd": 1,
            "fp": 1,
            "shift": 1,
            "receipt": 1,
            "date_time": "2026-11-22T21:03",
            "utc": "2026-11-22T18:03:00Z",
            "timezone": "Europe/Moscow",
            "total": 1,
            "items": [],
            "payments": [],
            "hlc": {"local_time": "x", "logical_counter": 0},
            "ofd_delivered": False,
            **changes,
        }

    def deliver(self, env, row):
        till = env["kkt.till"].browse(self.till_id)
        (result,) = env["kkt.receipt"]._deliver(till, [row])
        return result["status"]

    def deliver_while_another_is_open(self, first, second):
        """The second delivery waits for the first one's commit; its status."""
        statuses = []
        with closing(self.registry.cursor()) as other:
            env = api.Environment(other, SUPERUSER_ID, {})
            backend = other.connection.get_backend_pid()

            def deliver_second():
                statuses.append(retrying(lambda: self.deliver(env, second), env))

            thread = threading.Thread(target=deliver_second, daemon=True)
            thread.dbname = get_db_name()
            with self.registry.cursor() as cr:
                mine = api.Environment(cr, SUPERUSER_ID, {})
                self.assertEqual(self.deliver(mine, first), "created")
                thread.start()
                self.wait_until_blocked(backend)
            thread.join(_PATIENCE)
            self.assertFalse(thread.is_alive())
        return statuses

    def wait_until_blocked(self, backend):
        deadline = time.monotonic() + _PATIENCE
        with self.registry.cursor() as cr:
            while time.monotonic() < deadline:
                cr.execute("SELECT cardinality(pg_blocking_pids(%s))", [backend])
                if cr.fetchone()[0]:
                    return
        self.fail("the second delivery never met the first")

    @mute_logger("odoo.service.model")
    def test_identical_deliveries_end_in_one_row(self):
        with patch("odoo.service.model.time.sleep"):
            statuses = self.deliver_while_another_is_open(self.row(), self.row())
        self.assertEqual(statuses, ["known"])
        self.assertEqual(self.count(), 1)

    @mute_logger(
        "odoo.service.model",
        "odoo.addons.optics_pos_ru54fz.models.kkt_receipt_delivery",
    )
    def test_different_deliveries_of_one_document(self):
        with patch("odoo.service.model.time.sleep"):
            statuses = self.deliver_while_another_is_open(self.row(), self.row(total=2))
        self.assertEqual(statuses, ["refused"])
        self.assertEqual(self.count(), 1)

    def make_order(self):
        """In a transaction of its own, committed."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            config = env["pos.config"].browse(self.config_id)
            config.open_ui()
            order = env["pos.order"].create(
                {
                    "uuid": self.uuid,
                    "session_id": config.current_session_id.id,
                    "amount_tax": 0,
                    "amount_total": 1,
                    "amount_paid": 1,
                    "amount_return": 0,
                }
            )
            return order.id

    def test_order_and_receipt_that_cannot_see_each_other_are_linked(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertEqual(self.deliver(env, self.row()), "created")
            order_id = self.make_order()
            self.assertFalse(env["kkt.receipt"].search([("fn", "=", self.fn)]).order_id)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            receipt = env["kkt.receipt"].search([("fn", "=", self.fn)])
            self.assertEqual(receipt.order_id.id, order_id)

    def reserve(self, env, uuid):
        till = env["kkt.till"].browse(self.till_id)
        row = {
            "uuid": uuid,
            "refund_of": {"fn": self.fn, "fd": 1, "fp": 1},
            "items": [{"name": "Lens", "qty": 2, "sum": 20, "line": 1}],
        }
        params = {"reserve": [row], "release": []}
        (result,) = env["kkt.refund.reservation"]._answer(till, params)["results"]
        return result["status"]

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_two_tills_never_reserve_the_same_goods(self):
        """The second waits for the first, begins again, and sees what is left."""
        sale = self.row(items=[{"name": "Lens", "qty": 3, "sum": 30}])
        with self.registry.cursor() as cr:
            self.deliver(api.Environment(cr, SUPERUSER_ID, {}), sale)
        with patch("odoo.service.model.time.sleep"):
            statuses = self.while_another_is_open(
                lambda env: self.reserve(env, "first"),
                lambda env: self.reserve(env, "second"),
            )
        self.assertEqual(statuses, ["reserved", "exceeds"])

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_refund_and_reservation_at_once(self):
        """A refund that is booked meanwhile counts for who waited."""
        sale = self.row(items=[{"name": "Lens", "qty": 3, "sum": 30}])
        with self.registry.cursor() as cr:
            self.deliver(api.Environment(cr, SUPERUSER_ID, {}), sale)
        refund = self.row(
            uuid=str(uuid4()),
            type="refund",
            fd=2,
            items=[{"name": "Lens", "qty": 2, "sum": 20}],
            refund_of={"fn": self.fn, "fd": 1, "fp": 1, "date": "2026-11-22"},
        )
        with patch("odoo.service.model.time.sleep"):
            statuses = self.while_another_is_open(
                lambda env: self.deliver(env, refund),
                lambda env: self.reserve(env, "second"),
            )
        self.assertEqual(statuses, ["created", "exceeds"])

    def lease(self, env, instance):
        till = env["kkt.till"].browse(self.till_id)
        return till._lease({"instance": instance})["held_by_other"]

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_two_bridges_never_hold_the_lease(self):
        with patch("odoo.service.model.time.sleep"):
            refused = self.while_another_is_open(
                lambda env: self.lease(env, "11111111.a"),
                lambda env: self.lease(env, "22222222.b"),
            )
        self.assertEqual(refused, [False, True])

    def while_another_is_open(self, first, second):
        """What both answer; the second begins while the first is not committed."""
        answers = []
        with closing(self.registry.cursor()) as other:
            env = api.Environment(other, SUPERUSER_ID, {})
            # Its snapshot is taken before the first one's commit.
            other.execute("SELECT 1")
            backend = other.connection.get_backend_pid()

            def run_second():
                answers.append(retrying(lambda: second(env), env))

            thread = threading.Thread(target=run_second, daemon=True)
            thread.dbname = get_db_name()
            with self.registry.cursor() as cr:
                answers.append(first(api.Environment(cr, SUPERUSER_ID, {})))
                thread.start()
                self.wait_until_blocked(backend)
            thread.join(_PATIENCE)
            self.assertFalse(thread.is_alive())
        return answers

    def count(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM kkt_receipt WHERE fn = %s", [self.fn])
            return cr.fetchone()[0]

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.sql_db import Cursor
from odoo.tests import freeze_time, tagged

from ..tools import messages
from .common import FN, INN, KktCommon

HEARTBEAT = {
    "version": "0.1.0",
    "time": "2026-11-22T18:30:05Z",
    "mode": "online",
    "device": {
        "state": "ready",
        "reason": None,
        "paper": "ok",
        "model": "SHTRIH",
        "serial": "0001",
    },
    "fn": {
        "serial": FN,
        "rnm": "0000000001000001",
        "inn": INN,
        "expires": "2027-11-22",
        "unsent": 2,
        "oldest_unsent_at": "2026-11-22T10:00:00Z",
    },
    "shift": {"state": "open", "number": 12, "receipt": 5},
    "buffer": {"level": 3, "capacity": 200, "oldest_at": None, "odoo_pending": 1},
}


@tagged("post_install", "-at_install")
class TestHeartbeat(KktCommon):
    def beat(self, **changes):
        return self.till.with_user(self.worker)._heartbeat({**HEARTBEAT, **changes})

    @freeze_time("2026-11-22 18:30:00")
    def test_state_is_kept(self):
        answer = self.beat()
        self.assertRecordValues(
            self.till,
            [
                {
                    "mode": "online",
                    "version": "0.1.0",
                    "last_heartbeat": fields.Datetime.now(),
                    "clock_drift": 5,
                    "buffer_level": 3,
                    "buffer_capacity": 200,
                    "buffer_oldest_at": False,
                    "odoo_pending": 1,
                    "fn_serial": FN,
                    "fn_expires": fields.Date.to_date("2027-11-22"),
                    "fn_unsent": 2,
                    "shift_state": "open",
                    "shift_number": 12,
                    "device_state": "ready",
                }
            ],
        )
        self.assertEqual(answer["server_time"], "2026-11-22T18:30:00Z")
        self.assertEqual(
            answer["till"],
            {
                "code": "TEST-1",
                "name": "Till 1",
                "company": self.company.name,
                "inn": INN,
                "timezone": "Europe/Moscow",
                "pos_config_id": self.config.id,
            },
        )
        database_uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        self.assertEqual(answer["database_uuid"], database_uuid)
        self.assertEqual(answer["commands"], [])
        self.assertEqual(answer["revoked_profiles"], [])
        self.assertIsNone(answer["last"])
        for key in answer["keys"]:
            self.assertEqual(set(key), {"kty", "crv", "x", "y", "kid", "alg", "use"})

    def test_parts_without_contact_stay_as_known(self):
        self.beat()
        self.beat(device=None, fn=None, shift=None)
        self.assertEqual(self.till.fn_serial, FN)
        self.assertEqual(self.till.shift_number, 12)

    def test_wall_time_of_the_drive(self):
        drive = {**HEARTBEAT["fn"], "oldest_unsent_at": "2026-11-22T13:00"}
        self.beat(fn=drive)
        self.assertEqual(
            self.till.fn_oldest_unsent_at,
            fields.Datetime.to_datetime("2026-11-22 10:00:00"),
        )
        self.beat(fn={**drive, "oldest_unsent_at": None})
        self.assertFalse(self.till.fn_oldest_unsent_at)

    def test_states_of_a_newer_bridge_are_unknown(self):
        self.beat(shift={"state": "paused", "number": 1, "receipt": 0})
        self.assertEqual(self.till.shift_state, "other")

    def test_every_known_state_can_be_kept(self):
        for field, states in [
            ("device_state", messages.DEVICE_STATES),
            ("device_paper", messages.PAPER_STATES),
            ("shift_state", messages.SHIFT_STATES),
        ]:
            values = self.till._fields[field].get_values(self.env)
            self.assertEqual(set(values), states | {"other"})

    def test_bad_input_names_the_field_and_changes_nothing(self):
        for changes, field in [
            ({"mode": "asleep"}, "mode"),
            ({"version": 1}, "version"),
            ({"time": "now"}, "time"),
            ({"buffer": None}, "buffer"),
            ({"buffer": {**HEARTBEAT["buffer"], "level": -1}}, "buffer.level"),
            ({"fn": {**HEARTBEAT["fn"], "expires": "soon"}}, "fn.expires"),
            ({"fn": {**HEARTBEAT["fn"], "oldest_unsent_at": "x"}}, "fn.oldest"),
            ({"shift": []}, "shift"),
            ({"device": {"state": 1}}, "device.state"),
        ]:
            with self.subTest(field):
                with self.assertRaisesRegex(ValidationError, f"^{field}"):
                    self.beat(**changes)
        self.assertFalse(self.till.last_heartbeat)

    def test_is_cheap(self):
        self.beat()
        writes = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            text = getattr(query, "code", query)
            if text.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE")):
                writes.append(text)
            return execute(cursor, query, *args, **kwargs)

        self.env.invalidate_all()
        with patch.object(Cursor, "execute", record):
            self.beat(mode="offline")
            self.env.flush_all()
        self.assertEqual(len(writes), 1, writes)
        self.assertRegex(writes[0], r'^\s*UPDATE "kkt_till"')

    def test_last_known_document_is_told(self):
        rows = [self.receipt_row() for _ in range(3)]
        self.deliver(*reversed(rows))
        self.assertEqual(
            self.beat()["last"], {"fn": FN, "fd": rows[-1]["fd"], "count": 3}
        )

    def test_connection_state(self):
        tills = self.env["kkt.till"]
        self.assertEqual(self.till.connection_state, "never")
        self.assertIn(self.till, tills.search([("connection_state", "=", "never")]))
        self.beat()
        self.assertEqual(self.till.connection_state, "online")
        self.assertIn(self.till, tills.search([("connection_state", "=", "online")]))
        self.till.last_heartbeat = fields.Datetime.now() - timedelta(minutes=6)
        self.assertEqual(self.till.connection_state, "lost")
        self.assertIn(self.till, tills.search([("connection_state", "=", "lost")]))
        self.assertNotIn(self.till, tills.search([("connection_state", "!=", "lost")]))

    def test_tax_id_is_reduced_to_digits(self):
        self.company.vat = f"RU {INN}"
        self.assertEqual(self.beat()["till"]["inn"], INN)
        self.company.vat = False
        self.assertIsNone(self.beat()["till"]["inn"])

from psycopg2.extras import Json

from odoo import api, fields, models

from ..tools import pin as pins


class KktPin(models.Model):
    """PINs of the people at the tills, as their bridges check them.

    A bridge must know a manager's PIN when Odoo is away, so it gets a slow hash of it.
    The salt stays as long as the PIN does: otherwise every heartbeat would bring a new
    roster. Nobody has access.
    """

    _name = "kkt.pin"
    _description = "PIN at the Tills"

    employee_id = fields.Many2one(
        "hr.employee", string="Employee", required=True, ondelete="cascade"
    )
    stored = fields.Json(required=True, groups=fields.NO_ACCESS)
    fingerprint = fields.Char(required=True, groups=fields.NO_ACCESS)

    _employee_unique = models.Constraint(
        "unique (employee_id)", "This employee's PIN is known already."
    )

    @api.model
    def _of(self, employees):
        """``{employee id: stored PIN}`` of those that have one, hashed where new."""
        employees = employees.sudo()
        known = {pin.employee_id.id: pin for pin in self.sudo().search([])}
        result = {}
        for employee in employees.filtered("pin"):
            pin = known.get(employee.id)
            if pin and pin.fingerprint == pins.fingerprint(employee.pin, pin.stored):
                result[employee.id] = pin.stored
            else:
                result[employee.id] = self._keep(employee)
        return result

    @api.model
    def _keep(self, employee):
        """Two heartbeats at once may both come here: the later one starts again."""
        stored = pins.make(employee.pin)
        self.env.cr.execute(
            """
            INSERT INTO kkt_pin (employee_id, stored, fingerprint)
                 VALUES (%s, %s, %s)
            ON CONFLICT (employee_id)
              DO UPDATE SET stored = excluded.stored,
                            fingerprint = excluded.fingerprint
            """,
            [employee.id, Json(stored), pins.fingerprint(employee.pin, stored)],
        )
        self.invalidate_model(["stored", "fingerprint"])
        return stored

import hashlib
import json
from datetime import timedelta

from odoo import fields, models

from .pos_config import HIGHEST_DISCOUNT

#: How long a till may go on by its roster without Odoo (contracts.md, the roster).
LIFETIME = timedelta(days=30)
#: A roster as old as this is made anew, so that its bridge always has 15 days left.
RENEWED_AFTER = timedelta(days=15)

#: What a bridge takes.
_MOST_PEOPLE = 500
_LONGEST_NAME = 200

_RANK = {"admin": 0, "manager": 1, "cashier": 2}
_GROUP = "optics_pos_ru54fz.group_kkt_%s"


class KktTill(models.Model):
    """Who may do what at a till, signed for its bridge."""

    _inherit = "kkt.till"

    def _roster_answer(self, version):
        """A fresh roster for a bridge that has another version, else None."""
        content, current = self._roster_content()
        return None if version == current else self._sign_roster(content, current)

    def _roster_content(self):
        """``(limits and people, version)``; the version tells half months apart."""
        self.ensure_one()
        config = self.sudo().pos_config_id
        content = {
            "limits": {
                "discount_cashier": min(config.kkt_discount_cashier, HIGHEST_DISCOUNT),
                "discount_manager": min(config.kkt_discount_manager, HIGHEST_DISCOUNT),
                "cashier_closes_shift": config.kkt_cashier_closes_shift,
            },
            "people": self._roster_people(),
        }
        # A bridge that had its roster of an earlier signer may not know that key.
        key = self.env["kkt.signing.key"]._current().sudo().kid
        text = json.dumps([key, content], sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:32]
        period = int(_epoch(fields.Datetime.now()) // RENEWED_AFTER.total_seconds())
        return content, f"{digest}.{period}"

    def _roster_people(self):
        roles = self._roster_roles()
        employees = sorted(roles, key=lambda one: (_RANK[roles[one]], one.name, one.id))
        pins = self.env["kkt.pin"]._of(self.env["hr.employee"].concat(*employees))
        return [
            {
                "id": f"employee:{employee.id}",
                "name": employee.name[:_LONGEST_NAME],
                "role": roles[employee],
                "pin": pins.get(employee.id),
            }
            for employee in employees[:_MOST_PEOPLE]
        ]

    def _roster_roles(self):
        """``{employee: role}``: whom the Point of Sale lets in, and managers always.

        As pos_hr has it: without a list of basic employees the company's all may sell.
        """
        config = self.sudo().pos_config_id
        employees = self.env["hr.employee"].sudo()
        listed = (
            config.minimal_employee_ids
            | config.basic_employee_ids
            | config.advanced_employee_ids
        )
        company = fields.Domain("company_id", "in", [self.company_id.id, False])
        all_of = employees.search(company)
        admins, managers = (
            all_of.filtered(lambda one, users=users: one.user_id in users)
            for users in self._roster_users()
        )
        if config.basic_employee_ids:
            people = (listed & all_of) | managers | admins
        else:
            people = all_of
        managers |= config.advanced_employee_ids
        # Odoo lists the managers of all shops at each: the shop's own users decide.
        outside = self._roster_outsiders(people | managers) - admins
        people, managers = people - outside, managers - outside
        return {
            one: "admin"
            if one in admins
            else "manager"
            if one in managers
            else "cashier"
            for one in people
        }

    def _roster_outsiders(self, employees):
        """Employees whose users do not belong to the shop."""
        members = self.sudo().pos_config_id._kkt_members(employees.user_id)
        return employees.filtered(
            lambda one: one.user_id and one.user_id not in members
        )

    def _roster_users(self):
        """Active administrators, active managers; the former are among the latter."""
        return [
            self.env.ref(_GROUP % name).sudo().all_user_ids.filtered("active")
            for name in ("admin", "manager")
        ]

    def _sign_roster(self, content, version):
        now = fields.Datetime.now()
        payload = {
            "iss": self._database_uuid(),
            "aud": "kkt-bridge",
            "till": self.code,
            "iat": _epoch(now),
            "exp": _epoch(now + LIFETIME),
            "version": version,
            **content,
        }
        return (
            self.env["kkt.signing.key"]
            ._current()
            ._sign({"typ": "kkt-roster+jwt"}, payload)
        )


def _epoch(moment):
    return int((moment - fields.Datetime.from_string("1970-01-01")).total_seconds())

from contextlib import contextmanager

from odoo import api, models

_GROUPS = tuple(
    f"optics_pos_ru54fz.group_kkt_{role}"
    for role in ("cashier", "manager", "accountant", "admin", "worker")
)
#: What of a user or group decides who has a role.
_USER_KEYS = {"group_ids", "active", "role"}
_GROUP_KEYS = {"user_ids", "implied_ids", "implied_by_ids", "all_user_ids"}
#: What of an employee says who they are at a till.
_EMPLOYEE_NAMES = ("pin", "user_id")


class KktAudit(models.Model):
    _inherit = "kkt.audit"

    @api.model
    def _role_groups(self):
        groups = [self.env.ref(name, False) for name in _GROUPS]
        ids = [group.id for group in groups if group]
        return self._as_read(self.env["res.groups"].browse(ids))

    @api.model
    def _roles(self, users=None):
        """``{user: (ids, text)}`` of active users who have a role here, or of these."""
        groups = self._role_groups()
        held = {}
        for group in groups:
            holders = self._as_read(group.all_user_ids).filtered("active")
            for user in holders if users is None else holders & users:
                held.setdefault(user, groups.browse())
                held[user] |= group
        return {
            user: (frozenset(of_user.ids), self._role_text(of_user))
            for user, of_user in held.items()
        }

    @api.model
    def _role_text(self, groups):
        """The highest of each kind: an administrator is no cashier besides."""
        highest = groups.filtered(
            lambda group: not (group.all_implied_by_ids - group) & groups
        )
        return ", ".join(group.full_name or group.name for group in highest)

    @api.model
    @contextmanager
    def _watching_roles(self, users=None):
        """Take down whose roles the block changes, of these users or of all."""
        users = users if users is None else self._as_read(users)
        before = self._roles(users)
        yield
        after = self._roles(users)
        none = (frozenset(), False)
        self._take_down(
            [
                {
                    **self._of("role", "changed", user),
                    # A user works for several companies.
                    "company_id": False,
                    "field_name": "roles",
                    "old_text": before.get(user, none)[1],
                    "new_text": after.get(user, none)[1],
                }
                for user in sorted(before.keys() | after.keys(), key=lambda one: one.id)
                if before.get(user, none)[0] != after.get(user, none)[0]
            ]
        )


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        audit = self.env["kkt.audit"]
        audit._take_down(
            [
                {
                    **audit._of("role", "made", user),
                    "company_id": False,
                    "field_name": "roles",
                    "new_text": text,
                }
                for user, (_ids, text) in audit._roles(audit._as_read(users)).items()
            ]
        )
        return users

    def write(self, vals):
        if not _USER_KEYS & vals.keys():
            return super().write(vals)
        with self.env["kkt.audit"]._watching_roles(self):
            return super().write(vals)


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        """A new group may imply a role, and have users at once."""
        if not any(_GROUP_KEYS & vals.keys() for vals in vals_list):
            return super().create(vals_list)
        with self.env["kkt.audit"]._watching_roles():
            return super().create(vals_list)

    def write(self, vals):
        if not _GROUP_KEYS & vals.keys():
            return super().write(vals)
        with self.env["kkt.audit"]._watching_roles():
            return super().write(vals)

    def unlink(self):
        with self.env["kkt.audit"]._watching_roles():
            return super().unlink()


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        self.env["kkt.audit"]._note("role", "made", employees, _EMPLOYEE_NAMES)
        return employees

    def write(self, vals):
        names = [name for name in _EMPLOYEE_NAMES if name in vals]
        with self.env["kkt.audit"]._watching("role", self, names):
            return super().write(vals)

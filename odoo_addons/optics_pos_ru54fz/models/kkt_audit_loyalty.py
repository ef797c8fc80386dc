from odoo import api, models

#: What decides a discount at the till beside prices, price lists and a cashier's hand:
#: three models of Odoo's loyalty, which may be installed or not.
_LOYALTY = frozenset({"loyalty.program", "loyalty.rule", "loyalty.reward"})
#: What of them says nothing about prices; any other field does, so that one that an
#: addon of Odoo's adds is guarded and on record by itself.
_FREE = frozenset(
    {"name", "sequence", "description", "portal_visible", "portal_point_name"}
)


class PosLoadMixin(models.AbstractModel):
    """Loyalty programs are price policy: no manager's, and on record.

    They cannot be inherited from here: pos_loyalty need not be there. Where it is, the
    page loads its models, so they have this mixin, below all that Odoo does in methods
    of their own. Any other model pays for it by one look at its name.

    Cards stay Odoo's: managers issue coupons of a program, and a cashier's sale moves
    their points. So do names, e-mails and what customers read.
    """

    _inherit = "pos.load.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        if self._name not in _LOYALTY:
            return super().create(vals_list)
        audit = self.env["kkt.audit"]
        audit._check_price_policy()
        records = super().create(vals_list)
        audit._note("loyalty", "made", records, self._kkt_policy_fields())
        return records

    def write(self, vals):
        if self._name not in _LOYALTY:
            return super().write(vals)
        audit = self.env["kkt.audit"]
        names = self._kkt_policy_fields()
        # A form that is being filled in writes to records that do not exist yet.
        known = self.filtered("id") if vals.keys() & set(names) else self.browse()
        with audit._watching("loyalty", known, names) as changed:
            res = super().write(vals)
        if changed:
            audit._check_price_policy()
        return res

    def unlink(self):
        if self._name not in _LOYALTY:
            return super().unlink()
        self.env["kkt.audit"]._check_price_policy()
        if self._name == "loyalty.program":
            # PostgreSQL removes them, past their own unlink.
            for name in ("loyalty.rule", "loyalty.reward"):
                parts = self.env[name].sudo().with_context(active_test=False)
                parts.search([("program_id", "in", self.ids)])._kkt_note_removed()
        self._kkt_note_removed()
        return super().unlink()

    def _kkt_note_removed(self):
        names = self._kkt_policy_fields()
        self.env["kkt.audit"]._note("loyalty", "removed", self, names)

    def _kkt_policy_fields(self):
        """What is kept of these records and may decide a price.

        Lists of lines are not: the lines are on record themselves.
        """
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and name not in models.MAGIC_COLUMNS
            and not field.related
            and field.type != "one2many"
            and name not in _FREE
        ]

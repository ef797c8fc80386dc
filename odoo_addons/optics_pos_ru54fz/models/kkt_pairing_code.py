import logging
from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import AccessDenied, UserError

from ..tools import pairing

_logger = logging.getLogger(__name__)

#: How long a code is good (contracts.md, Pairing).
LIFETIME = timedelta(minutes=15)

#: Wrong tries that one address has within the window.
TRIES = 5
WINDOW = timedelta(minutes=1)
#: And all addresses together: a guesser may have many.
TRIES_OF_ALL = 50

#: Codes and tries are kept so long for whoever asks who paired a till.
KEPT = timedelta(days=90)


class TooManyTries(Exception):
    """This address must wait."""


class KktPairingCode(models.Model):
    """A short code that a till's bridge redeems for its credential. Used once."""

    _name = "kkt.pairing.code"
    _description = "Pairing Code of a Till"
    _order = "id desc"
    _rec_name = "till_id"

    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    digest = fields.Char(
        required=True, readonly=True, index=True, groups=fields.NO_ACCESS
    )
    issued_by_id = fields.Many2one(
        "res.users", string="Issued By", required=True, readonly=True
    )
    expires = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("used", "Used"), ("revoked", "Revoked")],
        required=True,
        readonly=True,
        default="open",
    )
    used_at = fields.Datetime(readonly=True)
    used_from = fields.Char(string="Used From", readonly=True)
    bridge_version = fields.Char(readonly=True)

    @api.model
    def _issue(self, till):
        """A fresh code for the till; the ones before it end."""
        codes = self.sudo()
        codes._revoke(till)
        code = pairing.make()
        codes.create(
            {
                "till_id": till.id,
                "company_id": till.company_id.id,
                "digest": self._digest(code),
                "issued_by_id": self.env.uid,
                "expires": fields.Datetime.now() + LIFETIME,
            }
        )
        _logger.info("Pairing code for till %s by user %s", till.code, self.env.uid)
        return code

    @api.model
    def _revoke(self, tills):
        self.sudo().search(
            [("till_id", "in", tills.ids), ("state", "=", "open")]
        ).state = "revoked"

    @api.model
    def _redeem(self, text, address, version):
        """The till of a code; the code is used up by it.

        :raises TooManyTries: this address has guessed too often
        :raises AccessDenied: unknown, used, revoked or expired; all the same
        """
        self.env["kkt.pairing.try"]._check(address)
        code = pairing.read(text)
        found = self.browse()
        if code:
            # Two that redeem it at once: one of them waits here and then finds it used.
            self.env.cr.execute(
                """
                UPDATE kkt_pairing_code
                   SET state = 'used', used_at = %(now)s, used_from = %(address)s,
                       bridge_version = %(version)s
                 WHERE digest = %(digest)s AND state = 'open' AND expires > %(now)s
             RETURNING id
                """,
                {
                    "now": fields.Datetime.now(),
                    "address": address,
                    "version": version,
                    "digest": self._digest(code),
                },
            )
            found = self.sudo().browse(row[0] for row in self.env.cr.fetchall())
            found.invalidate_recordset(flush=False)
        if not found.till_id.active:
            self.env["kkt.pairing.try"]._note(address)
            _logger.warning("A pairing code was refused (from %s)", address)
            raise AccessDenied(_("The code is unknown, used or expired."))
        return found.till_id

    @api.model
    def _digest(self, code):
        return pairing.digest(code, self.env["kkt.till"]._database_uuid())

    @api.autovacuum
    def _gc_codes(self):
        limit = fields.Datetime.now() - KEPT
        self.sudo().search([("create_date", "<", limit)])._forget()
        tries = self.env["kkt.pairing.try"].sudo()
        tries.search([("create_date", "<", limit)]).unlink()

    def _forget(self):
        self.env.cr.execute(
            "DELETE FROM kkt_pairing_code WHERE id = ANY(%s)", [self.ids]
        )
        self.invalidate_model(flush=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("A pairing on record cannot be deleted."))


class KktPairingTry(models.Model):
    """Wrong codes, by the address that sent them. Nobody has access."""

    _name = "kkt.pairing.try"
    _description = "Wrong Pairing Code"

    address = fields.Char(required=True)

    _address_index = models.Index("(address, create_date)")

    @api.model
    def _check(self, address):
        since = fields.Datetime.now() - WINDOW
        tries = self.sudo()
        of_address = [("create_date", ">", since), ("address", "=", address)]
        if tries.search_count(of_address) >= TRIES:
            raise TooManyTries()
        if tries.search_count([("create_date", ">", since)]) >= TRIES_OF_ALL:
            raise TooManyTries()

    @api.model
    def _note(self, address):
        self.sudo().create({"address": address})


class KktTill(models.Model):
    """Pairing a till with its bridge: no secret is typed or mailed."""

    _inherit = "kkt.till"

    pairing_code_ids = fields.One2many(
        "kkt.pairing.code",
        "till_id",
        string="Pairings",
        groups="optics_pos_ru54fz.group_kkt_admin",
    )

    def issue_pairing_code(self):
        """A code that the bridge redeems for its credential within 15 minutes.

        The credential in force stays so until then.

        :returns: ``XXXX-XXXX``, told only this once
        :raises AccessError: for everybody but a till administrator
        """
        self.ensure_one()
        self._check_may_manage_credentials()
        return pairing.shown(self.env["kkt.pairing.code"]._issue(self))

    def action_issue_pairing_code(self):
        """Button: a dialog with the code and the command that redeems it."""
        code = self.issue_pairing_code()
        url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return {
            "type": "ir.actions.act_window",
            "name": _("Pair the till with its bridge"),
            "res_model": "kkt.pairing.show",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_till_id": self.id,
                "default_code": code,
                "default_command": f"pair --odoo {url} --database {self.env.cr.dbname} "
                f"--code {code} --config config.toml",
            },
        }

    def action_revoke_pairing_code(self):
        """The code that is still open ends at once."""
        self._check_may_manage_credentials()
        self.env["kkt.pairing.code"]._revoke(self)

    def action_block(self):
        res = super().action_block()
        self.env["kkt.pairing.code"]._revoke(self)
        return res

    @api.model
    def _pair(self, params, address):
        """What a bridge gets for a pairing code (contracts.md, ``pair``)."""
        params = params if isinstance(params, dict) else {}
        version = params.get("version")
        till = self.env["kkt.pairing.code"]._redeem(
            params.get("code"),
            address,
            version[:64] if isinstance(version, str) else None,
        )
        credential = till.sudo().rotate_credential()
        return {
            "till": till.code,
            "secret": credential.removeprefix(f"{till.code}."),
            "database": self.env.cr.dbname,
            "database_uuid": self._database_uuid(),
            "keys": self.env["kkt.signing.key"]._public_jwks(),
        }


class KktPairingShow(models.TransientModel):
    """The dialog that shows a code; it is never saved."""

    _name = "kkt.pairing.show"
    _description = "Pairing Code, Shown Once"

    till_id = fields.Many2one("kkt.till", string="Till", readonly=True)
    code = fields.Char(string="Pairing Code", readonly=True, store=False)
    command = fields.Char(string="At the Till", readonly=True, store=False)

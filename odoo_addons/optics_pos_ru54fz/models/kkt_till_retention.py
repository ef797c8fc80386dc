import logging

from odoo import api, fields, models

from .kkt_audit import KEPT

_logger = logging.getLogger(__name__)

# Fiscal receipts, shifts with their Z reports and incidents are not touched here: the
# law wants five years of the former.
_BATCH = 10_000
_MOST_BATCHES = 50


class KktTill(models.Model):
    """What is kept no longer: only this job removes it, and only what is old."""

    _inherit = "kkt.till"

    @api.model
    def _retain(self):
        """Periodic: the tills' events, ended commands and changes after 90 days.

        Past the ORM on purpose, which refuses it to everybody.
        """
        limit = fields.Datetime.now() - KEPT
        events = commands = 0
        for till in self.sudo().with_context(active_test=False).search([]):
            events += self._retain_events(till, limit)
        self.env.cr.execute(
            """
            DELETE FROM kkt_till_command
             WHERE create_date < %s AND state NOT IN ('pending', 'sent')
            """,
            [limit],
        )
        commands = self.env.cr.rowcount
        self.env["kkt.audit"].flush_model()
        # The database goes by its own clock, and would refuse all for one row too many.
        self.env.cr.execute(
            "DELETE FROM kkt_audit WHERE at < LEAST(%s, %s)",
            [limit, self._database_limit()],
        )
        changes = self.env.cr.rowcount
        self.env["kkt.audit"].invalidate_model(flush=False)
        self.env["kkt.till.event"].invalidate_model(flush=False)
        self.env["kkt.till.command"].invalidate_model(flush=False)
        _logger.info(
            "Retention: %s events, %s commands, %s changes removed",
            events,
            commands,
            changes,
        )

    @api.model
    def _database_limit(self):
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        return self.env.cr.fetchone()[0] - KEPT

    @api.model
    def _retain_events(self, till, limit):
        """The last event of each journal stays: without it the till would tell all
        that it has once more. A clock that was wrong makes no event old."""
        removed = 0
        for _batch in range(_MOST_BATCHES):
            self.env.cr.execute(
                """
                DELETE FROM kkt_till_event
                 WHERE id IN (
                        SELECT event.id FROM kkt_till_event event
                         WHERE event.till_id = %(till)s
                           AND event.at < %(limit)s
                           AND event.create_date < LEAST(%(limit)s, %(oldest)s)
                           AND event.seq < (
                                SELECT max(last.seq) FROM kkt_till_event last
                                 WHERE last.till_id = event.till_id
                                   AND last.journal = event.journal)
                         LIMIT %(batch)s)
                """,
                {
                    "till": till.id,
                    "limit": limit,
                    "oldest": self._database_limit(),
                    "batch": _BATCH,
                },
            )
            removed += self.env.cr.rowcount
            if self.env.cr.rowcount < _BATCH:
                break
        return removed

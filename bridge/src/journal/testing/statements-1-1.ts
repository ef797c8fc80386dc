/**
 * Every statement that a bridge of schema 1.1 ran, as it was released: frozen, so that a test can
 * run them on a journal of a newer minor schema. Never changed with the schema.
 */
const SELECT_RECEIPT =
  "SELECT receipt.*, receipt_body.content, receipt_body.blob " +
  "FROM receipt JOIN receipt_body USING (seq)";

export const STATEMENTS_1_1 = {
  byKey: `${SELECT_RECEIPT} WHERE uuid = ? AND attempt = ?`,
  byUuid: `${SELECT_RECEIPT} WHERE uuid = ? ORDER BY attempt`,
  byDocument: `${SELECT_RECEIPT} WHERE fn = ? AND fd = ?`,
  bySeq: `${SELECT_RECEIPT} WHERE seq = ?`,
  unresolved: `${SELECT_RECEIPT} WHERE state IN ('accepted', 'closing', 'unknown') ORDER BY seq`,
  ofdPendingUpTo: `${SELECT_RECEIPT} WHERE ofd_leg = 'pending' AND fn = ? AND fd <= ? ORDER BY seq`,
  odooPending: `${SELECT_RECEIPT} WHERE odoo_leg = 'pending' ORDER BY seq LIMIT ?`,
  newest: `${SELECT_RECEIPT} WHERE seq < ? ORDER BY seq DESC LIMIT ?`,
  newestInState: `${SELECT_RECEIPT} WHERE state = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
  insertReceipt: `INSERT INTO receipt
      (uuid, attempt, owner, state, content_hash, hlc_time, hlc_counter, accepted_at)
    VALUES (@uuid, @attempt, @owner, 'accepted', @contentHash, @hlcTime, @hlcCounter, @at)`,
  insertBody: "INSERT INTO receipt_body (seq, content, blob) VALUES (?, ?, ?)",
  move: `UPDATE receipt SET state = @state, closing = coalesce(@closing, closing),
      reason = coalesce(@reason, reason) WHERE seq = @seq`,
  fiscalize: `UPDATE receipt SET state = 'fiscalized', fiscal = @fiscal, fn = @fn, fd = @fd,
      reason = NULL, fiscalized_at = @at, ofd_leg = 'pending', odoo_leg = 'pending'
    WHERE seq = @seq`,
  deliverOfd: "UPDATE receipt SET ofd_leg = 'delivered', ofd_at = ? WHERE seq = ?",
  deliverOdoo: "UPDATE receipt SET odoo_leg = 'delivered', odoo_at = ? WHERE seq = ?",
  refuseOdoo: "UPDATE receipt SET odoo_leg = ?, odoo_refusals = ? WHERE seq = ?",
  ofdLevel: `SELECT count(*) AS level, min(fiscalized_at) AS oldest_at
    FROM receipt WHERE ofd_leg = 'pending'`,
  odooLevel: `SELECT count(*) AS level, min(fiscalized_at) AS oldest_at
    FROM receipt WHERE odoo_leg = 'pending'`,
  purge: `UPDATE receipt_body
    SET blob = NULL, content = json_set(content, '$.customer', NULL), purged_at = @at
    WHERE purged_at IS NULL AND seq IN (
      SELECT seq FROM receipt
      WHERE (ofd_leg = 'delivered' AND odoo_leg = 'delivered'
             AND ofd_at < @before AND odoo_at < @before)
         OR (state IN ('rejected', 'cancelled') AND accepted_at < @before))`,
  insertEvent: "INSERT INTO event (at, kind, key, data) VALUES (?, ?, ?, ?)",
  events: "SELECT * FROM event WHERE seq < ? ORDER BY seq DESC LIMIT ?",
  getSetting: "SELECT value FROM setting WHERE name = ?",
  setSetting: `INSERT INTO setting (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
} as const;

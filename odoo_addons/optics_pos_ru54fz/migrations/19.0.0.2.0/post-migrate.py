def migrate(cr, version):
    """Receipts that came before shifts and refunds were known get theirs."""
    cr.execute(
        """
        INSERT INTO kkt_shift (till_id, company_id, currency_id, fn, number, state,
                               create_uid, create_date, write_uid, write_date)
        SELECT DISTINCT ON (fn, shift)
               till_id, company_id, currency_id, fn, shift, 'seen',
               1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
          FROM kkt_receipt
         ORDER BY fn, shift, id
            ON CONFLICT (fn, number) DO NOTHING
        """
    )
    cr.execute(
        """
        UPDATE kkt_receipt receipt
           SET shift_id = kkt_shift.id
          FROM kkt_shift
         WHERE kkt_shift.fn = receipt.fn
           AND kkt_shift.number = receipt.shift
           AND receipt.shift_id IS NULL
        """
    )
    cr.execute(
        """
        UPDATE kkt_receipt
           SET refund_fn = content #>> '{refund_of,fn}',
               refund_fd = (content #>> '{refund_of,fd}')::int
         WHERE jsonb_typeof(content #> '{refund_of,fn}') = 'string'
           AND jsonb_typeof(content #> '{refund_of,fd}') = 'number'
           AND refund_fn IS NULL
        """
    )

-- a copy of the database must neither hear the tills nor certify their browsers
UPDATE kkt_till
   SET credential_hash = NULL,
       state = 'blocked',
       lease_instance = NULL,
       lease_expires = NULL;
-- nor tell them what was meant for the original's tills
UPDATE kkt_till_command
   SET state = 'expired'
 WHERE state IN ('pending', 'sent');
-- nor write to the buyers and the people of the original
UPDATE kkt_electronic_receipt SET state = 'cancelled' WHERE state IN ('waiting', 'sending');
UPDATE kkt_notification_channel SET active = false, token = NULL;
UPDATE kkt_pairing_code
   SET state = 'revoked'
 WHERE state = 'open';
DELETE FROM kkt_signing_key;

-- a copy of the database must neither hear the tills nor certify their browsers
UPDATE kkt_till
   SET credential_hash = NULL,
       state = 'blocked';
DELETE FROM kkt_signing_key;

-- What opens a message's sealed file: its age header, whose stanzas wrap the file key. The blob store holds the rest of the
-- file, which is noise without it. A withdrawal erases it here, and deleted bytes are overwritten (PRAGMA secure_delete).
CREATE TABLE message_key (
  message BLOB NOT NULL PRIMARY KEY REFERENCES message (id),
  header BLOB                       -- NULL once withdrawn; empty: the file had none
) STRICT;

-- What the desk learned by opening a message.
CREATE TABLE opening (
  message BLOB NOT NULL PRIMARY KEY REFERENCES message (id),
  w_commitment BLOB NOT NULL,
  locator BLOB,                     -- this and the next: NULL where its sender took no code
  record_key BLOB,                  -- writes status records; the reply key does not follow from it
  until INTEGER                     -- of a withdrawn one: the last day on which its record says so
) STRICT;
CREATE INDEX opening_by_commitment ON opening (w_commitment);
CREATE INDEX opening_by_locator ON opening (locator);
INSERT INTO opening (message, w_commitment) SELECT message, w_commitment FROM prepared;

-- What the desk wrote to senders.
CREATE TABLE reply (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message BLOB NOT NULL REFERENCES message (id),
  day INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX reply_by_message ON reply (message, id);

-- What senders wrote back.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message BLOB NOT NULL REFERENCES message (id),
  day INTEGER NOT NULL,
  sealed BLOB NOT NULL UNIQUE,      -- SHA-256 of the sealed letter: one that comes twice is one
  text TEXT NOT NULL
) STRICT;
CREATE INDEX letter_by_message ON letter (message, id);

-- Which artefacts show something of which message: they go with it. Sixteen zeros stand for every message (a wall).
CREATE TABLE artefact_of (
  message BLOB NOT NULL,
  artefact BLOB NOT NULL,
  PRIMARY KEY (message, artefact)
) STRICT;
CREATE INDEX artefact_of_by_artefact ON artefact_of (artefact);
INSERT INTO artefact_of (message, artefact)
  SELECT message, master FROM prepared UNION SELECT message, tiles FROM prepared
  UNION SELECT message, poster FROM prepared;

-- Withdrawals that this database knows of. The blob store holds the same, so that an older copy of this database learns
-- of them again.
CREATE TABLE tombstone (
  mac BLOB NOT NULL PRIMARY KEY     -- HMAC under the vault's key; names nothing to who has not got it
) STRICT;

-- Pages of tombstones among the blobs that this database has learned.
CREATE TABLE tombstone_page (
  page BLOB NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE vault_key (
  name TEXT NOT NULL PRIMARY KEY,
  key BLOB NOT NULL
) STRICT;

-- When all status records were last handed to the intake.
CREATE TABLE handover (
  what TEXT NOT NULL PRIMARY KEY,
  slot INTEGER NOT NULL,            -- its number since 1970, on a schedule that knows no message
  digest BLOB NOT NULL              -- of what the records said
) STRICT;

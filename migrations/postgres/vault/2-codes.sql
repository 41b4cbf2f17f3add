-- What opens a message's sealed file: its age header, whose stanzas wrap the file key. The blob store holds the rest of the
-- file, which is noise without it. A withdrawal erases it here; PostgreSQL leaves deleted bytes
-- in its files until the table is rewritten (VACUUM FULL).
CREATE TABLE message_key (
  message BYTEA NOT NULL PRIMARY KEY REFERENCES message (id),
  header BYTEA                       -- NULL once withdrawn; empty: the file had none
);

-- What the desk learned by opening a message.
CREATE TABLE opening (
  message BYTEA NOT NULL PRIMARY KEY REFERENCES message (id),
  w_commitment BYTEA NOT NULL,
  locator BYTEA,                     -- this and the next: NULL where its sender took no code
  record_key BYTEA,                  -- writes status records; the reply key does not follow from it
  until BIGINT                     -- of a withdrawn one: the last day on which its record says so
);
CREATE INDEX opening_by_commitment ON opening (w_commitment);
CREATE INDEX opening_by_locator ON opening (locator);
INSERT INTO opening (message, w_commitment) SELECT message, w_commitment FROM prepared;

-- What the desk wrote to senders.
CREATE TABLE reply (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message BYTEA NOT NULL REFERENCES message (id),
  day BIGINT NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX reply_by_message ON reply (message, id);

-- What senders wrote back.
CREATE TABLE letter (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message BYTEA NOT NULL REFERENCES message (id),
  day BIGINT NOT NULL,
  sealed BYTEA NOT NULL UNIQUE,      -- SHA-256 of the sealed letter: one that comes twice is one
  text TEXT NOT NULL
);
CREATE INDEX letter_by_message ON letter (message, id);

-- Which artefacts show something of which message: they go with it. Sixteen zeros stand for every message (a wall).
CREATE TABLE artefact_of (
  message BYTEA NOT NULL,
  artefact BYTEA NOT NULL,
  PRIMARY KEY (message, artefact)
);
CREATE INDEX artefact_of_by_artefact ON artefact_of (artefact);
INSERT INTO artefact_of (message, artefact)
  SELECT message, master FROM prepared UNION SELECT message, tiles FROM prepared
  UNION SELECT message, poster FROM prepared;

-- Withdrawals that this database knows of. The blob store holds the same, so that an older copy of this database learns
-- of them again.
CREATE TABLE tombstone (
  mac BYTEA NOT NULL PRIMARY KEY     -- HMAC under the vault's key; names nothing to who has not got it
);

-- Pages of tombstones among the blobs that this database has learned.
CREATE TABLE tombstone_page (
  page BYTEA NOT NULL PRIMARY KEY
);

CREATE TABLE vault_key (
  name TEXT NOT NULL PRIMARY KEY,
  key BYTEA NOT NULL
);

-- When all status records were last handed to the intake.
CREATE TABLE handover (
  what TEXT NOT NULL PRIMARY KEY,
  slot BIGINT NOT NULL,            -- its number since 1970, on a schedule that knows no message
  digest BYTEA NOT NULL              -- of what the records said
);

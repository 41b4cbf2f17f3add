-- The vault, on SQLite. migrations/postgres/vault holds the same tables; a test compares them.
-- No column holds a time about a message finer than a day (`day` counts from 1970-01-01).

-- Messages in the order the vault received them.
CREATE TABLE message (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  sealed BLOB NOT NULL UNIQUE,      -- SHA-256 of the sealed file
  bytes INTEGER NOT NULL,
  day INTEGER NOT NULL,
  state TEXT NOT NULL,
  code TEXT,                        -- reject code, or code of why it can't be read
  reason TEXT,                      -- why it can't be read, in words
  twin BLOB                         -- of a duplicate: the message it equals
) STRICT;
CREATE INDEX message_by_state ON message (state, arrival);

-- What preparing a message gave, and the sender's record that came inside the seal.
CREATE TABLE prepared (
  message BLOB NOT NULL PRIMARY KEY REFERENCES message (id),
  master BLOB NOT NULL,
  tiles BLOB NOT NULL,
  poster BLOB NOT NULL,
  units INTEGER NOT NULL,
  shown INTEGER NOT NULL,
  sound INTEGER NOT NULL,
  choices TEXT NOT NULL,
  tag BLOB NOT NULL,
  r_commitment BLOB NOT NULL,
  w_commitment BLOB NOT NULL,
  reply_key BLOB,
  size_class INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  report TEXT NOT NULL
) STRICT;

-- The secrets behind an accepted message's leaf. Erasing the key shreds every opening of the leaf's fields.
CREATE TABLE leaf_secret (
  message BLOB NOT NULL PRIMARY KEY REFERENCES message (id),
  tag BLOB NOT NULL UNIQUE,
  w_commitment BLOB NOT NULL UNIQUE,
  strike_seed BLOB NOT NULL,
  leaf_key BLOB,                    -- this and the next two: NULL once shredded
  publish_seed BLOB,
  fields TEXT,                      -- JSON, field name to hex: exactly what was committed to
  strike_opening TEXT               -- JSON; what stays of a shredded leaf, so that auditors can check its strike
) STRICT;

-- Leaves that wait for a batch.
CREATE TABLE waiting (
  kind TEXT NOT NULL,
  tag BLOB NOT NULL,
  commitment BLOB NOT NULL,
  message BLOB REFERENCES message (id),
  PRIMARY KEY (kind, tag)
) STRICT;

-- The log.
CREATE TABLE leaf (
  position INTEGER NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  tag BLOB NOT NULL,
  bytes BLOB NOT NULL,
  message BLOB REFERENCES message (id)
) STRICT;
CREATE INDEX leaf_by_message ON leaf (message, kind);

CREATE TABLE batch (
  number INTEGER NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,            -- of the log, with this batch
  day INTEGER NOT NULL,
  file BLOB NOT NULL,               -- the public file its B leaf commits to
  token_salt BLOB NOT NULL,
  checkpoint TEXT NOT NULL
) STRICT;

-- Why a message was taken off the count; auditors open the commitment with the salt.
CREATE TABLE strike (
  message BLOB NOT NULL PRIMARY KEY REFERENCES message (id),
  kind TEXT NOT NULL,
  salt BLOB NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- Clips on the site. A message whose clip was made anew has one row each; the last one stands.
CREATE TABLE publication (
  message BLOB NOT NULL REFERENCES message (id),
  nth INTEGER NOT NULL,
  file BLOB NOT NULL,               -- SHA-256 of the published file
  salt BLOB,                        -- NULL once taken down
  tag BLOB NOT NULL UNIQUE,
  PRIMARY KEY (message, nth)
) STRICT;

CREATE TABLE artefact (
  id BLOB NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  ext TEXT NOT NULL
) STRICT;

-- How often an artefact was really made: more than once means finished work was done again.
CREATE TABLE artefact_made (
  kind TEXT NOT NULL,
  id BLOB NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  message BLOB NOT NULL REFERENCES message (id),
  open INTEGER NOT NULL,
  worker TEXT,                      -- who holds the lease
  token BLOB,                       -- that shows it
  expires INTEGER NOT NULL,         -- when it ends, seconds; 0 is free
  leases INTEGER NOT NULL,          -- ever given
  failures INTEGER NOT NULL         -- ever reported
) STRICT;
CREATE INDEX job_free ON job (open, expires, id);
CREATE INDEX job_by_message ON job (message, open);

CREATE TABLE custody (
  seq INTEGER NOT NULL PRIMARY KEY,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL,
  day INTEGER NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  message BLOB,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX custody_by_message ON custody (message, seq);

CREATE TABLE supporter (
  id BLOB NOT NULL PRIMARY KEY,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,               -- this and the next three: JSON, language to text
  role TEXT NOT NULL,
  country TEXT NOT NULL,
  quote TEXT NOT NULL,
  lang TEXT NOT NULL,
  portrait BLOB,
  master BLOB,
  units INTEGER NOT NULL,
  sound INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  token_sha256 BLOB NOT NULL PRIMARY KEY,
  reviewer TEXT NOT NULL,
  csrf BLOB NOT NULL,
  expires INTEGER NOT NULL          -- seconds
) STRICT;

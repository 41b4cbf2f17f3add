-- The vault, on PostgreSQL. migrations/sqlite/vault holds the same tables; a test compares them.
-- No column holds a time about a message finer than a day (`day` counts from 1970-01-01).

-- Messages in the order the vault received them.
CREATE TABLE message (
  arrival BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id BYTEA NOT NULL UNIQUE,
  sealed BYTEA NOT NULL UNIQUE,      -- SHA-256 of the sealed file
  bytes BIGINT NOT NULL,
  day BIGINT NOT NULL,
  state TEXT NOT NULL,
  code TEXT,                        -- reject code, or code of why it can't be read
  reason TEXT,                      -- why it can't be read, in words
  twin BYTEA                         -- of a duplicate: the message it equals
);
CREATE INDEX message_by_state ON message (state, arrival);

-- What preparing a message gave, and the sender's record that came inside the seal.
CREATE TABLE prepared (
  message BYTEA NOT NULL PRIMARY KEY REFERENCES message (id),
  master BYTEA NOT NULL,
  tiles BYTEA NOT NULL,
  poster BYTEA NOT NULL,
  units BIGINT NOT NULL,
  shown BIGINT NOT NULL,
  sound BIGINT NOT NULL,
  choices TEXT NOT NULL,
  tag BYTEA NOT NULL,
  r_commitment BYTEA NOT NULL,
  w_commitment BYTEA NOT NULL,
  reply_key BYTEA,
  size_class BIGINT NOT NULL,
  fingerprint BYTEA NOT NULL,
  report TEXT NOT NULL
);

-- The secrets behind an accepted message's leaf. Erasing the key shreds every opening of the leaf's fields.
CREATE TABLE leaf_secret (
  message BYTEA NOT NULL PRIMARY KEY REFERENCES message (id),
  tag BYTEA NOT NULL UNIQUE,
  w_commitment BYTEA NOT NULL UNIQUE,
  strike_seed BYTEA NOT NULL,
  leaf_key BYTEA,                    -- this and the next two: NULL once shredded
  publish_seed BYTEA,
  fields TEXT,                      -- JSON, field name to hex: exactly what was committed to
  strike_opening TEXT               -- JSON; what stays of a shredded leaf, so that auditors can check its strike
);

-- Leaves that wait for a batch.
CREATE TABLE waiting (
  kind TEXT NOT NULL,
  tag BYTEA NOT NULL,
  commitment BYTEA NOT NULL,
  message BYTEA REFERENCES message (id),
  PRIMARY KEY (kind, tag)
);

-- The log.
CREATE TABLE leaf (
  position BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  tag BYTEA NOT NULL,
  bytes BYTEA NOT NULL,
  message BYTEA REFERENCES message (id)
);
CREATE INDEX leaf_by_message ON leaf (message, kind);

CREATE TABLE batch (
  number BIGINT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,            -- of the log, with this batch
  day BIGINT NOT NULL,
  file BYTEA NOT NULL,               -- the public file its B leaf commits to
  token_salt BYTEA NOT NULL,
  checkpoint TEXT NOT NULL
);

-- Why a message was taken off the count; auditors open the commitment with the salt.
CREATE TABLE strike (
  message BYTEA NOT NULL PRIMARY KEY REFERENCES message (id),
  kind TEXT NOT NULL,
  salt BYTEA NOT NULL,
  reason TEXT NOT NULL
);

-- Clips on the site. A message whose clip was made anew has one row each; the last one stands.
CREATE TABLE publication (
  message BYTEA NOT NULL REFERENCES message (id),
  nth BIGINT NOT NULL,
  file BYTEA NOT NULL,               -- SHA-256 of the published file
  salt BYTEA,                        -- NULL once taken down
  tag BYTEA NOT NULL UNIQUE,
  PRIMARY KEY (message, nth)
);

CREATE TABLE artefact (
  id BYTEA NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  ext TEXT NOT NULL
);

-- How often an artefact was really made: more than once means finished work was done again.
CREATE TABLE artefact_made (
  kind TEXT NOT NULL,
  id BYTEA NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE TABLE job (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind TEXT NOT NULL,
  message BYTEA NOT NULL REFERENCES message (id),
  open BIGINT NOT NULL,
  worker TEXT,                      -- who holds the lease
  token BYTEA,                       -- that shows it
  expires BIGINT NOT NULL,         -- when it ends, seconds; 0 is free
  leases BIGINT NOT NULL,          -- ever given
  failures BIGINT NOT NULL         -- ever reported
);
CREATE INDEX job_free ON job (open, expires, id);
CREATE INDEX job_by_message ON job (message, open);

CREATE TABLE custody (
  seq BIGINT NOT NULL PRIMARY KEY,
  previous BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  day BIGINT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  message BYTEA,
  detail TEXT NOT NULL
);
CREATE INDEX custody_by_message ON custody (message, seq);

CREATE TABLE supporter (
  id BYTEA NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,               -- this and the next three: JSON, language to text
  role TEXT NOT NULL,
  country TEXT NOT NULL,
  quote TEXT NOT NULL,
  lang TEXT NOT NULL,
  portrait BYTEA,
  master BYTEA,
  units BIGINT NOT NULL,
  sound BIGINT NOT NULL
);

CREATE TABLE session (
  token_sha256 BYTEA NOT NULL PRIMARY KEY,
  reviewer TEXT NOT NULL,
  csrf BYTEA NOT NULL,
  expires BIGINT NOT NULL          -- seconds
);

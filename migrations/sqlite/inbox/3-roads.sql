-- Sealed files that come in numbered parts, by form or stick, and are not all here yet. sealed: SHA-256 of the whole file,
-- as every part names it. stride: length of every payload but the last. day: of the newest part.
CREATE TABLE loose_set (
    sealed BLOB PRIMARY KEY NOT NULL,
    handle BLOB NOT NULL,
    total BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    stride BIGINT NOT NULL,
    received BIGINT NOT NULL DEFAULT 0,
    day BIGINT NOT NULL,
    lane BIGINT NOT NULL,
    token BLOB,
    CHECK (received BETWEEN 0 AND total)
) WITHOUT ROWID;

CREATE INDEX loose_set_handle ON loose_set (handle);

-- A part in one blob, which becomes a part of an upload as it is. sha256: of the payload, so that a part that comes twice is
-- told from one that lies. packed: whether a night has written the blob anew.
CREATE TABLE loose_part (
    sealed BLOB NOT NULL REFERENCES loose_set (sealed) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    length BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    blob_key TEXT NOT NULL,
    packed BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (sealed, number)
) WITHOUT ROWID;

-- Sealed files that are here or were lately, so that one that comes again by another road is known.
CREATE TABLE arrived (
    sealed BLOB PRIMARY KEY NOT NULL,
    upload BLOB NOT NULL,
    day BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX arrived_upload ON arrived (upload);

-- What the desk says about messages, each under a key that the intake has not. generation: of the replacement it came in.
CREATE TABLE record (
    locator BLOB PRIMARY KEY NOT NULL,
    record BLOB NOT NULL,
    generation BIGINT NOT NULL
) WITHOUT ROWID;

-- A look-up reads the next record from its locator on: this one stands behind all, so that there always is one.
INSERT INTO record (locator, record, generation)
VALUES (x'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', zeroblob(4096), -1);

-- Makes the answers for locators that nobody has; drawn anew whenever the desk replaces all records.
CREATE TABLE decoy (
    one BIGINT PRIMARY KEY NOT NULL CHECK (one = 1),
    secret BLOB NOT NULL,
    generation BIGINT NOT NULL
) WITHOUT ROWID;

-- Secrets of contributors who took their message back, until the desk has them.
CREATE TABLE withdrawal (
    secret BLOB PRIMARY KEY NOT NULL,
    handle BLOB NOT NULL,
    day BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX withdrawal_handle ON withdrawal (handle);

-- Sealed letters of contributors, until the desk has them. id: SHA-256 of the letter.
CREATE TABLE letter (
    id BLOB PRIMARY KEY NOT NULL,
    sealed BLOB NOT NULL,
    day BIGINT NOT NULL
) WITHOUT ROWID;

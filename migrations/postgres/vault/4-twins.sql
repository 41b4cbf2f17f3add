-- What finds messages that may be the same. A fingerprint is a rough picture of a person: it comes sealed by the worker, with
-- a salt of its own, under a key that is not in this database. A withdrawal removes the row.
CREATE TABLE fingerprint (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message BYTEA NOT NULL UNIQUE REFERENCES message (id),
  sealed BYTEA NOT NULL,
  looked BIGINT NOT NULL           -- 1 once its likes were looked for
);
CREATE INDEX fingerprint_by_looked ON fingerprint (looked, seq);

-- Pairs that a person should look at. Whoever finds one a duplicate says so of the message; `settled` says that it is none.
CREATE TABLE twin (
  message BYTEA NOT NULL REFERENCES message (id),
  other BYTEA NOT NULL REFERENCES message (id),
  verdict TEXT NOT NULL,            -- of the second look: same, unsure
  picture TEXT NOT NULL,            -- this and the next: same, other, unclear
  sound TEXT NOT NULL,
  settled BIGINT NOT NULL,
  PRIMARY KEY (message, other)
);
CREATE INDEX twin_by_other ON twin (other);
CREATE INDEX twin_by_settled ON twin (settled);

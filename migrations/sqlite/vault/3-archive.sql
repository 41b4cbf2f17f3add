-- Each message's own key, wrapped to the archive's offline key: all that opens a message once the secrets of its epoch are
-- destroyed. A withdrawal removes the row.
CREATE TABLE archive (
  message BLOB NOT NULL PRIMARY KEY REFERENCES message (id),
  epoch INTEGER,                    -- of the key set it was sealed to; NULL where no desk key opens it
  stanza TEXT,                      -- the wrapped key, an age stanza; NULL where no desk key opens it
  code TEXT                         -- why no desk key opens it
) STRICT;
CREATE INDEX archive_by_epoch ON archive (epoch);

-- Invite tokens that were used, as hashes. A message with a row was invited; a token stays spent when its message goes.
CREATE TABLE spent (
  token BLOB NOT NULL PRIMARY KEY,
  message BLOB REFERENCES message (id)
) STRICT;
CREATE INDEX spent_by_message ON spent (message);

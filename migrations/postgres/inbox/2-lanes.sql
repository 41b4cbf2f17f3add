-- handle: SHA-256 over the secret that takes the upload back. lane: 0 ordinary, 1 invited. token: id of the invite it
-- came with. packed: how many of its bytes a night has written anew.
ALTER TABLE upload ADD COLUMN handle BYTEA NOT NULL DEFAULT '';
ALTER TABLE upload ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;
ALTER TABLE upload ADD COLUMN token BYTEA;
ALTER TABLE upload ADD COLUMN packed BIGINT NOT NULL DEFAULT 0;

CREATE INDEX upload_handle ON upload (handle);

-- Invites that gave an upload the invited lane.
CREATE TABLE spent (
    token BYTEA PRIMARY KEY NOT NULL
);

-- Stands for every bad token, so that a bad one costs the same work as a spent one.
INSERT INTO spent (token) VALUES (decode(repeat('00', 32), 'hex'));

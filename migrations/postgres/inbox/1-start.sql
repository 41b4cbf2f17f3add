-- What arrived at the public machine. No address, agent, name, media type, hash or time finer than a day.
CREATE TABLE upload (
    id BYTEA PRIMARY KEY NOT NULL,
    length BIGINT NOT NULL,
    received BIGINT NOT NULL DEFAULT 0,
    day BIGINT NOT NULL,
    generation BIGINT NOT NULL DEFAULT 0,
    CHECK (received BETWEEN 0 AND length)
);

CREATE TABLE part (
    upload BYTEA NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    start BIGINT NOT NULL,
    length BIGINT NOT NULL,
    blob_key TEXT NOT NULL,
    PRIMARY KEY (upload, start)
);

-- Blobs whose rows are gone: deleted at once, or at the next start if the machine stopped in between.
CREATE TABLE doomed (
    blob_key TEXT PRIMARY KEY NOT NULL
);

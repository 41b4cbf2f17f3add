-- Uploads that were whole and that the desk took, for a few days, so that a sender whose last answer was lost learns that
-- everything arrived. id: SHA-256 of the upload's id. length: one of the few that sealed messages can have.
CREATE TABLE finished (
    id BYTEA PRIMARY KEY NOT NULL,
    length BIGINT NOT NULL,
    day BIGINT NOT NULL
);

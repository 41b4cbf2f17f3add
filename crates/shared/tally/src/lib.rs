//! Leaves, tiles, checkpoints, proofs, counting, claims; pure: no IO, no clock.

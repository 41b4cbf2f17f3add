//! What arrived at the public machine: uploads and their parts.

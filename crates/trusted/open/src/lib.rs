//! The secret half of sealing: opening, key files.

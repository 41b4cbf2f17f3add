//! Sealed-message format: framing, padding, encrypting, key sets, words; can not open anything.

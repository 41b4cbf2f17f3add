//! Standard base64 (RFC 4648 §4) with padding; the engine refuses trailing bits, so one byte string has one text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(crate) fn decode_hash(text: &str) -> Option<crate::Hash> {
    decode(text)?.try_into().ok()
}

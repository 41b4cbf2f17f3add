//! One JSON text for one value: compact, keys in byte order, ASCII only, one newline at the end.
//!
//! Structs write their fields in alphabetical order; parsing compares with the re-encoded text, so blanks, other orders,
//! repeated keys, escapes and `1.0` are refused.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The canonical text. `None` when a string in it is not printable ASCII.
pub(crate) fn encode<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    let mut text = serde_json::to_vec(value).ok()?;
    let plain = text.iter().all(|b| (0x20..0x7f).contains(b));
    text.push(b'\n');
    plain.then_some(text)
}

/// Reads a canonical text; the error says what is wrong.
pub(crate) fn parse<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let value: T = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    if encode(&value).as_deref() == Some(bytes) {
        Ok(value)
    } else {
        Err("it is not written in the one canonical way (compact, keys in order, a newline at the end)".into())
    }
}

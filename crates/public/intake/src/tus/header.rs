//! The grammar of the headers that a tus request carries.
//!
//! Refuses: a header that is there twice, a number with a sign, blanks or more digits than a length can have, an encoding
//! that has another text for the same value. A token is the exception: a bad one is answered like a good one.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hamseda_core::{Handle, OsRandom, Random};

use super::checksum::{Algorithm, Expected};
use super::refusal::Refusal;

/// Most digits of a length or an offset: all of them fit 63 bits.
const DIGITS: usize = 18;

/// A header that may be there once.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a HeaderValue>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => Err(Refusal::Header(name)),
    }
}

/// A header that is one number.
pub(super) fn number(headers: &HeaderMap, name: &'static str) -> Result<u64, Refusal> {
    optional_number(headers, name)?.ok_or(Refusal::Header(name))
}

/// A header that is one number, if it is there.
pub(super) fn optional_number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, Refusal> {
    let Some(value) = only(headers, name)? else { return Ok(None) };
    // `parse` would take a sign, too.
    let digits = value.to_str().ok().filter(|text| text.len() <= DIGITS && text.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).map(Some).ok_or(Refusal::Header(name))
}

/// `Upload-Checksum`, if it is there.
pub(super) fn checksum(headers: &HeaderMap) -> Result<Option<Expected>, Refusal> {
    const NAME: &str = "Upload-Checksum";
    let Some(value) = only(headers, NAME)? else { return Ok(None) };
    let (algorithm, sum) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::Header(NAME))?;
    let algorithm = Algorithm::named(algorithm).ok_or(Refusal::Algorithm)?;
    // One of another length is a sum that no bytes have, and refused as such.
    let sum = STANDARD.decode(sum).ok().filter(|sum| !sum.is_empty());
    Ok(Some(Expected { algorithm, sum: sum.ok_or(Refusal::Header(NAME))? }))
}

/// `Hamseda-Handle`; a random one where there is none, so that all uploads look alike.
pub(super) fn handle(headers: &HeaderMap) -> Result<Handle, Refusal> {
    const NAME: &str = "Hamseda-Handle";
    let Some(value) = only(headers, NAME)? else {
        return Ok(Handle::from_bytes((&mut OsRandom as &mut dyn Random).bytes()));
    };
    let bytes = URL_SAFE_NO_PAD.decode(value.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Handle::from_bytes).ok_or(Refusal::Header(NAME))
}

/// `Hamseda-Token`, if it is there. What can't be one is the empty text.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("Hamseda-Token").iter();
    let first = values.next()?;
    Some(if values.next().is_some() { "" } else { first.to_str().unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with(name: &'static str, values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.append(name, value);
            }
        }
        headers
    }

    proptest! {
        /// Parse, write again, compare: leading zeros are the one freedom that the protocol leaves.
        #[test]
        fn a_number_is_its_digits(text in "[0-9]{1,30}|[-+]?[0-9]{1,19}|[0-9 ]{0,5}|[0-9a-fx.,e]{0,8}|\\PC{0,6}") {
            let parsed = number(&with("Upload-Offset", &[text.as_bytes()]), "Upload-Offset").ok();
            let digits = !text.is_empty() && text.len() <= DIGITS && text.bytes().all(|b| b.is_ascii_digit());
            match parsed {
                Some(n) => {
                    prop_assert!(digits);
                    prop_assert!(i64::try_from(n).is_ok());
                    let zeros = text.trim_start_matches('0');
                    prop_assert_eq!(n.to_string(), if zeros.is_empty() { "0" } else { zeros });
                }
                None => prop_assert!(!digits, "{:?} was refused", text),
            }
        }

        #[test]
        fn a_checksum_has_one_text(sum in prop::collection::vec(any::<u8>(), 0..40), name in "sha1|sha256|md5|SHA1|") {
            let text = format!("{name} {}", STANDARD.encode(&sum));
            let parsed = checksum(&with("Upload-Checksum", &[text.as_bytes()]));
            let known = matches!(name.as_str(), "sha1" | "sha256");
            match parsed {
                Ok(Some(expected)) => {
                    prop_assert!(known);
                    prop_assert_eq!(format!("{} {}", expected.algorithm.name(), STANDARD.encode(&expected.sum)), text);
                }
                Ok(None) => prop_assert!(false, "it is there"),
                Err(_) => prop_assert!(!known || sum.is_empty()),
            }
        }

        /// Whatever is in them, they parse or are refused; none is taken twice.
        #[test]
        fn no_header_is_taken_twice(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            let pair = [a.as_bytes(), b.as_bytes()];
            for name in ["Upload-Offset", "Upload-Checksum", "Hamseda-Handle"] {
                let headers = with(name, &pair);
                prop_assume!(headers.get_all(name).iter().count() == 2);
                prop_assert!(only(&headers, name).is_err());
            }
            prop_assert!(number(&with("Upload-Offset", &pair), "Upload-Offset").is_err());
            prop_assert!(checksum(&with("Upload-Checksum", &pair)).is_err());
            prop_assert!(handle(&with("Hamseda-Handle", &pair)).is_err());
            let tokens = with("Hamseda-Token", &pair);
            prop_assert_eq!(token(&tokens), Some(""));
        }

        #[test]
        fn a_handle_has_one_text(text in "[A-Za-z0-9_=+/-]{40,46}") {
            if let Ok(handle) = handle(&with("Hamseda-Handle", &[text.as_bytes()])) {
                prop_assert_eq!(URL_SAFE_NO_PAD.encode(handle.as_bytes()), text);
            }
        }
    }

    #[test]
    fn a_missing_handle_is_drawn() {
        let (one, other) = (handle(&HeaderMap::new()).unwrap(), handle(&HeaderMap::new()).unwrap());
        assert_ne!(one, other);
    }
}

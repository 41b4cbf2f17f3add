//! One newtype per id, so that a mix-up does not compile. Text form is lower-case hex.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} is {expected} lower-case hex digits; this is something else")]
pub struct ParseIdError {
    kind: &'static str,
    expected: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $bytes;

            /// Wraps raw bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The raw bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// Wraps a slice of exactly the right length (what a database column returns).
            ///
            /// # Errors
            /// When the slice has another length.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, ParseIdError> {
                let array = bytes.try_into().map_err(|_| Self::bad())?;
                Ok(Self(array))
            }

            const fn bad() -> ParseIdError {
                ParseIdError { kind: stringify!($name), expected: $bytes * 2 }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                // Upper case is refused too: one id has one text.
                if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(Self::bad());
                }
                let mut bytes = [0; $bytes];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| Self::bad())?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! random_id {
    ($name:ident) => {
        impl $name {
            /// A fresh random id.
            #[must_use]
            pub fn random(random: &mut dyn crate::Random) -> Self {
                let mut bytes = [0; Self::LEN];
                random.fill(&mut bytes);
                Self(bytes)
            }
        }
    };
}

id! {
    /// A message as the trusted machine knows it. Random: says nothing of order, time or sender.
    MessageId, 16
}
id! {
    /// An upload as the public machine knows it; the last part of its tus URL.
    UploadId, 16
}
id! {
    /// A named supporter.
    SupporterId, 16
}
id! {
    /// SHA-256 of a whole sealed file: the same sealed bytes by two roads are one message.
    SealedHash, 32
}
id! {
    /// SHA-256 over everything an artefact was made from (source, choices, template, fonts, encoder).
    ArtefactId, 32
}
id! {
    /// SHA-256 of an invite token: what is remembered of one that was used.
    TokenId, 32
}
id! {
    /// The campaign's public Ed25519 key, as `campaign.toml`, pages and paper pin it.
    CampaignPin, 32
}
id! {
    /// Under which a contributor's device looks its status record up; derived from a code, says nothing of it.
    Locator, 32
}
id! {
    /// What an upload and its parts carry in the clear: a hash of the withdrawal secret, so that the intake finds what to
    /// delete when that secret comes. Everybody sends one.
    Handle, 32
}
random_id!(MessageId);
random_id!(UploadId);
random_id!(SupporterId);

/// A job's row number in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

/// A leaf's position in the log, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeafIndex(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn an_id_survives_its_text(bytes: [u8; 16]) {
            let id = MessageId::from_bytes(bytes);
            proptest::prop_assert_eq!(id.to_string().parse::<MessageId>(), Ok(id));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "ab", "AB00000000000000000000000000000f", "zz000000000000000000000000000000"] {
            assert!(text.parse::<MessageId>().is_err(), "{text:?} passed");
        }
    }
}

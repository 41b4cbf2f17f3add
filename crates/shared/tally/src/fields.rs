//! What an A or U leaf commits to: a small Merkle tree whose leaves open one at a time.
//!
//! Each field is hidden behind HMAC-SHA256 under a key of its own, derived from the message's leaf key. An auditor can see
//! the *place* of every leaf and the *media* of the sample only. Erasing the 32-byte leaf key closes every field for good.
//!
//! Refuses: a plain hash of a field. Places, languages and decisions could be guessed through it.

use std::collections::BTreeMap;

use hamseda_core::Secret;

use crate::hash::{hkdf, hmac};
use crate::merkle::{leaf_hash, verify_inclusion};
use crate::{Hash, TallyError, Tree};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)*) => {
        /// A committed field. The order is that of the tree's leaves and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $variant,)* }

        impl Field {
            /// Every field, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name its key is derived with.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

fields! {
    /// SHA-256 of the sealed bytes.
    SealedHash "sealed-hash",
    /// Size class of the seal.
    SizeClass "size-class",
    /// Media fingerprint, against near-duplicates.
    Fingerprint "fingerprint",
    /// Place cell.
    Place "place",
    /// Language.
    Language "language",
    /// Scope and version of the consent.
    Consent "consent",
    /// Hash of the invite token.
    TokenHash "token-hash",
    /// The device's commitment to the receipt's randomness.
    ReceiptCommitment "r-commitment",
    /// The device's commitment to the withdrawal secret.
    WithdrawalCommitment "w-commitment",
    /// Seed of [`crate::derive::strike_nullifier`].
    StrikeSeed "strike-seed",
    /// Seed of [`crate::derive::publish_nullifier`].
    PublishSeed "publish-seed",
    /// Hash of the first review decision.
    FirstDecision "decision-1",
    /// Hash of the second review decision.
    SecondDecision "decision-2",
    /// Position in the custody log at acceptance.
    CustodyPosition "custody-position",
}

/// Values of a message's fields; what is not set is committed to as empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldValues(BTreeMap<Field, Vec<u8>>);

impl FieldValues {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value.
    #[must_use]
    pub fn with(mut self, field: Field, value: impl Into<Vec<u8>>) -> Self {
        self.0.insert(field, value.into());
        self
    }

    /// A value, empty when unset.
    #[must_use]
    pub fn get(&self, field: Field) -> &[u8] {
        self.0.get(&field).map_or(&[], Vec::as_slice)
    }
}

/// The committed fields of one message.
#[derive(Debug, Clone)]
pub struct FieldTree {
    tree: Tree,
}

impl FieldTree {
    /// Commits to values under a leaf key.
    #[must_use]
    pub fn new(leaf_key: &Secret<[u8; 32]>, values: &FieldValues) -> Self {
        let hidden = |field: &Field| leaf_hash(&hmac(&field_key(leaf_key, *field), &[values.get(*field)]));
        Self { tree: Field::ALL.iter().map(hidden).collect() }
    }

    /// The root: goes into [`crate::derive::leaf_commitment`].
    #[must_use]
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Opens one field and no other.
    #[must_use]
    pub fn open(&self, leaf_key: &Secret<[u8; 32]>, values: &FieldValues, field: Field) -> Opening {
        let path = self.tree.inclusion(field as u64, self.tree.size()).unwrap_or_default();
        Opening { field, key: field_key(leaf_key, field), value: values.get(field).to_vec(), path }
    }
}

/// Root of a message's fields.
#[must_use]
pub fn field_root(leaf_key: &Secret<[u8; 32]>, values: &FieldValues) -> Hash {
    FieldTree::new(leaf_key, values).root()
}

/// One field, opened: whoever has it can check the value against the leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which.
    pub field: Field,
    /// The field's own key; says nothing of the other fields' keys.
    pub key: Hash,
    /// The value.
    pub value: Vec<u8>,
    /// From the field to the root.
    pub path: Vec<Hash>,
}

impl Opening {
    /// Checks the value against the root of the message's fields.
    ///
    /// # Errors
    /// [`TallyError::Proof`].
    pub fn verify(&self, field_root: &Hash) -> Result<(), TallyError> {
        let hidden = leaf_hash(&hmac(&self.key, &[&self.value]));
        verify_inclusion(&hidden, self.field as u64, Field::ALL.len() as u64, &self.path, field_root)
    }
}

fn field_key(leaf_key: &Secret<[u8; 32]>, field: Field) -> Hash {
    hkdf(leaf_key.expose(), format!("hamseda/field/v1/{}", field.name()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> FieldValues {
        FieldValues::new().with(Field::Place, "orvana/miravan").with(Field::Language, "fa")
    }

    #[test]
    fn each_field_opens_alone() {
        let key = Secret::new([4; 32]);
        let tree = FieldTree::new(&key, &values());
        for &field in Field::ALL {
            let opening = tree.open(&key, &values(), field);
            assert_eq!(opening.verify(&tree.root()), Ok(()), "{}", field.name());
            let other = Opening { value: b"orvana/teshkel".to_vec(), ..opening.clone() };
            assert!(other.verify(&tree.root()).is_err());
            let moved = Opening { field: Field::ALL[(field as usize + 1) % Field::ALL.len()], ..opening };
            assert!(moved.verify(&tree.root()).is_err(), "{} opened as another field", field.name());
        }
    }

    #[test]
    fn the_root_hangs_on_key_and_values() {
        let root = field_root(&Secret::new([4; 32]), &values());
        assert_ne!(root, field_root(&Secret::new([5; 32]), &values()));
        assert_ne!(root, field_root(&Secret::new([4; 32]), &values().with(Field::Language, "ar")));
        assert_eq!(root, field_root(&Secret::new([4; 32]), &values().with(Field::TokenHash, "")));
    }
}

//! The vectors of `vectors/seal`: what must open, and what must be refused with exactly which code.
//!
//! Sealed messages are a megabyte at least, so most vectors are recipes: a base made from a seed, what is changed in
//! it, and the SHA-256 of the result. `HAMSEDA_BLESS=1` writes the sums anew; codes are only ever written by hand.

use std::path::Path;

use hamseda_core::Coded;
use hamseda_open::{FileKey, OpenError, open};
use hamseda_seal::format::{
    CHUNK_LEN, MAC_LINE_LEN, NONCE_LEN, SEALED_CHUNK_LEN, STANZA_LEN, VERSION_LINE, header_len,
};
use hamseda_seal::{RECORD_LEN, Receipt, ShapeCheck, ShapeError, SizeClass, check_header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::common::{Keys, LIMITS, Parts, clip, keys, sealed, vectors};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Negative {
    base: Base,
    cases: Vec<Case>,
}

/// A message sealed to the test key set, its clip and all its randomness made from seeds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    clip_seed: String,
    clip_bytes: usize,
    seed: String,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Changes to the base, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    change: Vec<Change>,
    /// Or a file of this folder, as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Opened with the stranger's key instead of the desk's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    stranger: bool,
    /// Code of the check from outside; none where only a desk key shows the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<String>,
    /// Code of opening.
    open: String,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
enum Change {
    /// Keeps the first `to` bytes.
    Cut { to: usize },
    /// Adds bytes at the end.
    Append { hex: String },
    /// Adds a copy of a chunk at the end.
    AppendChunk { chunk: usize },
    /// Flips the lowest bit of a byte; counted from the end where negative.
    Flip { at: isize },
    /// Swaps two chunks.
    SwapChunks { a: usize, b: usize },
    /// Takes a chunk out.
    DropChunk { chunk: usize },
    /// Puts these stanzas of the base in this order, and sets the MAC right.
    Stanzas { order: Vec<usize> },
    /// Writes over plaintext bytes and seals again with the same file key.
    Plain { at: usize, hex: String },
    /// As `plain`, counted from the start of the record.
    Record { at: usize, hex: String },
    /// Puts zeros before the record, and seals again.
    Pad { zeros: usize },
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>, key: &FileKey) {
        let start = header_len(2) + NONCE_LEN;
        let chunk = |i: usize| start + i * SEALED_CHUNK_LEN..start + (i + 1) * SEALED_CHUNK_LEN;
        match self {
            Self::Cut { to } => bytes.truncate(*to),
            Self::Append { hex } => bytes.extend(hex::decode(hex).unwrap()),
            Self::AppendChunk { chunk: i } => bytes.extend_from_within(chunk(*i)),
            Self::Flip { at } if *at < 0 => *bytes.iter_mut().nth_back(at.unsigned_abs() - 1).unwrap() ^= 1,
            Self::Flip { at } => bytes[at.unsigned_abs()] ^= 1,
            Self::SwapChunks { a, b } => {
                let first = bytes[chunk(*a)].to_vec();
                bytes.copy_within(chunk(*b), chunk(*a).start);
                bytes[chunk(*b)].copy_from_slice(&first);
            }
            Self::DropChunk { chunk: i } => drop(bytes.drain(chunk(*i))),
            Self::Stanzas { order } => reseal(bytes, key, |parts| {
                let (head, mac_line) = parts.header.split_at(parts.header.len() - MAC_LINE_LEN);
                let (version, stanzas) = head.split_at(VERSION_LINE.len());
                let stanzas = order.iter().flat_map(|i| &stanzas[i * STANZA_LEN..][..STANZA_LEN]);
                parts.header = version.iter().chain(stanzas).chain(mac_line).copied().collect();
                parts.mac_again(key);
            }),
            Self::Plain { at, hex } => reseal(bytes, key, |parts| write_over(&mut parts.plain, *at, hex)),
            Self::Record { at, hex } => reseal(bytes, key, |parts| {
                let at = parts.plain.len() - RECORD_LEN + at;
                write_over(&mut parts.plain, at, hex);
            }),
            Self::Pad { zeros } => reseal(bytes, key, |parts| {
                let at = parts.plain.len() - RECORD_LEN;
                parts.plain.splice(at..at, std::iter::repeat_n(0, *zeros));
            }),
        }
    }
}

fn reseal(bytes: &mut Vec<u8>, key: &FileKey, change: impl FnOnce(&mut Parts)) {
    let mut parts = Parts::take(bytes, 2, key);
    change(&mut parts);
    *bytes = parts.seal(key);
}

fn write_over(plain: &mut [u8], at: usize, hex: &str) {
    let new = hex::decode(hex).unwrap();
    plain[at..at + new.len()].copy_from_slice(&new);
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// What the intake would say of these bytes: first of the header, then of the length.
fn shape(bytes: &[u8]) -> Result<(), ShapeError> {
    check_header(2, bytes)?;
    let mut check = ShapeCheck::new(2, bytes.len() as u64, &LIMITS)?;
    check.feed(bytes)?;
    check.finish()
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_negative_vector_is_refused_with_its_own_code() {
    let path = vectors().join("negative.json");
    let mut manifest: Negative = read(&path);
    let keys = keys();
    let base = sealed(&clip(&manifest.base.clip_seed, manifest.base.clip_bytes), &keys.set, &manifest.base.seed).out;
    let file_key = open(&base[..], &keys.desk, &LIMITS).unwrap().file_key;
    let mut sums = vec![(&mut manifest.base.sha256, sha256(&base))];
    for case in &mut manifest.cases {
        let bytes = case.file.as_ref().map_or_else(
            || {
                let mut bytes = base.clone();
                case.change.iter().for_each(|change| change.apply(&mut bytes, &file_key));
                bytes
            },
            |file| std::fs::read(vectors().join(file)).unwrap(),
        );
        assert_eq!(shape(&bytes).err().map(|error| error.code()), case.shape.as_deref(), "{}: shape", case.name);
        let stranger = std::slice::from_ref(&keys.stranger);
        let desk = if case.stranger { stranger } else { &keys.desk };
        assert_eq!(open(&bytes[..], desk, &LIMITS).err().map(|e| e.code()), Some(&*case.open), "{}: open", case.name);
        sums.push((&mut case.sha256, sha256(&bytes)));
    }
    let bless = std::env::var_os("HAMSEDA_BLESS").is_some();
    for (written, found) in sums {
        if bless {
            *written = found;
        } else {
            assert_eq!(*written, found, "the recipe makes other bytes than before");
        }
    }
    if bless {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap())).unwrap();
    }
}

/// Every way to refuse has a vector; those left out can't be shown by a file.
#[test]
fn every_code_has_a_vector() {
    let manifest: Negative = read(&vectors().join("negative.json"));
    let seen = |code: &str| manifest.cases.iter().any(|case| case.open == code || case.shape.as_deref() == Some(code));
    let errors = [
        OpenError::UnknownRecipient,
        OpenError::HeaderMac,
        OpenError::Truncated,
        OpenError::TrailingBytes,
        OpenError::Reordered,
        OpenError::Tampered,
        OpenError::TooLarge,
        OpenError::Length,
        OpenError::Magic,
        OpenError::ClipLength,
        OpenError::Class,
        OpenError::Padding,
    ];
    let codes = errors.iter().map(Coded::code).chain([
        "shape-not-age",
        "shape-foreign-stanza",
        "shape-too-few-stanzas",
        "shape-extra-stanza",
        "shape-malformed",
        "shape-length",
        "record-cbor",
        "record-version",
        "record-not-canonical",
        "record-trailing",
        "record-field",
        "record-pseudonym",
    ]);
    let missing: Vec<_> = codes.filter(|code| !seen(code)).collect();
    assert!(missing.is_empty(), "no vector for {missing:?}");
}

#[derive(Serialize, Deserialize)]
struct Positive {
    name: String,
    clip_seed: String,
    clip_bytes: usize,
    #[serde(flatten)]
    made: Made,
    size_mib: u64,
    receipt: String,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Made {
    /// By this program, from a seed.
    Seed { seed: String },
    /// By another: its header and nonce are kept as a file and its record as hex; the rest follows from them.
    Foreign { head: String, record: String },
}

impl Positive {
    fn bytes(&self, keys: &Keys, clip: &[u8]) -> Vec<u8> {
        match &self.made {
            Made::Seed { seed } => sealed(clip, &keys.set, seed).out,
            Made::Foreign { head, record } => {
                let head = std::fs::read(vectors().join(head)).unwrap();
                foreign(&head, &hex::decode(record).unwrap(), clip, keys)
            }
        }
    }
}

/// Rebuilds a foreign file, byte for byte, from its head: the payload is a function of file key, nonce and plaintext.
fn foreign(head: &[u8], record: &[u8], clip: &[u8], keys: &Keys) -> Vec<u8> {
    let (header, nonce) = head.split_at(header_len(2));
    let file_key = crate::common::file_key(header, &keys.desk[1]);
    let class = SizeClass::for_len(clip.len() as u64, &LIMITS).unwrap();
    let mut plain = vec![0; class.plaintext_len() as usize];
    plain[..8].copy_from_slice(b"hamseda1");
    plain[8..8 + clip.len()].copy_from_slice(clip);
    let at = plain.len() - RECORD_LEN;
    plain[at..at + record.len()].copy_from_slice(record);
    assert_eq!(plain.len() % CHUNK_LEN, 0);
    Parts { header: header.to_vec(), nonce: nonce.try_into().unwrap(), plain }.seal(&file_key)
}

#[test]
fn every_positive_vector_opens() {
    let path = vectors().join("positive.json");
    let mut manifest: Vec<Positive> = read(&path);
    let keys = keys();
    let bless = std::env::var_os("HAMSEDA_BLESS").is_some();
    for case in &mut manifest {
        let clip = clip(&case.clip_seed, case.clip_bytes);
        let bytes = case.bytes(keys, &clip);
        shape(&bytes).unwrap();
        let opened = open(&bytes[..], &keys.desk, &LIMITS).unwrap();
        assert!(*opened.clip.expose() == clip, "{}: another clip", case.name);
        assert_eq!(opened.record.choices, crate::common::choices(), "{}", case.name);
        assert_eq!(opened.class.mib(), case.size_mib, "{}", case.name);
        let receipt = Receipt::of(&opened.record.tag).to_string();
        if bless && matches!(case.made, Made::Seed { .. }) {
            (case.receipt, case.sha256) = (receipt.clone(), sha256(&bytes));
        }
        assert_eq!(receipt, case.receipt, "{}", case.name);
        assert_eq!(sha256(&bytes), case.sha256, "{}", case.name);
    }
    if bless {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&manifest).unwrap())).unwrap();
    }
}

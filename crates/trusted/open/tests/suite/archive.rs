//! The archive's way to a message: its own key, wrapped once more, opens the file that never changed.

use std::io::Read;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hamseda_core::{Coded, Secret};
use hamseda_open::{DeskKey, file_key, open_with};
use hamseda_seal::format::{MAC_START, VERSION_LINE, header_len, header_mac};
use proptest::prelude::*;

use crate::common::{LIMITS, Seeded, base, clip, keys, sealed};
use crate::interop::Identity;

/// The archive's key of these tests, and the base message's key wrapped to it.
fn archive() -> &'static (DeskKey, String) {
    static ARCHIVE: OnceLock<(DeskKey, String)> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let archive = DeskKey::generate(&mut Seeded::new("archive")).unwrap();
        let (_, file_key) = file_key(base(), &keys().desk).unwrap();
        let stanza = archive.recipient().unwrap().wrap_file_key(&file_key, &mut Seeded::new("wrap")).unwrap();
        (archive, stanza)
    })
}

#[test]
fn the_wrapped_key_opens_the_unchanged_file_and_no_other() {
    let (archive, stanza) = archive();
    let key = archive.unwrap_file_key(stanza).unwrap();
    assert!(*open_with(base(), key.clone(), &LIMITS).unwrap().clip.expose() == clip("clip", 70_000));
    let other = sealed(&clip("clip", 70_000), &keys().set, "another").out;
    assert_eq!(open_with(other.as_slice(), key, &LIMITS).unwrap_err().code(), "open-header-mac");
    for stranger in keys().desk.iter().chain([&keys().stranger]) {
        assert!(stranger.unwrap_file_key(stanza).is_none());
    }
    // The archive's key alone, without what was wrapped, is none of the file's.
    assert_eq!(file_key(base(), std::slice::from_ref(archive)).unwrap_err().code(), "open-unknown-recipient");
}

#[test]
fn the_key_that_opened_is_named() {
    let (desk, stranger) = (&keys().desk, &keys().stranger);
    let which = |keys: &[DeskKey]| file_key(base(), keys).map(|(at, _)| at).unwrap();
    assert_eq!(which(&[stranger.clone(), desk[1].clone()]), 1);
    assert_eq!(which(&[desk[0].clone(), stranger.clone()]), 0);
    // Only the header is read: a message that arrived whole is archived before anybody looks inside.
    let header = &base()[..header_len(2)];
    assert_eq!(file_key(header, desk).unwrap().0, 0);
    assert_eq!(file_key(&header[..header.len() - 1], desk).unwrap_err().code(), "open-truncated");
}

/// With the wrapped key in place of the desk's stanzas the file is an age file of the archive's: any age tool opens it.
#[test]
fn a_foreign_age_reader_opens_what_is_archived() {
    let (archive, stanza) = archive();
    let key = archive.unwrap_file_key(stanza).unwrap();
    let covered = format!("{VERSION_LINE}{stanza}{}", MAC_START.trim_end());
    let mac = STANDARD_NO_PAD.encode(header_mac(&key, covered.as_bytes()));
    let file = [format!("{covered} {mac}\n").as_bytes(), &base()[header_len(2)..]].concat();
    let decryptor = age::Decryptor::new(file.as_slice()).unwrap();
    let identity = Identity(archive.clone());
    let mut plain = Vec::new();
    decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).unwrap().read_to_end(&mut plain).unwrap();
    assert!(plain[8..8 + 70_000] == clip("clip", 70_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_key_survives_wrapping(key: [u8; 16], seed in "[a-z]{8}") {
        let archive = &archive().0;
        let stanza = archive.recipient().unwrap().wrap_file_key(&Secret::new(key), &mut Seeded::new(&seed)).unwrap();
        let again = archive.unwrap_file_key(&stanza).map(|key| *key.expose());
        prop_assert_eq!(again, Some(key));
    }

    #[test]
    fn a_changed_wrapped_key_is_none(at: prop::sample::Index, byte in 0x20u8..0x7f) {
        let (archive, stanza) = archive();
        let mut changed = stanza.clone().into_bytes();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        prop_assert!(archive.unwrap_file_key(&String::from_utf8(changed).unwrap()).is_none());
    }

    #[test]
    fn a_wrapped_key_of_another_length_is_none(length in 0usize..1700) {
        let (archive, stanza) = archive();
        let text: String = stanza.chars().cycle().take(length).collect();
        prop_assert_eq!(archive.unwrap_file_key(&text).is_some(), length == stanza.len());
    }
}

//! Sealed messages: their outside, their frames, what is inside.

use std::sync::OnceLock;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use hamseda_core::{Choices, Day, Lang, Limits, OsRandom, Picture, Secret, Uses, Voice};
use hamseda_open::{DeskKey, FileKey, file_key, open_with};
use hamseda_seal::format::{CHUNK_LEN, NONCE_LEN, SEALED_CHUNK_LEN, chunk_nonce, header_len, payload_key};
use hamseda_seal::{Draft, KeySet, MAGIC, RECORD_LEN, Record, ShapeCheck, SizeClass, check_header};

const KEYSET: &[u8] = include_bytes!("../../../vectors/seal/keyset.json");
const KEYS: &str = include_str!("../../../vectors/seal/keys.json");
const LIMITS: Limits = Limits::DEFAULT;

/// A sealed message and its own key.
pub(crate) struct Base {
    pub(crate) sealed: Vec<u8>,
    pub(crate) recipients: usize,
    key: [u8; 16],
}

impl Base {
    fn key(&self) -> FileKey {
        Secret::new(self.key)
    }

    /// Where the payload's nonce begins.
    fn header(&self) -> usize {
        header_len(self.recipients)
    }
}

pub(crate) fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let keys = KeySet::verify(KEYSET, None).unwrap();
        let choices = Choices {
            picture: Picture::Hide,
            voice: Voice::Mute,
            lang: Lang::Fa,
            place: None,
            pseudonym: None,
            uses: Uses::PUBLIC,
        };
        let clip = [7_u8; 100_000];
        let current = keys.current(Day(20_520)).unwrap();
        let made = hamseda_seal::seal(&clip[..], Vec::new(), Draft::new(choices), current, &LIMITS, &mut OsRandom);
        let sealed = made.unwrap().out;
        let json: serde_json::Value = serde_json::from_str(KEYS).unwrap();
        let desk = DeskKey::from_text(json["desk"][0]["identity"].as_str().unwrap()).unwrap();
        let key = *file_key(&sealed[..], &[desk]).unwrap().1.expose();
        Base { sealed, recipients: keys.recipients().len(), key }
    })
}

/// Frames: a sealed message that was changed does not open. `data` is a list of changes, three bytes each.
pub fn framing(data: &[u8]) {
    let base = base();
    let mut sealed = base.sealed.clone();
    let start = base.header() + NONCE_LEN;
    for change in data.chunks_exact(3).take(16) {
        let (op, at) = (change[0], usize::from(change[1]) << 8 | usize::from(change[2]));
        let frames = sealed.len().saturating_sub(start) / SEALED_CHUNK_LEN;
        let place = base.header() + at * 16;
        match op % 6 {
            0 => sealed.truncate(place),
            1 => {
                if let Some(byte) = sealed.get_mut(place) {
                    *byte ^= 1 << (op >> 5);
                }
            }
            2 if frames > 1 => {
                let (a, b) = (at % frames, (at / frames) % frames);
                for i in 0..SEALED_CHUNK_LEN {
                    sealed.swap(start + a * SEALED_CHUNK_LEN + i, start + b * SEALED_CHUNK_LEN + i);
                }
            }
            3 if frames > 0 => {
                let a = start + (at % frames) * SEALED_CHUNK_LEN;
                let frame = sealed[a..a + SEALED_CHUNK_LEN].to_vec();
                sealed.splice(a..a, frame);
            }
            4 if frames > 0 => drop(sealed.drain(start + (at % frames) * SEALED_CHUNK_LEN..).take(SEALED_CHUNK_LEN)),
            _ => sealed.extend_from_slice(change),
        }
    }
    let opened = open_with(&sealed[..], base.key(), &LIMITS);
    assert_eq!(opened.is_ok(), sealed == base.sealed, "a changed message opened, or an unchanged one did not");
}

/// The age header from outside and from inside: how it is cut changes nothing, and what the desk reads as a header of so
/// many stanzas has the shape that the intake takes.
pub fn header(data: &[u8]) {
    for recipients in 2..=4 {
        let whole = check_header(recipients, data);
        let Some(total) = SizeClass::sealed_lens(recipients, &LIMITS).next() else { continue };
        let cut = usize::from(data.first().copied().unwrap_or(0)).min(data.len());
        let mut check = ShapeCheck::new(recipients, total, &LIMITS).expect("a length that is allowed");
        let fed = check.feed(&data[..cut]).and_then(|()| {
            let mut on = ShapeCheck::resume(recipients, total, check.at(), &LIMITS).expect("where it was");
            on.feed(&data[cut..])
        });
        if (data.len() as u64) < total {
            assert_eq!(whole, fed);
        }
        let long_enough = data.len() >= header_len(recipients);
        if whole.is_ok() && long_enough {
            // A header of the right shape is read by the desk: it is its key or MAC that may be wrong.
            let error = file_key(data, &[]).expect_err("there is no key").to_string();
            assert!(!error.is_empty());
        }
    }
}

/// What is inside: a message with any record and any padding opens only when all of it is right. The first byte says what
/// else is wrong, the rest is the record.
pub fn layout(data: &[u8]) {
    let Some((&wrong, record)) = data.split_first() else { return };
    let base = base();
    let class = SizeClass::all(&LIMITS).next().expect("there is a class");
    let mut plain = vec![0; class.plaintext_len() as usize];
    plain[..MAGIC.len()].copy_from_slice(MAGIC);
    let at = plain.len() - RECORD_LEN;
    let record = &record[..record.len().min(RECORD_LEN)];
    plain[at..at + record.len()].copy_from_slice(record);
    match wrong % 4 {
        1 => plain[usize::from(wrong) % MAGIC.len()] ^= 1,
        2 => plain[at - 1 - usize::from(wrong)] = 1,
        3 => plain.truncate(plain.len() - usize::from(wrong) * 257),
        _ => {}
    }
    let mut sealed = base.sealed[..base.header() + NONCE_LEN].to_vec();
    let nonce = sealed[base.header()..].try_into().unwrap();
    let cipher = ChaCha20Poly1305::new(payload_key(&base.key(), &nonce).expose().into());
    let chunks = plain.len().div_ceil(CHUNK_LEN);
    for (i, chunk) in plain.chunks(CHUNK_LEN).enumerate() {
        let mut frame = chunk.to_vec();
        let nonce = chunk_nonce(i as u64, i + 1 == chunks);
        cipher.encrypt_in_place(&nonce.into(), b"", &mut frame).unwrap();
        sealed.extend_from_slice(&frame);
    }
    if let Ok(opened) = open_with(&sealed[..], base.key(), &LIMITS) {
        let block: &[u8; RECORD_LEN] = plain[at..].try_into().expect("nothing was cut");
        assert_eq!(opened.record.clip_len, opened.clip.expose().len() as u64);
        let written = opened.record.to_block(&LIMITS).expect("what was read can be written");
        assert!(Record::from_block(block, &LIMITS).is_ok() && written.as_slice() == block);
        assert!(plain.starts_with(MAGIC));
    }
}

/// The record's block: CBOR with zeros behind it.
pub fn record(data: &[u8]) {
    let mut block = [0; RECORD_LEN];
    let data = &data[..data.len().min(RECORD_LEN)];
    block[..data.len()].copy_from_slice(data);
    if let Ok(record) = Record::from_block(&block, &LIMITS) {
        assert_eq!(record.to_block(&LIMITS).expect("what was read can be written").as_slice(), block);
    }
}

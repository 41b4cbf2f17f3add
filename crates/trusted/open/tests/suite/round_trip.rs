//! What is sealed opens to the same, however the bytes are cut; what is changed does not open.

use std::io::{self, Read};

use proptest::prelude::*;

use crate::common::{LIMITS, TODAY, base, choices, clip, keys, sealed};
use hamseda_core::{Coded, Lang, Limits, OsRandom, Picture, Secret, Uses, Voice};
use hamseda_open::{OpenError, open, open_into};
use hamseda_seal::{Draft, Receipt, SealError, Sealer, ShapeCheck, SizeClass, r_commitment, seal, tag, w_commitment};

/// A reader that gives its bytes in pieces of the given lengths, again and again.
struct Pieces<'a> {
    bytes: &'a [u8],
    lens: Vec<usize>,
    next: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.lens[self.next % self.lens.len()].min(buffer.len()).min(self.bytes.len());
        self.next += 1;
        let (now, later) = self.bytes.split_at(len);
        buffer[..len].copy_from_slice(now);
        self.bytes = later;
        Ok(len)
    }
}

/// Clips around every edge there is: chunk, class, trailing zeros.
fn a_clip() -> impl Strategy<Value = Vec<u8>> {
    let mib = 1024 * 1024usize;
    let capacity = mib - 8 - 16 * 1024;
    let len = prop_oneof![
        1usize..200,
        65_520usize..65_560,
        capacity - 3..capacity + 3,
        2 * mib - 16 * 1024 - 10..2 * mib - 16 * 1024
    ];
    (len, 0usize..70_000, any::<u64>()).prop_map(|(len, zeros, seed)| {
        let mut bytes = clip(&seed.to_string(), len);
        let start = len.saturating_sub(zeros);
        bytes[start..].fill(0);
        bytes
    })
}

fn some_choices() -> impl Strategy<Value = hamseda_core::Choices> {
    let pictures = prop_oneof![Just(Picture::Hide), Just(Picture::Mask), Just(Picture::Show)];
    let voices = prop_oneof![Just(Voice::Mute), Just(Voice::Alter), Just(Voice::Keep)];
    let place = proptest::option::of("[a-z0-9-]{1,32}".prop_map(|id| id.parse().unwrap()));
    let name = proptest::option::of("[^\\p{C}]{1,40}");
    let uses = any::<[bool; 4]>().prop_map(|[film, wall, count, testimony]| Uses { film, wall, count, testimony });
    (pictures, voices, proptest::sample::select(Lang::ALL), place, name, uses).prop_map(
        |(picture, voice, lang, place, pseudonym, uses)| hamseda_core::Choices {
            picture,
            voice,
            lang,
            place,
            pseudonym,
            uses,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_sealed_opens_to_the_same(
        clip in a_clip(),
        choices in some_choices(),
        reply_key: Option<[u8; 32]>,
        pieces_in in proptest::collection::vec(1usize..100_000, 1..5),
        pieces_out in proptest::collection::vec(1usize..100_000, 1..5),
    ) {
        let keys = keys();
        let draft = Draft { reply_key: reply_key.map(Secret::new), ..Draft::new(choices.clone()) };
        let reader = Pieces { bytes: &clip, lens: pieces_in, next: 0 };
        let sealed =
            seal(reader, Vec::new(), draft, keys.set.current(TODAY).unwrap(), &LIMITS, &mut OsRandom).unwrap();

        prop_assert_eq!(sealed.bytes, sealed.out.len() as u64);
        prop_assert_eq!(sealed.out.len() as u64, sealed.class.sealed_len(2));
        let mut shape = ShapeCheck::new(2, sealed.bytes, &LIMITS).unwrap();
        shape.feed(&sealed.out).unwrap();
        shape.finish().unwrap();

        // Either key alone opens it, and both find the same file key.
        let mut file_keys = Vec::new();
        for key in &keys.desk {
            let reader = Pieces { bytes: &sealed.out, lens: pieces_out.clone(), next: 0 };
            let opened = open(reader, std::slice::from_ref(key), &LIMITS).unwrap();
            prop_assert!(*opened.clip.expose() == clip, "another clip came out");
            prop_assert_eq!(opened.class, sealed.class);
            let record = opened.record;
            prop_assert_eq!(&record.choices, &choices);
            prop_assert_eq!(record.clip_len, clip.len() as u64);
            prop_assert_eq!(record.reply_key.map(|key| *key.expose()), reply_key);
            prop_assert_eq!(record.tag, tag(sealed.secrets.r()));
            prop_assert_eq!(record.r_commitment, r_commitment(sealed.secrets.r()));
            prop_assert_eq!(record.w_commitment, w_commitment(sealed.secrets.withdrawal()));
            prop_assert_eq!(sealed.receipt, Receipt::of(&record.tag));
            file_keys.push(*opened.file_key.expose());
        }
        prop_assert_eq!(file_keys[0], file_keys[1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_changed_byte_never_opens(at: proptest::sample::Index, change in 1u8..) {
        let keys = keys();
        let mut bytes = base().to_vec();
        // Half of the changes go to the header, which is a small part of the file.
        let at = if change % 2 == 0 { at.index(bytes.len()) } else { at.index(3200) };
        bytes[at] ^= change;
        prop_assert!(open(&bytes[..], &keys.desk, &LIMITS).is_err());
    }

    #[test]
    fn a_cut_never_opens(at: proptest::sample::Index) {
        let keys = keys();
        let bytes = base();
        let error = open(&bytes[..at.index(bytes.len())], &keys.desk, &LIMITS).unwrap_err();
        prop_assert_eq!(error.code(), "open-truncated");
    }
}

#[test]
fn sealing_is_exact_given_the_randomness() {
    let keys = keys();
    let one = sealed(&clip("clip", 1000), &keys.set, "same");
    let two = sealed(&clip("clip", 1000), &keys.set, "same");
    let other = sealed(&clip("clip", 1000), &keys.set, "other");
    assert!(one.out == two.out);
    assert_eq!(one.receipt, two.receipt);
    assert!(one.out != other.out);
    assert_ne!(one.receipt, other.receipt);
}

#[test]
fn the_sink_never_gets_padding_and_a_streamed_recording_is_the_same_file() {
    let keys = keys();
    let clip = clip("clip", 300_000);
    let mut sealer =
        Sealer::start(Vec::new(), keys.set.current(TODAY).unwrap(), &LIMITS, &mut crate::common::Seeded::new("s"))
            .unwrap();
    clip.chunks(7_919).for_each(|piece| sealer.write(piece).unwrap());
    let streamed = sealer.finish(Draft::new(choices())).unwrap();
    assert!(streamed.out == sealed(&clip, &keys.set, "s").out);
    let opened = open_into(&streamed.out[..], &keys.desk, &LIMITS, Vec::new()).unwrap();
    assert!(opened.clip == clip);
}

#[test]
fn what_can_not_be_sealed_is_refused() {
    let keys = keys();
    let current = || keys.set.current(TODAY).unwrap();
    let refuse = |clip: &[u8], draft: Draft| {
        seal(clip, io::sink(), draft, current(), &LIMITS, &mut OsRandom).map(|_| ()).unwrap_err().code()
    };
    assert_eq!(refuse(&vec![1; 4 * 1024 * 1024], Draft::new(choices())), "seal-too-long");
    let mut named = choices();
    for name in ["", "a\nb", &"x".repeat(41)] {
        named.pseudonym = Some(name.into());
        assert_eq!(refuse(b"clip", Draft::new(named.clone())), "record-pseudonym", "{name:?}");
    }
    // Whether an empty clip says anything is for the desk to find out.
    let empty = sealed(b"", &keys.set, "s");
    assert_eq!(open(&empty.out[..], &keys.desk, &LIMITS).unwrap().record.clip_len, 0);
    // The largest clip just fits.
    let most = SizeClass::all(&LIMITS).last().unwrap().clip_capacity() as usize;
    seal(&vec![1; most][..], io::sink(), Draft::new(choices()), current(), &LIMITS, &mut OsRandom).unwrap();
}

#[test]
fn a_broken_reader_or_writer_is_told_apart_from_a_bad_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    impl io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let keys = keys();
    let draft = || Draft::new(choices());
    let current = keys.set.current(TODAY).unwrap();
    let read = seal(Broken, io::sink(), draft(), current, &LIMITS, &mut OsRandom);
    assert!(matches!(read, Err(SealError::Read(_))));
    let written = seal(&b"clip"[..], Broken, draft(), current, &LIMITS, &mut OsRandom);
    assert!(matches!(written, Err(SealError::Write(_))));
    assert!(matches!(open(Broken, &keys.desk, &LIMITS), Err(OpenError::Read(_))));
    let bytes = sealed(b"clip", &keys.set, "s").out;
    assert!(matches!(open_into(&bytes[..], &keys.desk, &LIMITS, Broken), Err(OpenError::Sink(_))));
}

#[test]
fn a_message_above_the_cap_is_refused_before_it_is_read_whole() {
    let keys = keys();
    let bytes = sealed(&vec![1; 2 * 1024 * 1024], &keys.set, "s").out;
    let limits = Limits { clip_bytes: 1024 * 1024, ..LIMITS };
    let mut rest = &bytes[..];
    assert!(matches!(open(&mut rest, &keys.desk, &limits), Err(OpenError::TooLarge)));
    assert!(rest.len() > 900_000, "read to the end");
}

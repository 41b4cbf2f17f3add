//! A bundle that arrives by form, entry by entry, without being held.
//!
//! Refuses: a bundle inside a bundle, another version, heads that no writer writes. What came whole before that is kept.

use bytes::{Buf as _, Bytes, BytesMut};
use hamseda_seal::bundle::{BUNDLE_MAGIC, ENTRY_HEAD_LEN, EntryHead};
use sha2::{Digest as _, Sha256};

/// Bytes before the first entry: the magic, the version, zeros.
const START: [u8; 16] = {
    let mut start = [0; 16];
    start.split_at_mut(BUNDLE_MAGIC.len()).0.copy_from_slice(BUNDLE_MAGIC);
    start[8] = 1;
    start
};
/// An entry's head begins with its kind; this one is none.
const END: u8 = 0;

/// What comes next.
#[derive(Debug)]
pub(super) enum Step {
    /// An entry begins.
    Entry(EntryHead),
    /// Bytes of it.
    Bytes(Bytes),
    /// It is over; whether its bytes are those that its head names.
    EntryOver(bool),
}

#[derive(Debug)]
enum State {
    Start,
    Head,
    Entry { left: u64, sum: Box<Sha256>, expected: [u8; 32] },
    Over,
}

/// The reader.
#[derive(Debug)]
pub(super) struct Bundle {
    state: State,
    /// The beginning of what is not whole yet.
    buffer: BytesMut,
}

/// Bytes that no writer writes; nothing more can be read.
#[derive(Debug)]
pub(super) struct Malformed;

impl Bundle {
    pub(super) fn new() -> Self {
        Self { state: State::Start, buffer: BytesMut::new() }
    }

    /// Takes from `bytes` what the next step needs; `None` when there is too little of it.
    pub(super) fn next(&mut self, bytes: &mut Bytes) -> Result<Option<Step>, Malformed> {
        loop {
            match &mut self.state {
                State::Start => {
                    let Some(start) = self.gather(START.len(), bytes) else { return Ok(None) };
                    if start != START[..] {
                        return Err(Malformed);
                    }
                    self.state = State::Head;
                }
                State::Head => {
                    if self.buffer.first().or(bytes.first()) == Some(&END) {
                        self.state = State::Over;
                        continue;
                    }
                    let Some(head) = self.gather(ENTRY_HEAD_LEN, bytes) else { return Ok(None) };
                    let head = EntryHead::parse(&head[..].try_into().map_err(|_| Malformed)?).map_err(|_| Malformed)?;
                    self.state = State::Entry { left: head.length, sum: Box::default(), expected: head.sha256 };
                    return Ok(Some(Step::Entry(head)));
                }
                State::Entry { left: 0, sum, expected } => {
                    let whole = sum.finalize_reset() == *expected;
                    self.state = State::Head;
                    return Ok(Some(Step::EntryOver(whole)));
                }
                State::Entry { left, sum, .. } => {
                    if bytes.is_empty() {
                        return Ok(None);
                    }
                    let most = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                    let piece = bytes.split_to(most);
                    sum.update(&piece);
                    *left -= piece.len() as u64;
                    return Ok(Some(Step::Bytes(piece)));
                }
                // The sum of all entries follows; each was summed by itself.
                State::Over => {
                    bytes.clear();
                    return Ok(None);
                }
            }
        }
    }

    /// Whether its end was seen.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Exactly `length` bytes, once they are here.
    fn gather(&mut self, length: usize, bytes: &mut Bytes) -> Option<Bytes> {
        let more = (length - self.buffer.len()).min(bytes.len());
        self.buffer.extend_from_slice(&bytes[..more]);
        bytes.advance(more);
        (self.buffer.len() == length).then(|| self.buffer.split().freeze())
    }
}

#[cfg(test)]
mod tests {
    use hamseda_core::Handle;
    use hamseda_seal::bundle::{BundleWriter, EntryKind};
    use proptest::prelude::*;

    use super::*;

    fn write(entries: &[Vec<u8>]) -> Vec<u8> {
        let mut writer = BundleWriter::new(Vec::new()).unwrap();
        for entry in entries {
            let (length, sha256) = (entry.len() as u64, Sha256::digest(entry).into());
            let head = EntryHead { kind: EntryKind::Part, length, handle: Handle::from_bytes([7; 32]), sha256 };
            writer.add(&head, entry.as_slice()).unwrap();
        }
        writer.finish().unwrap()
    }

    /// Entries that came whole and fit, and whether the end was seen.
    fn read(bundle: &[u8], step: usize) -> Result<(Vec<Vec<u8>>, bool), Malformed> {
        let (mut reader, mut entries, mut entry) = (Bundle::new(), Vec::new(), Vec::new());
        for piece in bundle.chunks(step) {
            let mut piece = Bytes::copy_from_slice(piece);
            while let Some(step) = reader.next(&mut piece)? {
                match step {
                    Step::Entry(_) => entry.clear(),
                    Step::Bytes(bytes) => entry.extend_from_slice(&bytes),
                    Step::EntryOver(true) => entries.push(entry.clone()),
                    Step::EntryOver(false) => {}
                }
            }
        }
        Ok((entries, reader.is_over()))
    }

    proptest! {
        #[test]
        fn entries_come_out_however_the_bundle_arrives(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6),
            step in 1usize..400,
            cut: prop::sample::Index,
        ) {
            let bundle = write(&entries);
            prop_assert_eq!(read(&bundle, step).unwrap(), (entries.clone(), true));
            let (came, _) = read(&bundle[..cut.index(bundle.len())], step).unwrap();
            prop_assert!(entries.starts_with(&came));
        }

        #[test]
        fn a_damaged_entry_is_not_taken(mut entry in prop::collection::vec(any::<u8>(), 1..300), at: prop::sample::Index) {
            let mut bundle = write(&[entry.clone(), b"whole".to_vec()]);
            let at = at.index(entry.len());
            bundle[START.len() + ENTRY_HEAD_LEN + at] ^= 1;
            entry[at] ^= 1;
            prop_assert_eq!(read(&bundle, 50).unwrap(), (vec![b"whole".to_vec()], true));
        }

        #[test]
        fn any_bytes_end_in_some_way(bytes in prop::collection::vec(any::<u8>(), 0..600), step in 1usize..90) {
            let _ = read(&bytes, step);
            let _ = read(&[&START[..], &bytes].concat(), step);
        }
    }
}

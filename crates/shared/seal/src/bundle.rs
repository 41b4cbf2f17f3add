//! A bundle: sealed files, parts and small files in one file for a stick.
//!
//! Every entry carries its own length and SHA-256, so a stick that was pulled out or went bad loses what it lost and
//! nothing else: whatever came whole is good by itself. The end names the SHA-256 of everything before, so that a bundle
//! that was cut can be told from a short one.
//!
//! Reader and writer stream: memory is a small buffer, whatever is carried.
//!
//! Refuses: names, times, an order that tells something (the writer is given entries in random order by its caller), bytes
//! after the end, a second byte form.

use std::io::{self, Read, Write};

use hamseda_core::{Coded, Handle};
use sha2::{Digest, Sha256};

/// First bytes of a bundle.
pub const BUNDLE_MAGIC: &[u8; 8] = b"hamsedab";
/// Length of what stands before an entry's bytes.
pub const ENTRY_HEAD_LEN: usize = 80;
/// Longest entry that is read, bytes: far above any cap that is set.
pub const ENTRY_MAX_LEN: u64 = 64 * 1024 * 1024 * 1024;

const VERSION: u8 = 1;
const END: u8 = 0;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A whole sealed file.
    Sealed,
    /// A numbered part.
    Part,
    /// A small file, or a sealed letter.
    Small,
}

impl EntryKind {
    const fn code(self) -> u8 {
        match self {
            Self::Sealed => 1,
            Self::Part => 2,
            Self::Small => 3,
        }
    }

    const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Sealed),
            2 => Some(Self::Part),
            3 => Some(Self::Small),
            _ => None,
        }
    }
}

/// What stands before an entry's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryHead {
    /// What it is.
    pub kind: EntryKind,
    /// Its length, bytes.
    pub length: u64,
    /// What a withdrawal is matched by; random where the writer does not know it.
    pub handle: Handle,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// A bundle that can't be read any further. Entries that came before it are good.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The first bytes are another file's.
    #[error("this is not a bundle; choose the file that hamseda bundle wrote")]
    NotABundle,
    /// A format this version doesn't know.
    #[error("this bundle was made by another version of Hamseda; update this one")]
    Version,
    /// Bytes that no writer writes.
    #[error("the bundle is damaged here; what came before is safe, bring the rest again")]
    Malformed,
    /// An entry whose bytes are not those its head names.
    #[error("an entry of the bundle is damaged; copy the bundle again from where it was made")]
    Damaged,
    /// It ends too early.
    #[error("the bundle was cut; what came before is safe, copy it again from where it was made")]
    Cut,
    /// More than was announced, or less.
    #[error("a file changed while it was bundled; make the bundle again")]
    Length,
    /// The file can't be read or written.
    #[error(transparent)]
    Io(io::Error),
}

impl Coded for BundleError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotABundle => "bundle-not-a-bundle",
            Self::Version => "bundle-version",
            Self::Malformed => "bundle-malformed",
            Self::Damaged => "bundle-damaged",
            Self::Cut => "bundle-cut",
            Self::Length => "bundle-length",
            Self::Io(_) => "bundle-io",
        }
    }
}

impl From<io::Error> for BundleError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Cut } else { Self::Io(error) }
    }
}

impl EntryHead {
    /// The head as it stands in the file.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ENTRY_HEAD_LEN] {
        let mut bytes = [0; ENTRY_HEAD_LEN];
        bytes[0] = self.kind.code();
        bytes[8..16].copy_from_slice(&self.length.to_be_bytes());
        bytes[16..48].copy_from_slice(self.handle.as_bytes());
        bytes[48..].copy_from_slice(&self.sha256);
        bytes
    }

    /// Reads a head.
    ///
    /// # Errors
    /// [`BundleError::Malformed`] for bytes that no writer writes.
    pub fn parse(bytes: &[u8; ENTRY_HEAD_LEN]) -> Result<Self, BundleError> {
        let field = |at: usize| std::array::from_fn(|i| bytes[at + i]);
        let kind = EntryKind::from_code(bytes[0]).ok_or(BundleError::Malformed)?;
        let length = u64::from_be_bytes(std::array::from_fn(|i| bytes[8 + i]));
        let head = Self { kind, length, handle: Handle::from_bytes(field(16)), sha256: field(48) };
        if head.to_bytes() == *bytes && length <= ENTRY_MAX_LEN { Ok(head) } else { Err(BundleError::Malformed) }
    }
}

/// Writes a bundle; [`BundleWriter::finish`] must be called, else the bundle is a cut one.
pub struct BundleWriter<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> BundleWriter<W> {
    /// Begins a bundle.
    ///
    /// # Errors
    /// [`BundleError::Io`].
    pub fn new(out: W) -> Result<Self, BundleError> {
        let mut writer = Self { out, hash: Sha256::new() };
        let mut start = [0; 16];
        start[..8].copy_from_slice(BUNDLE_MAGIC);
        start[8] = VERSION;
        writer.put(&start)?;
        Ok(writer)
    }

    /// Adds an entry whose length and SHA-256 are known, and checks that its bytes are those.
    ///
    /// # Errors
    /// [`BundleError::Length`] when they are not; the bundle is of no use then. [`BundleError::Io`].
    pub fn add(&mut self, head: &EntryHead, mut bytes: impl Read) -> Result<(), BundleError> {
        self.put(&head.to_bytes())?;
        let mut buffer = [0; 16 * 1024];
        let (mut length, mut sha256) = (0, Sha256::new());
        loop {
            let read = match bytes.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => &buffer[..read],
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(BundleError::Io(e)),
            };
            length += read.len() as u64;
            if length > head.length {
                return Err(BundleError::Length);
            }
            sha256.update(read);
            self.put(read)?;
        }
        if length == head.length && sha256.finalize() == head.sha256 { Ok(()) } else { Err(BundleError::Length) }
    }

    /// Writes the end and gives the output back, flushed.
    ///
    /// # Errors
    /// [`BundleError::Io`].
    pub fn finish(mut self) -> Result<W, BundleError> {
        self.put(&[END; 16])?;
        let sum: [u8; 32] = self.hash.finalize().into();
        self.out.write_all(&sum).and_then(|()| self.out.flush()).map_err(BundleError::Io)?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), BundleError> {
        self.hash.update(bytes);
        self.out.write_all(bytes).map_err(BundleError::Io)
    }
}

/// Reads a bundle entry by entry.
pub struct BundleReader<R> {
    input: R,
    hash: Sha256,
    /// The entry under way: what is left of it, its sum so far, the sum it must have.
    entry: Option<(u64, Sha256, [u8; 32])>,
    ended: bool,
}

impl<R: Read> BundleReader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// [`BundleError::NotABundle`], [`BundleError::Version`], [`BundleError::Io`].
    pub fn new(input: R) -> Result<Self, BundleError> {
        let mut reader = Self { input, hash: Sha256::new(), entry: None, ended: false };
        let magic: [u8; 8] = reader.take().map_err(not_a_bundle)?;
        if magic != *BUNDLE_MAGIC {
            return Err(BundleError::NotABundle);
        }
        match reader.take::<8>()? {
            [VERSION, 0, 0, 0, 0, 0, 0, 0] => Ok(reader),
            [VERSION, ..] => Err(BundleError::Malformed),
            _ => Err(BundleError::Version),
        }
    }

    /// The next entry's head; `None` after a good end. Bytes of the entry before that were not read are passed over,
    /// and checked. After any other error than
    /// [`BundleError::Damaged`] the reader is of no more use.
    ///
    /// # Errors
    /// See [`BundleError`].
    pub fn next_entry(&mut self) -> Result<Option<EntryHead>, BundleError> {
        let mut passed_over = [0; 16 * 1024];
        while self.read(&mut passed_over)? > 0 {}
        if self.ended {
            return Ok(None);
        }
        let start: [u8; 16] = self.take()?;
        if start[0] == END {
            return self.end(&start);
        }
        let rest: [u8; ENTRY_HEAD_LEN - 16] = self.take()?;
        let mut bytes = [0; ENTRY_HEAD_LEN];
        bytes[..16].copy_from_slice(&start);
        bytes[16..].copy_from_slice(&rest);
        let head = EntryHead::parse(&bytes)?;
        self.entry = Some((head.length, Sha256::new(), head.sha256));
        // An empty entry has nothing whose reading would check it.
        self.read(&mut [])?;
        Ok(Some(head))
    }

    /// Reads bytes of the entry; 0 at its end, when its SHA-256 was found to fit.
    ///
    /// # Errors
    /// [`BundleError::Damaged`] with the last bytes: an entry is good only once this returned 0 for a buffer that is not
    /// empty. The entries behind a damaged one can still be read. [`BundleError::Cut`], [`BundleError::Io`].
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, BundleError> {
        let Some((left, sum, expected)) = &mut self.entry else { return Ok(0) };
        let most = usize::try_from(*left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = loop {
            match self.input.read(&mut buffer[..most]) {
                Ok(0) if most > 0 => return Err(BundleError::Cut),
                Ok(read) => break read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(BundleError::Io(e)),
            }
        };
        sum.update(&buffer[..read]);
        self.hash.update(&buffer[..read]);
        *left -= read as u64;
        if *left == 0 {
            let fits = std::mem::take(sum).finalize() == *expected;
            self.entry = None;
            if !fits {
                return Err(BundleError::Damaged);
            }
        }
        Ok(read)
    }

    fn end(&mut self, start: &[u8; 16]) -> Result<Option<EntryHead>, BundleError> {
        if *start != [END; 16] {
            return Err(BundleError::Malformed);
        }
        let sum = self.hash.clone().finalize();
        if self.take::<32>()? != <[u8; 32]>::from(sum) {
            return Err(BundleError::Damaged);
        }
        self.ended = true;
        loop {
            match self.input.read(&mut [0; 1]) {
                Ok(0) => return Ok(None),
                Ok(_) => return Err(BundleError::Malformed),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(BundleError::Io(e)),
            }
        }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], BundleError> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        self.hash.update(bytes);
        Ok(bytes)
    }
}

fn not_a_bundle(error: BundleError) -> BundleError {
    if matches!(error, BundleError::Cut) { BundleError::NotABundle } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Entries = Vec<(EntryKind, Handle, Vec<u8>)>;

    fn write(entries: &Entries) -> Vec<u8> {
        let mut writer = BundleWriter::new(Vec::new()).unwrap();
        for (kind, handle, bytes) in entries {
            let sha256 = Sha256::digest(bytes).into();
            let head = EntryHead { kind: *kind, length: bytes.len() as u64, handle: *handle, sha256 };
            writer.add(&head, bytes.as_slice()).unwrap();
        }
        writer.finish().unwrap()
    }

    /// Everything that can be read, and why it ended.
    fn read(bytes: &[u8], step: usize) -> (Entries, Result<(), &'static str>) {
        let mut entries = Vec::new();
        let end = (|| {
            let mut reader = BundleReader::new(bytes)?;
            while let Some(head) = reader.next_entry()? {
                let (mut all, mut buffer) = (Vec::new(), vec![0; step]);
                while let n @ 1.. = reader.read(&mut buffer)? {
                    all.extend_from_slice(&buffer[..n]);
                }
                entries.push((head.kind, head.handle, all));
            }
            Ok::<_, BundleError>(())
        })();
        (entries, end.map_err(|e| e.code()))
    }

    fn entries() -> impl Strategy<Value = Entries> {
        let kind = prop_oneof![Just(EntryKind::Sealed), Just(EntryKind::Part), Just(EntryKind::Small)];
        let entry = (kind, any::<[u8; 32]>().prop_map(Handle::from_bytes), prop::collection::vec(any::<u8>(), 0..300));
        prop::collection::vec(entry, 0..6)
    }

    proptest! {
        #[test]
        fn a_bundle_survives_its_bytes(entries in entries(), step in 1usize..400) {
            let bytes = write(&entries);
            let (found, end) = read(&bytes, step);
            prop_assert_eq!(&found, &entries);
            prop_assert_eq!(end, Ok(()));
            prop_assert_eq!(write(&found), bytes);
        }

        #[test]
        fn a_cut_bundle_gives_what_came_whole_and_says_so(entries in entries(), at: prop::sample::Index) {
            let bytes = write(&entries);
            let (found, end) = read(&bytes[..at.index(bytes.len())], 64);
            prop_assert!(end.is_err());
            prop_assert!(entries.starts_with(&found));
        }

        /// A changed byte: no entry with other bytes than its sum says is ever called good, and the fault is told.
        #[test]
        fn a_changed_byte_is_told(entries in entries(), at: prop::sample::Index, bit in 0u8..8) {
            let mut bytes = write(&entries);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let (_, end) = read(&bytes, 64);
            prop_assert!(end.is_err(), "byte {} bit {}", at, bit);
        }

        #[test]
        fn any_bytes_are_refused_or_come_back(mut bytes in prop::collection::vec(any::<u8>(), 0..400), dress: bool) {
            if dress && bytes.len() > 16 {
                bytes[..16].copy_from_slice(b"hamsedab\x01\0\0\0\0\0\0\0");
            }
            let (found, end) = read(&bytes, 7);
            if end.is_ok() {
                prop_assert_eq!(write(&found), bytes);
            }
        }
    }

    #[test]
    fn entries_that_are_not_read_are_passed_over() {
        let entries = vec![
            (EntryKind::Part, Handle::from_bytes([1; 32]), vec![7; 40_000]),
            (EntryKind::Sealed, Handle::from_bytes([2; 32]), vec![8; 5]),
        ];
        let bytes = write(&entries);
        let mut reader = BundleReader::new(bytes.as_slice()).unwrap();
        assert_eq!(reader.next_entry().unwrap().unwrap().kind, EntryKind::Part);
        assert_eq!(reader.next_entry().unwrap().unwrap().length, 5);
        assert!(reader.next_entry().unwrap().is_none());
        assert!(reader.next_entry().unwrap().is_none());
    }

    #[test]
    fn a_bundle_ends_where_it_ends() {
        let mut bytes = write(&vec![]);
        bytes.push(0);
        assert_eq!(read(&bytes, 9).1, Err("bundle-malformed"));
        assert_eq!(read(b"hamseda", 9).1, Err("bundle-not-a-bundle"));
        assert_eq!(read(b"hamsedab\x02\0\0\0\0\0\0\0", 9).1, Err("bundle-version"));
    }

    #[test]
    fn a_file_that_changed_while_it_was_bundled_is_told() {
        let head = EntryHead {
            kind: EntryKind::Sealed,
            length: 3,
            handle: Handle::from_bytes([0; 32]),
            sha256: Sha256::digest(b"abc").into(),
        };
        for bytes in [&b"abd"[..], b"ab", b"abcd"] {
            let mut writer = BundleWriter::new(Vec::new()).unwrap();
            assert!(matches!(writer.add(&head, bytes), Err(BundleError::Length)), "{bytes:?}");
        }
    }
}

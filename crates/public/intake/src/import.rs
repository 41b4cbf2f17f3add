//! A stick is handed over: sealed files, parts, bundles, withdrawals and letters of a folder go into the inbox, while the
//! intake serves or while it does not.
//!
//! Everything is durable before it is counted, and known when it comes again: an import that was killed is simply run again.
//!
//! Refuses: what is not sealed, by its first bytes. File names are the caller's, for its own eyes; nothing of them is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use bytes::Bytes;
use hamseda_core::{Coded, Day, Handle, SealedHash};
use hamseda_inbox::{Admission, Arrival, Cut, Gathered, Inbox, InboxError, Lane};
use hamseda_seal::bundle::{BundleError, BundleReader};
use hamseda_seal::handover::{Handover, Incomplete};
use hamseda_seal::parts::{PART_HEADER_LEN, PartError, PartHeader};
use hamseda_seal::{Carried, ShapeCheck, ShapeError, SmallFile, SmallFileError, handle};

use crate::Config;
use crate::roads::{WholeCheck, any_handle, is_letter};

/// Bytes read at a time; letters and small files fit.
const PIECE: usize = 256 * 1024;

/// A file that was not taken. The import goes on with the next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Not sealed.
    #[error("this is not sealed; seal it on the device it was recorded on, and never carry it as it is")]
    Foreign,
    /// Not a sealed message of this campaign.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// Not a part.
    #[error(transparent)]
    Part(#[from] PartError),
    /// Shorter or longer than it says of itself.
    #[error("this part is cut off or longer than it says; copy it again")]
    PartLength,
    /// Not a small file.
    #[error(transparent)]
    Small(#[from] SmallFileError),
    /// A question, which a stick brings no answer to.
    #[error("this asks for a status; hand it in by the form on the campaign's page, which gives the answer")]
    Question,
    /// A bundle that can't be read any further.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A part that does not go with the others.
    #[error(transparent)]
    Inbox(InboxError),
    /// It can't be read.
    #[error("it can't be read: {0}")]
    Read(#[source] io::Error),
}

impl Coded for Refused {
    fn code(&self) -> &'static str {
        match self {
            Self::Foreign => "import-foreign",
            Self::Shape(e) => e.code(),
            Self::Part(e) => e.code(),
            Self::PartLength => "import-part-length",
            Self::Small(e) => e.code(),
            Self::Question => "import-question",
            Self::Bundle(e) => e.code(),
            Self::Inbox(e) => e.code(),
            Self::Read(_) => "import-read",
        }
    }
}

/// Why a file was not taken, or why nothing more can be.
enum Failed {
    Refused(Refused),
    Store(InboxError),
}

impl<E: Into<Refused>> From<E> for Failed {
    fn from(refused: E) -> Self {
        Self::Refused(refused.into())
    }
}

/// Sorts what the inbox says: a fault of the file, or of the machine.
fn sorted(error: InboxError) -> Failed {
    match error {
        InboxError::OtherCut | InboxError::OtherPart | InboxError::NotTheFile => Failed::Refused(Refused::Inbox(error)),
        error => Failed::Store(error),
    }
}

/// What came of a stick so far.
#[derive(Debug, Default)]
pub struct Imported {
    /// Messages that were new.
    pub new: BTreeSet<SealedHash>,
    /// Messages that were here before.
    pub known: BTreeSet<SealedHash>,
    /// Messages of which parts are missing.
    pub incomplete: Vec<Incomplete>,
    /// Withdrawals passed on.
    pub withdrawals: u32,
    /// Letters passed on.
    pub letters: u32,
    /// What was refused, in the order in which it came.
    pub refused: Vec<Refused>,
}

/// An import under way.
pub struct Import {
    config: Config,
    imported: Imported,
    /// Messages that came in parts.
    cut: BTreeMap<SealedHash, u16>,
}

impl Import {
    /// Begins.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config, imported: Imported::default(), cut: BTreeMap::new() }
    }

    /// Takes one file of the stick, whatever it is. What is refused is noted; how many were so far tells whether this one was.
    ///
    /// # Errors
    /// When the inbox can take no more. What it took is safe; run the import again.
    pub async fn file(&mut self, mut input: impl Read) -> Result<(), InboxError> {
        let begun = first_piece(&mut input, PIECE);
        let taken = match begun {
            Ok(first) if first.starts_with(Handover::START.as_bytes()) => Ok(()),
            Ok(first) if Carried::of(&first) == Carried::Bundle => return self.bundle(first.chain(input)).await,
            Ok(first) => self.item(&first, &mut input, any_handle()).await,
            Err(error) => Err(Failed::Refused(Refused::Read(error))),
        };
        self.noted(taken)
    }

    /// What came of it, with the parts that are still missing.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn finish(mut self) -> Result<Imported, InboxError> {
        for &sealed in self.cut.keys() {
            let Some((cut, missing)) = self.config.inbox.unfinished(sealed).await? else { continue };
            let missing = missing.iter().map(|number| number.saturating_add(1)).collect();
            self.imported.incomplete.push(Incomplete { sealed, parts: cut.parts, missing });
        }
        Ok(self.imported)
    }

    /// How far it is.
    #[must_use]
    pub const fn so_far(&self) -> &Imported {
        &self.imported
    }

    fn noted(&mut self, taken: Result<(), Failed>) -> Result<(), InboxError> {
        match taken {
            Ok(()) => Ok(()),
            Err(Failed::Refused(refused)) => {
                self.imported.refused.push(refused);
                Ok(())
            }
            Err(Failed::Store(error)) => Err(error),
        }
    }

    async fn bundle(&mut self, input: impl Read) -> Result<(), InboxError> {
        let mut reader = match BundleReader::new(input) {
            Ok(reader) => reader,
            Err(error) => return self.noted(Err(error.into())),
        };
        loop {
            let head = match reader.next_entry() {
                Ok(Some(head)) => head,
                Ok(None) => return Ok(()),
                Err(error) => return self.noted(Err(error.into())),
            };
            let mut entry = Entry { reader: &mut reader, failed: None };
            let taken = match first_piece(&mut entry, PIECE) {
                Ok(first) => self.item(&first, &mut entry, head.handle).await,
                Err(error) => Err(Failed::Refused(Refused::Read(error))),
            };
            match entry.failed {
                // One entry is damaged; those behind it are read by their own sums.
                Some(error @ BundleError::Damaged) => self.noted(Err(error.into()))?,
                Some(error) => return self.noted(Err(error.into())),
                None => self.noted(taken)?,
            }
        }
    }

    /// One file that is no bundle: its first bytes, and the rest.
    async fn item(&mut self, first: &[u8], rest: &mut impl Read, handle: Handle) -> Result<(), Failed> {
        match Carried::of(first) {
            Carried::Part => self.part(first, rest).await,
            Carried::Sealed if first.len() < PIECE && is_letter(first) => {
                self.config.inbox.put_letter(first, self.today()).await.map_err(sorted)?;
                self.imported.letters += 1;
                Ok(())
            }
            Carried::Sealed => self.whole(first, rest, handle).await,
            Carried::Small => self.small(first).await,
            Carried::Bundle | Carried::Foreign => Err(Refused::Foreign.into()),
        }
    }

    async fn part(&mut self, first: &[u8], rest: &mut impl Read) -> Result<(), Failed> {
        let header = PartHeader::parse(first)?;
        let mut shape = self.shape(header.total(), header.offset())?;
        let mut left = u64::from(header.payload_len());
        let mut payload = self.inbox().incoming(Lane::Invited, self.today());
        let mut pieces = Pieces::new(&first[PART_HEADER_LEN..], rest);
        while let Some(piece) = pieces.next()? {
            left = left.checked_sub(piece.len() as u64).ok_or(Refused::PartLength)?;
            shape.feed(&piece)?;
            payload.write(piece).await.map_err(sorted)?;
        }
        if left > 0 {
            return Err(Refused::PartLength.into());
        }
        let cut =
            Cut { sealed: header.sealed(), total: header.total(), parts: header.count(), stride: header.stride() };
        let admission = Admission::carried(header.handle());
        self.cut.insert(cut.sealed, cut.parts);
        let kept =
            self.inbox().keep_part(&cut, header.index(), payload, &admission, self.today()).await.map_err(sorted)?;
        match kept.file {
            Gathered::Missing(_) => {}
            Gathered::Whole(arrival) => self.arrived(cut.sealed, arrival),
        }
        Ok(())
    }

    async fn whole(&mut self, first: &[u8], rest: &mut impl Read, handle: Handle) -> Result<(), Failed> {
        let mut shape = WholeCheck::new(&self.config.limits);
        let mut file = self.inbox().incoming(Lane::Invited, self.today());
        let mut pieces = Pieces::new(first, rest);
        while let Some(piece) = pieces.next()? {
            shape.feed(&piece)?;
            file.write(piece).await.map_err(sorted)?;
        }
        let length = shape.finish()?;
        self.shape(length, length)?;
        self.inbox().sum_all_waiting(length, self.today()).await.map_err(sorted)?;
        let sealed = file.sum();
        let arrival = self.inbox().keep_whole(file, &Admission::carried(handle), self.today()).await.map_err(sorted)?;
        self.arrived(sealed, arrival);
        Ok(())
    }

    async fn small(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        match SmallFile::parse(bytes)? {
            SmallFile::Status(_) => Err(Refused::Question.into()),
            SmallFile::Withdrawal(secret) => {
                let (inbox, day) = (self.inbox(), self.today());
                inbox.withdraw(secret.expose(), handle(&secret), day).await.map_err(sorted)?;
                inbox.finish_removals().await.map_err(sorted)?;
                self.imported.withdrawals += 1;
                Ok(())
            }
        }
    }

    /// Nobody is told that a message was taken back: it counts as known.
    fn arrived(&mut self, sealed: SealedHash, arrival: Arrival) {
        match arrival {
            Arrival::New(_) => {
                self.imported.new.insert(sealed);
            }
            Arrival::Known | Arrival::Withdrawn if self.imported.new.contains(&sealed) => {}
            Arrival::Known | Arrival::Withdrawn => {
                self.imported.known.insert(sealed);
            }
        }
    }

    fn shape(&self, total: u64, at: u64) -> Result<ShapeCheck, ShapeError> {
        self.config.keys.shape(total, at, self.today(), &self.config.limits)
    }

    const fn inbox(&self) -> &Inbox {
        &self.config.inbox
    }

    fn today(&self) -> Day {
        self.config.clock.today()
    }
}

/// The first bytes of a file, and then the rest.
struct Pieces<'a, R> {
    first: &'a [u8],
    rest: &'a mut R,
}

impl<'a, R: Read> Pieces<'a, R> {
    fn new(first: &'a [u8], rest: &'a mut R) -> Self {
        Self { first, rest }
    }

    fn next(&mut self) -> Result<Option<Bytes>, Refused> {
        let first = std::mem::take(&mut self.first);
        if !first.is_empty() {
            return Ok(Some(Bytes::copy_from_slice(first)));
        }
        let piece = first_piece(self.rest, PIECE).map_err(Refused::Read)?;
        Ok((!piece.is_empty()).then(|| piece.into()))
    }
}

/// Up to `most` bytes; fewer only at the end.
fn first_piece(input: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut piece = Vec::with_capacity(most);
    input.take(most as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

/// An entry of a bundle, read as a file is.
struct Entry<'a, R> {
    reader: &'a mut BundleReader<R>,
    failed: Option<BundleError>,
}

impl<R: Read> Read for Entry<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|error| {
            let told = io::Error::other(error.to_string());
            self.failed = Some(error);
            told
        })
    }
}

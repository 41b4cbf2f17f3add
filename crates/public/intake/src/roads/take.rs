//! What becomes of each file of the form, and of each file in a bundle.

use bytes::{Bytes, BytesMut};
use hamseda_core::{Coded as _, Handle, SealedHash, TokenId};
use hamseda_inbox::{Admission, Cut, Gathered, InboxError, Incoming, Lane};
use hamseda_seal::parts::{PART_HEADER_LEN, PartHeader};
use hamseda_seal::{CARRIED_MAGIC_LEN, Carried, ShapeCheck};

use super::any_handle;
use super::bundle::{Bundle, Step};
use super::whole::WholeCheck;
use crate::crowd::Seat;
use crate::form::{Event, Form};
use crate::lane::{Lanes, admission};
use crate::pages::parts::{Set, Taken};
use crate::router::Shared;

/// The form's field for an invite; it stands before the files.
const TOKEN: &str = "token";
/// Longest invite as text.
const TOKEN_MAX: usize = 1024;
/// Bytes that are handed to the disk at a time.
const PIECE: usize = 256 * 1024;

/// Why the rest of a form was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// A file is not sealed.
    Raw,
    /// There is no room.
    Full,
    /// Not what a browser writes.
    Malformed,
    /// The line.
    Cut,
    /// The server ends.
    Ending,
    /// The store.
    Failed,
}

/// The field under way.
enum Field {
    /// Nothing of it is wanted.
    Skip,
    Token(Vec<u8>),
    /// A file of which too little came to tell what it is.
    First(BytesMut),
    Part(Box<PartOnItsWay>),
    Whole(Box<WholeOnItsWay>),
}

struct PartOnItsWay {
    header: PartHeader,
    shape: ShapeCheck,
    left: u64,
    bytes: Buffered,
}

struct WholeOnItsWay {
    shape: WholeCheck,
    bytes: Buffered,
}

/// Takes a form in.
pub(super) struct Taker {
    app: Shared,
    form: Form,
    field: Field,
    /// The bundle whose entry the field is.
    bundle: Option<Bundle>,
    /// First bytes of a file that turned out to be a bundle.
    opened: Option<Bytes>,
    /// What a withdrawal finds the bundle's entry by.
    handle: Option<Handle>,
    invite: Option<TokenId>,
    seat: Option<Seat>,
    taken: Taken,
    /// Files of `taken.sets`, in the same order.
    files: Vec<SealedHash>,
}

impl Taker {
    pub(super) fn new(app: Shared, form: Form, seat: Option<Seat>) -> Self {
        let (bundle, opened, handle, invite) = (None, None, None, None);
        let (taken, files) = (Taken::default(), Vec::new());
        Self { app, form, field: Field::Skip, bundle, opened, handle, invite, seat, taken, files }
    }

    /// What came of the form so far.
    pub(super) fn taken(self) -> Taken {
        self.taken
    }

    /// The form's next bytes.
    pub(super) async fn push(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        self.form.push(bytes);
        loop {
            match self.form.next_event() {
                Ok(Some(Event::Begin { name, file })) => self.begin(&name, file),
                Ok(Some(Event::Data(bytes))) => self.file(bytes).await?,
                Ok(Some(Event::End)) => self.file_end().await?,
                Ok(None) => return Ok(()),
                Err(_) => {
                    self.taken.bad += 1;
                    return Err(Stopped::Malformed);
                }
            }
        }
    }

    /// The form's end.
    pub(super) fn finish(&mut self) -> Result<(), Stopped> {
        self.form.finish().map_err(|_| Stopped::Cut)
    }

    fn begin(&mut self, name: &str, file: bool) {
        self.field = match (file, name) {
            (true, _) => Field::First(BytesMut::new()),
            (false, TOKEN) => Field::Token(Vec::new()),
            (false, _) => Field::Skip,
        };
    }

    /// Bytes of a field: of a file by itself, or of a bundle of files.
    async fn file(&mut self, mut bytes: Bytes) -> Result<(), Stopped> {
        if self.bundle.is_none() {
            self.data(&bytes).await?;
            let Some(first) = self.opened.take() else { return Ok(()) };
            bytes = first;
            self.bundle = Some(Bundle::new());
        }
        while let Some(bundle) = &mut self.bundle {
            match bundle.next(&mut bytes) {
                Ok(Some(Step::Entry(head))) => {
                    self.handle = Some(head.handle);
                    self.field = Field::First(BytesMut::new());
                }
                Ok(Some(Step::Bytes(bytes))) => {
                    self.data(&bytes).await?;
                    // One inside another.
                    if self.opened.take().is_some() {
                        self.bad()?;
                    }
                }
                Ok(Some(Step::EntryOver(true))) => self.end().await?,
                Ok(Some(Step::EntryOver(false))) => self.bad()?,
                Ok(None) => break,
                Err(_) => {
                    self.bundle = None;
                    return self.bad();
                }
            }
        }
        Ok(())
    }

    async fn file_end(&mut self) -> Result<(), Stopped> {
        self.handle = None;
        match self.bundle.take() {
            None => self.end().await,
            Some(bundle) if bundle.is_over() => Ok(()),
            // What came before the cut is kept.
            Some(_) => self.bad(),
        }
    }

    async fn data(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        match &mut self.field {
            Field::Skip => Ok(()),
            Field::Token(text) => {
                text.extend_from_slice(&bytes[..bytes.len().min(TOKEN_MAX.saturating_sub(text.len()))]);
                Ok(())
            }
            Field::First(first) => {
                first.extend_from_slice(bytes);
                self.tell().await
            }
            Field::Part(_) | Field::Whole(_) => self.more(bytes).await,
        }
    }

    /// Finds out what a file is, once enough of it is here.
    async fn tell(&mut self) -> Result<(), Stopped> {
        let Field::First(first) = &mut self.field else { return Ok(()) };
        if first.len() < CARRIED_MAGIC_LEN {
            return Ok(());
        }
        let kind = Carried::of(first);
        if kind == Carried::Part && first.len() < PART_HEADER_LEN {
            return Ok(());
        }
        let first = first.split();
        match kind {
            Carried::Part => {
                let (header, payload) = first.split_at(PART_HEADER_LEN);
                match self.part(header).await? {
                    Some(part) => self.field = Field::Part(Box::new(part)),
                    None => return self.bad(),
                }
                self.more(payload).await
            }
            Carried::Sealed => {
                let shape = WholeCheck::new(&self.app.config.limits);
                let bytes = self.buffered(self.handle.unwrap_or_else(any_handle), None).await?;
                self.field = Field::Whole(Box::new(WholeOnItsWay { shape, bytes }));
                self.more(&first).await
            }
            Carried::Bundle => {
                self.opened = Some(first.freeze());
                self.field = Field::Skip;
                Ok(())
            }
            Carried::Small => self.bad(),
            Carried::Foreign => self.raw(),
        }
    }

    /// A part by its header, if its file may come at all.
    async fn part(&mut self, header: &[u8]) -> Result<Option<PartOnItsWay>, Stopped> {
        let Ok(header) = PartHeader::parse(header) else { return Ok(None) };
        let Ok(shape) = self.app.shape(header.total(), header.offset()) else { return Ok(None) };
        let bytes = self.buffered(header.handle(), Some(header.sealed())).await?;
        Ok(Some(PartOnItsWay { header, shape, left: header.payload_len().into(), bytes }))
    }

    async fn buffered(&mut self, handle: Handle, sealed: Option<SealedHash>) -> Result<Buffered, Stopped> {
        let (inbox, today) = (&self.app.config.inbox, self.app.config.clock.today());
        match inbox.lane_of(&self.admission(handle), sealed).await {
            Ok(lane) => {
                if let Some(seat) = &self.seat {
                    seat.came_by(lane);
                }
                Ok(Buffered { incoming: inbox.incoming(lane, today), buffer: BytesMut::new(), lane })
            }
            Err(error) => Err(self.stopped(&error)),
        }
    }

    async fn more(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        let written = match &mut self.field {
            Field::Part(part) => {
                if bytes.len() as u64 > part.left || part.shape.feed(bytes).is_err() {
                    return self.bad();
                }
                part.left -= bytes.len() as u64;
                part.bytes.write(bytes, &self.app.lanes).await
            }
            Field::Whole(whole) => {
                if whole.shape.feed(bytes).is_err() {
                    return self.bad();
                }
                whole.bytes.write(bytes, &self.app.lanes).await
            }
            _ => return Ok(()),
        };
        written.map_err(|error| self.stopped(&error))
    }

    async fn end(&mut self) -> Result<(), Stopped> {
        match std::mem::replace(&mut self.field, Field::Skip) {
            Field::Skip => Ok(()),
            Field::Token(text) => {
                let text = String::from_utf8_lossy(&text);
                self.invite = admission(&self.app.config.issuers, any_handle(), Some(text.trim())).token;
                Ok(())
            }
            // A field in which no file was chosen.
            Field::First(first) if first.is_empty() => Ok(()),
            // Too short even to be told.
            Field::First(_) => self.bad(),
            Field::Part(part) => self.part_end(*part).await,
            Field::Whole(whole) => self.whole_end(*whole).await,
        }
    }

    async fn part_end(&mut self, part: PartOnItsWay) -> Result<(), Stopped> {
        if part.left > 0 {
            return self.bad();
        }
        let header = part.header;
        let cut =
            Cut { sealed: header.sealed(), total: header.total(), parts: header.count(), stride: header.stride() };
        let admission = self.admission(header.handle());
        let kept = match part.bytes.finish(&self.app.lanes).await {
            Ok(payload) => {
                let day = self.app.config.clock.today();
                self.app.config.inbox.keep_part(&cut, header.index(), payload, &admission, day).await
            }
            Err(error) => Err(error),
        };
        match kept {
            Ok(kept) => {
                let missing = match kept.file {
                    Gathered::Missing(missing) => missing,
                    Gathered::Whole(_) => Vec::new(),
                };
                self.note(cut.sealed, Set { count: cut.parts, missing });
                Ok(())
            }
            Err(InboxError::OtherCut | InboxError::OtherPart | InboxError::NotTheFile) => {
                self.taken.unfit = true;
                self.forget(cut.sealed);
                Ok(())
            }
            Err(error) => Err(self.stopped(&error)),
        }
    }

    async fn whole_end(&mut self, whole: WholeOnItsWay) -> Result<(), Stopped> {
        // A set whose keys are gone, or that never was.
        let taken = whole.shape.finish().is_ok_and(|length| self.app.shape(length, length).is_ok());
        if !taken {
            return self.bad();
        }
        let admission = self.admission(self.handle.unwrap_or_else(any_handle));
        let kept = match whole.bytes.finish(&self.app.lanes).await {
            Ok(file) => {
                let sealed = file.sum();
                let kept = self.app.config.inbox.keep_whole(file, &admission, self.app.config.clock.today()).await;
                kept.map(|_| sealed)
            }
            Err(error) => Err(error),
        };
        match kept {
            Ok(sealed) => {
                self.note(sealed, Set { count: 1, missing: Vec::new() });
                Ok(())
            }
            Err(error) => Err(self.stopped(&error)),
        }
    }

    fn admission(&self, handle: Handle) -> Admission {
        self.invite.map_or_else(|| Admission::ordinary(handle), |token| Admission::invited(handle, token))
    }

    /// Where a file stands now.
    fn note(&mut self, sealed: SealedHash, set: Set) {
        match self.files.iter().position(|file| *file == sealed) {
            Some(at) => self.taken.sets[at] = set,
            None => {
                self.files.push(sealed);
                self.taken.sets.push(set);
            }
        }
    }

    fn forget(&mut self, sealed: SealedHash) {
        if let Some(at) = self.files.iter().position(|file| *file == sealed) {
            self.files.remove(at);
            self.taken.sets.remove(at);
        }
    }

    /// The file is no good; the rest of the form may be.
    fn bad(&mut self) -> Result<(), Stopped> {
        self.taken.bad += 1;
        self.field = Field::Skip;
        Ok(())
    }

    /// The file is not sealed: not another byte of it is wanted.
    fn raw(&mut self) -> Result<(), Stopped> {
        self.taken.raw = true;
        self.field = Field::Skip;
        Err(Stopped::Raw)
    }

    fn stopped(&mut self, error: &InboxError) -> Stopped {
        self.field = Field::Skip;
        if error.is_full() {
            self.taken.full = true;
            return Stopped::Full;
        }
        tracing::error!(code = error.code(), %error, "a form could not be taken in");
        Stopped::Failed
    }
}

/// Bytes on their way to the disk, in pieces that are worth a write.
struct Buffered {
    incoming: Incoming,
    buffer: BytesMut,
    lane: Lane,
}

impl Buffered {
    async fn write(&mut self, bytes: &[u8], lanes: &Lanes) -> Result<(), InboxError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < PIECE { Ok(()) } else { self.flush(lanes).await }
    }

    async fn flush(&mut self, lanes: &Lanes) -> Result<(), InboxError> {
        let piece: Bytes = self.buffer.split().freeze();
        lanes.turn(self.lane, self.incoming.write(piece)).await
    }

    async fn finish(mut self, lanes: &Lanes) -> Result<Incoming, InboxError> {
        self.flush(lanes).await?;
        Ok(self.incoming)
    }
}

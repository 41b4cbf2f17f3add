//! Where the checked bytes of one request go: into a part on the disk, piece by piece, and from time to time into the
//! upload's count.
//!
//! While one part is being made durable the next one fills, so line and disk work at once. With a checksum nothing is
//! counted before the last byte fits it.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hamseda_core::Day;
use hamseda_inbox::{Claim, Inbox, InboxError, Lane, Part, Upload};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::checksum::Sum;
use super::refusal::Refusal;
use crate::Pace;
use crate::lane::{LEAST_PIECE, Lanes, LineOf};

/// A piece that fills in this time is followed by a larger one.
const QUICK: Duration = Duration::from_millis(50);

/// What a part that is being counted comes back with.
type Counted = (Claim, Result<(), InboxError>);

pub(super) struct Sink {
    inbox: Inbox,
    lanes: Lanes,
    pace: Pace,
    day: Day,
    lane: Lane,
    line: LineOf,
    /// Where the upload stands as far as is known here.
    upload: Upload,
    /// Here unless a part is being counted.
    claim: Option<Claim>,
    counting: Option<JoinHandle<Counted>>,
    part: Part,
    buffer: BytesMut,
    /// Bytes that are gathered before they go to the disk: few on a slow line, so that thousands of them fit in memory.
    piece: usize,
    /// When the first byte in the buffer came.
    filling: Instant,
    /// When the oldest byte that is in no finished part came.
    since: Option<Instant>,
    /// With a checksum: it, and the parts that wait for it.
    sum: Option<(Sum, Vec<Part>)>,
}

impl Sink {
    pub(super) fn new(inbox: Inbox, lanes: Lanes, pace: Pace, day: Day, claim: Claim, sum: Option<Sum>) -> Self {
        let upload = *claim.upload();
        Self {
            part: inbox.part(upload.lane, day),
            line: lanes.line(upload.lane),
            inbox,
            lanes,
            pace,
            day,
            lane: upload.lane,
            upload,
            claim: Some(claim),
            counting: None,
            buffer: BytesMut::new(),
            piece: LEAST_PIECE.min(pace.piece_bytes).min(pace.part_bytes),
            filling: Instant::now(),
            since: None,
            sum: sum.map(|sum| (sum, Vec::new())),
        }
    }

    /// When the bytes that wait must be made durable although more could come; `None` when there are too few.
    pub(super) fn due(&self) -> Option<Instant> {
        let enough = self.waiting() >= self.pace.least_bytes as u64 && self.sum.is_none();
        self.since.filter(|_| enough).map(|since| since + self.pace.flush)
    }

    /// Bytes that are in no finished part.
    pub(super) fn waiting(&self) -> u64 {
        self.part.length() + self.buffer.len() as u64
    }

    /// Whether nothing counts before the end.
    pub(super) const fn checked(&self) -> bool {
        self.sum.is_some()
    }

    /// Adds bytes to the sum alone: they are not kept.
    pub(super) fn only_sum(&mut self, bytes: &[u8]) {
        if let Some((sum, _)) = &mut self.sum {
            sum.add(bytes);
        }
    }

    /// Whether the bytes so far fit the checksum, if there is one.
    pub(super) fn sum_fits(&self) -> bool {
        self.sum.as_ref().is_none_or(|(sum, _)| sum.fits())
    }

    /// Takes bytes in.
    pub(super) async fn push(&mut self, mut bytes: &[u8]) -> Result<(), Refusal> {
        self.only_sum(bytes);
        self.lanes.stir(self.lane);
        while !bytes.is_empty() {
            let in_part = self.part.length() as usize + self.buffer.len();
            let room = (self.piece - self.buffer.len()).min(self.pace.part_bytes - in_part);
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            let since = *self.since.get_or_insert_with(Instant::now);
            if self.buffer.is_empty() {
                self.filling = if in_part == 0 { since } else { Instant::now() };
                // At once and no more: a buffer that grows leaves its smaller selves behind.
                self.buffer.reserve(room);
            }
            self.buffer.extend_from_slice(now);
            bytes = rest;
            if in_part + now.len() == self.pace.part_bytes {
                self.close().await?;
            } else if self.buffer.len() == self.piece {
                self.spill().await?;
            }
        }
        Ok(())
    }

    /// The buffer goes into the part.
    async fn spill(&mut self) -> Result<(), Refusal> {
        let bytes = std::mem::take(&mut self.buffer).freeze();
        let quick = self.filling.elapsed() < QUICK;
        let piece = if quick { self.piece * 2 } else { (self.piece / 2).max(LEAST_PIECE) };
        self.piece = piece.min(self.line.piece()).min(self.pace.piece_bytes).min(self.pace.part_bytes);
        let written = self.lanes.turn(self.lane, self.part.write(bytes)).await;
        if let Err(error) = written {
            // What fitted before is worth keeping.
            self.close().await?;
            self.settled().await?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Ends the part that fills and begins another. With a checksum it waits for the end, else it is counted meanwhile.
    pub(super) async fn close(&mut self) -> Result<(), Refusal> {
        self.since = None;
        let bytes = std::mem::take(&mut self.buffer).freeze();
        if self.part.length() == 0 && bytes.is_empty() {
            return Ok(());
        }
        let fresh = self.inbox.part(self.lane, self.day);
        let mut part = std::mem::replace(&mut self.part, fresh);
        if let Some((_, waiting)) = &mut self.sum {
            self.lanes.turn(self.lane, part.finish(bytes)).await?;
            waiting.push(part);
            return Ok(());
        }
        self.settled().await?;
        let Some(mut claim) = self.claim.take() else { return Err(Refusal::Stopping) };
        let (inbox, lanes, lane) = (self.inbox.clone(), self.lanes.clone(), self.lane);
        self.counting = Some(tokio::spawn(async move {
            let counted = finish(&inbox, &lanes, lane, &mut claim, part, bytes).await;
            (claim, counted)
        }));
        Ok(())
    }

    /// Waits until every closed part is counted.
    pub(super) async fn settled(&mut self) -> Result<(), Refusal> {
        let Some(counting) = self.counting.take() else { return Ok(()) };
        let Ok((claim, counted)) = counting.await else { return Err(Refusal::Stopping) };
        self.upload = *claim.upload();
        self.claim = Some(claim);
        Ok(counted?)
    }

    /// Makes everything durable that came, and says where the upload stands. With a checksum: if it fits.
    pub(super) async fn end(mut self) -> Result<Upload, Refusal> {
        self.close().await?;
        self.settled().await?;
        if let Some((sum, parts)) = self.sum.take() {
            if !sum.fits() {
                return Err(Refusal::Checksum);
            }
            let Some(claim) = &mut self.claim else { return Err(Refusal::Stopping) };
            self.inbox.count(claim, parts).await?;
            self.upload = *claim.upload();
        }
        Ok(self.upload)
    }

    /// The line ended before its time: what came is kept, unless a checksum can no longer fit.
    pub(super) async fn cut(self) -> Result<(), Refusal> {
        if self.checked() { Ok(()) } else { self.end().await.map(drop) }
    }
}

async fn finish(
    inbox: &Inbox,
    lanes: &Lanes,
    lane: Lane,
    claim: &mut Claim,
    mut part: Part,
    bytes: Bytes,
) -> Result<(), InboxError> {
    match lanes.turn(lane, part.finish(bytes)).await {
        Ok(()) => inbox.count(claim, vec![part]).await,
        Err(error) => {
            // The last piece found no room; what came before it is whole.
            inbox.count(claim, vec![part]).await?;
            Err(error)
        }
    }
}

//! One upload through one schedule: a sender that keeps to the protocol, and a record of every promise.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;

use super::schedule::{Fault, Kind, Schedule};
use super::slow::SlowLine;
use super::world::World;
use crate::line::{self, Line};

/// Requests in a row that bring nothing, until the sender gives up.
const PATIENCE: u32 = 60;
/// What stands for a silence that is reckoned, not waited for.
const MOMENT: std::time::Duration = std::time::Duration::from_millis(250);
/// Pieces in which a body is sent.
const PIECE: usize = 64 * 1024;

/// What became of it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Outcome {
    /// What lies there at the end is what was sent.
    pub(crate) identical: bool,
    /// Bytes by which an offset was below what had been acknowledged; the worst.
    pub(crate) fell_back: u64,
    /// Acknowledged bytes were gone with the whole upload.
    pub(crate) lost: u32,
    /// Bytes sent again after one cut; the worst, and the worst in chunks.
    pub(crate) resent: u64,
    pub(crate) over_a_chunk: bool,
    /// It did not end.
    pub(crate) stuck: Option<String>,
    /// What happened, how often.
    pub(crate) faults: BTreeMap<Kind, u32>,
    /// Seconds that a slow line would have taken.
    pub(crate) injected_seconds: u64,
}

impl Outcome {
    /// Every promise was kept.
    pub(crate) const fn kept(&self) -> bool {
        self.identical && self.fell_back == 0 && self.lost == 0 && !self.over_a_chunk && self.stuck.is_none()
    }
}

pub(crate) struct Upload<'a> {
    world: &'a mut World,
    message: Bytes,
    schedule: Schedule,
    path: String,
    /// Where the sender goes on.
    at: u64,
    acknowledged: u64,
    /// Requests that brought nothing since the last that did.
    idle: u32,
    /// Lines that nobody closed.
    dead: Vec<Line>,
    outcome: Outcome,
}

impl<'a> Upload<'a> {
    /// Sends `message` as the schedule says.
    ///
    /// # Errors
    /// The world broke: a server that does not start again.
    pub(crate) fn run(world: &'a mut World, message: Bytes, schedule: Schedule) -> Result<Outcome, String> {
        let path = world.create(message.len() as u64)?;
        let mut upload = Self {
            world,
            message,
            schedule,
            path,
            at: 0,
            acknowledged: 0,
            idle: 0,
            dead: Vec::new(),
            outcome: Outcome::default(),
        };
        upload.send()?;
        if upload.outcome.stuck.is_none() {
            if let Some(end) = upload.schedule.end {
                upload.ending(end)?;
            }
            upload.outcome.identical = upload.world.holds(&upload.path, &upload.message)?;
        }
        upload.dead.clear();
        upload.world.forget(&upload.path);
        Ok(upload.outcome)
    }

    fn len(&self) -> u64 {
        self.message.len() as u64
    }

    fn bytes(&self, from: u64, to: u64) -> Bytes {
        self.message.slice(from as usize..to as usize)
    }

    fn send(&mut self) -> Result<(), String> {
        while self.at < self.len() {
            let (from, to) = (self.at, self.len().min(self.at + self.schedule.chunk));
            let next = self.schedule.faults.first().copied().filter(|fault| fault.at < to);
            match next {
                None => {
                    let answer = self.patch(from, to).and_then(|mut line| line.answer());
                    self.heard(answer, to)?;
                }
                Some(Fault { kind: Kind::Slow, .. }) => {
                    self.outcome.faults.insert(Kind::Slow, 1);
                    self.slowly(from, to)?;
                }
                Some(fault) => {
                    self.schedule.faults.remove(0);
                    *self.outcome.faults.entry(fault.kind).or_default() += 1;
                    self.hurt(fault.kind, from, fault.at.clamp(from, to), to)?;
                }
            }
            if self.at > from {
                self.idle = 0
            } else {
                self.idle += 1
            }
            if self.idle > PATIENCE {
                self.outcome.stuck.get_or_insert(format!("no byte more than {} in {PATIENCE} requests", self.at));
            }
            if self.outcome.stuck.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Opens a PATCH for `from..to` and sends all of it.
    fn patch(&self, from: u64, to: u64) -> io::Result<Line> {
        self.begin(from, to, to)
    }

    /// Opens a PATCH for `from..to` and sends it as far as `stop`.
    fn begin(&self, from: u64, stop: u64, to: u64) -> io::Result<Line> {
        let mut line = Line::patch(self.world.address(), &self.path, from, to - from)?;
        for piece in self.bytes(from, stop).chunks(PIECE) {
            line.send(piece)?;
        }
        Ok(line)
    }

    /// Takes in an answer to a PATCH; asks where the server is, where it was no success.
    fn heard(&mut self, answer: io::Result<line::Answer>, sent: u64) -> Result<(), String> {
        let offset = answer.ok().filter(|answer| answer.status == 204).and_then(|answer| answer.offset());
        match offset {
            Some(offset) => {
                self.acknowledged = self.acknowledged.max(offset);
                self.at = offset;
                Ok(())
            }
            None => self.ask(sent),
        }
    }

    /// Asks for the offset after something went wrong; the line had carried everything below `sent`.
    fn ask(&mut self, sent: u64) -> Result<(), String> {
        for _ in 0..PATIENCE {
            let answer = line::ask(self.world.address(), "HEAD", &self.path, &[]);
            match answer.map(|answer| (answer.status, answer.offset())) {
                Ok((200 | 204, Some(offset))) => {
                    self.stands(offset, sent);
                    return Ok(());
                }
                Ok((404 | 410 | 403, _)) => return self.begin_again(),
                // Locked, busy, or an error of the moment.
                _ => std::thread::sleep(std::time::Duration::from_millis(50)),
            }
        }
        self.outcome.stuck = Some("HEAD was not answered".into());
        Ok(())
    }

    /// Waits a moment until the server is where the line was.
    fn settles(&self, sent: u64) {
        let began = std::time::Instant::now();
        let stands =
            || line::ask(self.world.address(), "HEAD", &self.path, &[]).ok().and_then(|answer| answer.offset());
        while began.elapsed() < MOMENT && stands().is_some_and(|offset| offset < sent) {
            std::thread::sleep(MOMENT / 50);
        }
    }

    fn stands(&mut self, offset: u64, sent: u64) {
        self.outcome.fell_back = self.outcome.fell_back.max(self.acknowledged.saturating_sub(offset));
        let again = sent.saturating_sub(offset);
        self.outcome.resent = self.outcome.resent.max(again);
        self.outcome.over_a_chunk |= again > self.schedule.chunk;
        self.at = offset;
        self.acknowledged = self.acknowledged.min(offset);
    }

    /// The server knows nothing of this upload any more.
    fn begin_again(&mut self) -> Result<(), String> {
        self.outcome.lost += 1;
        self.path = self.world.create(self.len())?;
        (self.at, self.acknowledged) = (0, 0);
        Ok(())
    }

    /// Makes one thing go wrong with the chunk `from..to`, after the bytes below `stop` were sent.
    fn hurt(&mut self, kind: Kind, from: u64, stop: u64, to: u64) -> Result<(), String> {
        match kind {
            Kind::Reset => {
                if let Ok(line) = self.begin(from, stop, to) {
                    line.reset();
                }
                self.ask(stop)
            }
            Kind::Close | Kind::Slow => {
                drop(self.begin(from, stop, to));
                self.ask(stop)
            }
            Kind::HalfOpen => {
                self.dead.extend(self.begin(from, stop, to));
                self.ask(stop)
            }
            Kind::Kill | Kind::PowerCut => {
                let line = self.begin(from, stop, to);
                // Half of the time the server surely took in what was sent: it answered something else since.
                if self.schedule.random.below(2) == 0 {
                    let _ = line::ask(self.world.address(), "HEAD", &self.path, &[]);
                }
                self.ending(kind)?;
                drop(line);
                self.ask(stop)
            }
            Kind::KillAcknowledged | Kind::PowerCutAcknowledged => {
                let answer = self.patch(from, to).and_then(|mut line| line.answer());
                self.heard(answer, to)?;
                self.ending(kind)?;
                self.ask(self.at)
            }
            Kind::DiskFull => self.disk_full(from, to),
            Kind::Reorder => self.reordered(from, stop, to),
            Kind::Again => {
                let answer = self.patch(from, to).and_then(|mut line| line.answer());
                self.heard(answer, to)?;
                let reached = self.at;
                let _ = self.patch(from, to).and_then(|mut line| line.answer());
                self.ask(reached)
            }
            Kind::Unheard => {
                drop(self.patch(from, to));
                self.ask(to)
            }
        }
    }

    fn ending(&mut self, kind: Kind) -> Result<(), String> {
        match kind {
            Kind::PowerCut | Kind::PowerCutAcknowledged => self.world.power_cut(&mut self.schedule.random)?,
            _ => self.world.kill()?,
        }
        // Lines to a dead server are dead at both ends.
        self.dead.clear();
        Ok(())
    }

    fn disk_full(&mut self, from: u64, to: u64) -> Result<(), String> {
        self.world.disk.room(Some(self.schedule.random.below(256 * 1024)));
        let answer = self.patch(from, to).and_then(|mut line| line.answer());
        let heard = self.heard(answer, to);
        self.world.disk.room(None);
        heard
    }

    /// The sender gave a request up and began another; then the rest of the first arrives in between.
    fn reordered(&mut self, from: u64, stop: u64, to: u64) -> Result<(), String> {
        let old = self.begin(from, stop, to);
        self.ask(stop)?;
        let (at, end) = (self.at, self.len().min(self.at + self.schedule.chunk));
        let middle = at + (end - at) / 2;
        let new = self.begin(at, middle, end);
        let late = old.and_then(|mut line| {
            line.send(&self.bytes(stop, to))?;
            Ok(line)
        });
        let answer = new.and_then(|mut line| {
            line.send(&self.bytes(middle, end))?;
            line.answer()
        });
        self.heard(answer, end)?;
        self.dead.extend(late);
        self.ask(self.at)
    }

    /// Sends a chunk in small segments over a line whose time is reckoned, not waited for.
    fn slowly(&mut self, from: u64, to: u64) -> Result<(), String> {
        let mut line = self.begin(from, from, to);
        let mut slow = SlowLine::new(&mut self.schedule.random);
        let mut at = from;
        while at < to {
            let end = to.min(at + slow.segment());
            if !slow.carries() {
                break;
            }
            let sent = line.as_mut().map(|line| line.send(&self.message[at as usize..end as usize]));
            if !matches!(sent, Ok(Ok(()))) {
                break;
            }
            at = end;
        }
        self.outcome.injected_seconds += slow.seconds();
        if at < to {
            // Half a minute of silence has passed, in which a server makes durable what it has: it gets a moment for it.
            drop(line);
            self.settles(at);
            return self.ask(at);
        }
        let answer = line.and_then(|mut line| line.answer());
        self.heard(answer, at)
    }
}

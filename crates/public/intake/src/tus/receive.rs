//! The body of a request becomes parts.
//!
//! Runs as a task of its own: however the connection ends, what had come by then is still written. Every byte passes the
//! shape check before it is kept. Nothing is acknowledged that is not durable.

use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::StreamExt as _;
use hamseda_core::UploadId;
use hamseda_inbox::{Claim, Inbox, InboxError, Upload};
use hamseda_seal::ShapeError;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::checksum::{Expected, Sum};
use super::gate::Gate;
use super::holders::{Ask, Holding};
use super::refusal::Refusal;
use super::sink::Sink;
use crate::router::App;
use crate::stop::Guard;

/// How long bytes that nobody wants are still read, so that the sender sees the answer instead of a broken line.
const LINGER: Duration = Duration::from_secs(5);
/// Somebody asks: a line that brings nothing for this long has brought what it had,
const QUIET: Duration = Duration::from_millis(5);
/// and one that goes on bringing is not listened to for longer than this before the answer.
const LISTEN: Duration = Duration::from_millis(20);
/// How often one request ends a small part because somebody asks: each is a row and a file, and asking costs nothing.
const SMALL_PARTS: u32 = 32;

/// Takes a body in and says where the upload stands after it.
pub(super) async fn receive(
    app: &App,
    claim: Claim,
    holding: Holding,
    expected: Option<Expected>,
    body: Body,
) -> Result<Upload, Refusal> {
    let Upload { id, length, received, .. } = *claim.upload();
    let gate = Gate::open(app, length, received)?;
    let config = &app.config;
    let (inbox, lanes, day) = (config.inbox.clone(), app.lanes.clone(), config.clock.today());
    let sink = Sink::new(inbox.clone(), lanes, config.pace, day, claim, expected.map(Sum::of));
    let (idle, least) = (config.pace.idle, config.pace.least_bytes as u64);
    let receiver = Receiver { id, inbox, idle, gate, foreign: None, sink, holding, least, small: SMALL_PARTS };
    let (answer, answered) = oneshot::channel();
    let mut guard = app.stop.guard();
    tokio::spawn(async move {
        let mut body = body.into_data_stream();
        let result = receiver.run(&mut body, &mut guard).await;
        let refused = result.is_err();
        // Nobody is left to tell when the line was cut.
        let _ = answer.send(result);
        if refused {
            let _ = timeout(LINGER, async { while let Some(Ok(_)) = body.next().await {} }).await;
        }
    });
    answered.await.unwrap_or(Err(Refusal::Cut))
}

/// What happens next on the line.
enum Event {
    Bytes(Bytes),
    Due,
    Asked(Ask),
    End,
    Cut,
    Stop,
}

struct Receiver {
    id: UploadId,
    inbox: Inbox,
    idle: Duration,
    gate: Gate,
    /// With a checksum: what was wrong with the shape. Whether the sender or the line is to blame shows at the end.
    foreign: Option<ShapeError>,
    sink: Sink,
    holding: Holding,
    /// Bytes that are a part worth having.
    least: u64,
    /// Smaller ones that may still be made because somebody asks.
    small: u32,
}

impl Receiver {
    async fn run(mut self, body: &mut BodyDataStream, guard: &mut Guard) -> Result<Upload, Refusal> {
        loop {
            let mut event = self.next(body, guard).await;
            if let Event::Asked(asked) = event {
                match self.listen(body).await? {
                    Some(over) => event = over,
                    None => {
                        self.count(asked).await?;
                        continue;
                    }
                }
            }
            match event {
                Event::Bytes(bytes) => self.take(&bytes).await?,
                Event::Due => self.sink.close().await?,
                Event::Asked(_) => {}
                Event::End => return self.end().await,
                Event::Cut => return self.cut(Refusal::Cut).await,
                Event::Stop => return self.cut(Refusal::Stopping).await,
            }
        }
    }

    async fn next(&mut self, body: &mut BodyDataStream, guard: &mut Guard) -> Event {
        let idle = Instant::now() + self.idle;
        let due = self.sink.due();
        let mut timer = pin!(sleep_until(due.unwrap_or(idle).min(idle)));
        tokio::select! {
            frame = body.next() => event(frame),
            asked = self.holding.asked() => Event::Asked(asked),
            () = guard.told() => Event::Stop,
            () = &mut timer => if due.is_some_and(|due| due <= Instant::now()) { Event::Due } else { Event::Cut },
        }
    }

    /// Takes in what is on the line already; how it ended, if it did.
    async fn listen(&mut self, body: &mut BodyDataStream) -> Result<Option<Event>, Refusal> {
        let until = Instant::now() + LISTEN;
        while Instant::now() < until
            && let Ok(frame) = timeout(QUIET, body.next()).await
        {
            match event(frame) {
                Event::Bytes(bytes) => self.take(&bytes).await?,
                over => return Ok(Some(over)),
            }
        }
        Ok(None)
    }

    /// Counts what came, because somebody asks; ends if a newer request goes on.
    async fn count(&mut self, asked: Ask) -> Result<(), Refusal> {
        let waiting = self.sink.waiting();
        let small = waiting < self.least;
        if waiting > 0 && !self.sink.checked() && (asked.end || !small || self.small > 0) {
            self.small = self.small.saturating_sub(small.into());
            self.sink.close().await?;
        }
        self.sink.settled().await?;
        if asked.end {
            return Err(Refusal::Inbox(InboxError::Taken));
        }
        self.holding.answer(asked);
        Ok(())
    }

    /// Checks bytes and hands them on.
    async fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        if self.foreign.is_some() {
            self.sink.only_sum(bytes);
            return Ok(());
        }
        match self.gate.feed(bytes) {
            Ok(()) => self.sink.push(bytes).await,
            Err(error) if self.sink.checked() => {
                self.sink.only_sum(bytes);
                self.foreign = Some(error);
                Ok(())
            }
            Err(error) => Err(self.refuse(error).await),
        }
    }

    async fn end(mut self) -> Result<Upload, Refusal> {
        match self.foreign.take() {
            None => self.sink.end().await,
            Some(_) if !self.sink.sum_fits() => Err(Refusal::Checksum),
            Some(error) => Err(self.refuse(error).await),
        }
    }

    /// What came is kept.
    async fn cut(self, why: Refusal) -> Result<Upload, Refusal> {
        self.holding.cut();
        self.sink.cut().await?;
        Err(why)
    }

    /// What is no sealed message goes, with all that came before. One that is merely too long may still be one without its
    /// last bytes.
    async fn refuse(&mut self, error: ShapeError) -> Refusal {
        let settled = self.sink.settled().await;
        if matches!(error, ShapeError::TooLong) {
            return error.into();
        }
        // Also one that was taken over meanwhile: its bytes are as foreign.
        drop(settled);
        match self.inbox.terminate(self.id).await {
            Ok(()) => error.into(),
            Err(failed) => failed.into(),
        }
    }
}

fn event(frame: Option<Result<Bytes, axum::Error>>) -> Event {
    match frame {
        Some(Ok(bytes)) => Event::Bytes(bytes),
        Some(Err(_)) => Event::Cut,
        None => Event::End,
    }
}

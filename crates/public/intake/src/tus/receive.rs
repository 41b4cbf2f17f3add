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
use hamseda_inbox::{Claim, Inbox, Upload};
use hamseda_seal::ShapeError;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::checksum::{Expected, Sum};
use super::gate::Gate;
use super::refusal::Refusal;
use super::sink::Sink;
use crate::router::App;
use crate::stop::Guard;

/// How long bytes that nobody wants are still read, so that the sender sees the answer instead of a broken line.
const LINGER: Duration = Duration::from_secs(5);

/// Takes a body in and says where the upload stands after it.
pub(super) async fn receive(
    app: &App,
    claim: Claim,
    expected: Option<Expected>,
    body: Body,
) -> Result<Upload, Refusal> {
    let Upload { id, length, received, .. } = *claim.upload();
    let gate = Gate::open(app, length, received)?;
    let config = &app.config;
    let (inbox, lanes, day) = (config.inbox.clone(), app.lanes.clone(), config.clock.today());
    let sink = Sink::new(inbox.clone(), lanes, config.pace, day, claim, expected.map(Sum::of));
    let receiver = Receiver { id, inbox, idle: config.pace.idle, gate, foreign: None, sink };
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
}

impl Receiver {
    async fn run(mut self, body: &mut BodyDataStream, guard: &mut Guard) -> Result<Upload, Refusal> {
        loop {
            match self.next(body, guard).await {
                Event::Bytes(bytes) => self.take(&bytes).await?,
                Event::Due => self.sink.close().await?,
                Event::End => return self.end().await,
                Event::Cut => {
                    self.sink.cut().await?;
                    return Err(Refusal::Cut);
                }
                Event::Stop => {
                    self.sink.cut().await?;
                    return Err(Refusal::Stopping);
                }
            }
        }
    }

    async fn next(&self, body: &mut BodyDataStream, guard: &mut Guard) -> Event {
        let idle = Instant::now() + self.idle;
        let due = self.sink.due();
        let mut timer = pin!(sleep_until(due.unwrap_or(idle).min(idle)));
        tokio::select! {
            frame = body.next() => match frame {
                Some(Ok(bytes)) => Event::Bytes(bytes),
                Some(Err(_)) => Event::Cut,
                None => Event::End,
            },
            () = guard.told() => Event::Stop,
            () = &mut timer => if due.is_some_and(|due| due <= Instant::now()) { Event::Due } else { Event::Cut },
        }
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

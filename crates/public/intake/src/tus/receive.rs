//! The body of a request becomes parts.
//!
//! Runs as a task of its own: however the connection ends, what had come by then is still written. Every byte passes the
//! shape check before it is kept. Nothing is acknowledged that is not durable.

use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use hamseda_inbox::{Claim, Inbox, Upload};
use hamseda_seal::{ShapeCheck, ShapeError};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::refusal::Refusal;
use crate::Pace;
use crate::router::App;
use crate::stop::Guard;

/// How long bytes that nobody wants are still read, so that the sender sees the answer instead of a broken line.
const LINGER: Duration = Duration::from_secs(5);

/// Takes a body in and says where the upload stands after it.
pub(super) async fn receive(app: &App, claim: Claim, body: Body) -> Result<Upload, Refusal> {
    let Upload { length, received, .. } = *claim.upload();
    let shape = app.shape(length, received)?;
    let receiver = Receiver {
        inbox: app.config.inbox.clone(),
        pace: app.config.pace,
        claim,
        shape,
        buffer: BytesMut::new(),
        since: None,
    };
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
    inbox: Inbox,
    pace: Pace,
    claim: Claim,
    shape: ShapeCheck,
    buffer: BytesMut,
    /// When the oldest byte in the buffer came.
    since: Option<Instant>,
}

impl Receiver {
    async fn run(mut self, body: &mut BodyDataStream, guard: &mut Guard) -> Result<Upload, Refusal> {
        loop {
            match self.next(body, guard).await {
                Event::Bytes(bytes) => self.take(&bytes).await?,
                Event::Due => self.flush().await?,
                Event::End => {
                    self.flush().await?;
                    return Ok(*self.claim.upload());
                }
                Event::Cut => {
                    self.flush().await?;
                    return Err(Refusal::Cut);
                }
                Event::Stop => {
                    self.flush().await?;
                    return Err(Refusal::Stopping);
                }
            }
        }
    }

    async fn next(&self, body: &mut BodyDataStream, guard: &mut Guard) -> Event {
        let idle = Instant::now() + self.pace.idle;
        let due =
            self.since.filter(|_| self.buffer.len() >= self.pace.least_bytes).map(|since| since + self.pace.flush);
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

    /// Checks bytes and buffers them, writing a part whenever one is full.
    async fn take(&mut self, mut bytes: &[u8]) -> Result<(), Refusal> {
        match self.shape.feed(bytes) {
            Ok(()) => {}
            // What is here already may still be a message.
            Err(error @ ShapeError::TooLong) => return Err(error.into()),
            Err(error) => {
                self.inbox.terminate(self.claim.upload().id).await?;
                return Err(error.into());
            }
        }
        while !bytes.is_empty() {
            let room = self.pace.part_bytes - self.buffer.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.since.get_or_insert_with(Instant::now);
            self.buffer.extend_from_slice(now);
            bytes = rest;
            if self.buffer.len() == self.pace.part_bytes {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Refusal> {
        self.since = None;
        Ok(self.inbox.append(&mut self.claim, self.buffer.split().freeze()).await?)
    }
}

//! Shows a message unprotected to the reviewer who asked at the desk: one at a time, only what the custody chain names, through
//! a socket, out of memory. While it works nothing of it is on the disk; when the desk hangs up, it stops.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hamseda_core::{Clock as _, Coded as _, Limits, SystemClock};
use hamseda_desk::hatch::{Answer, Hatch, Why, order, say, send};
use hamseda_protect::{JobError, Original, OriginalProgress, show_original};
use hamseda_vault::{Actor, OriginalView, VaultError};
use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;

use super::Shared;
use crate::failure::Failure;
use crate::output::Output;

/// Most that are shown within an hour: enough for doubts, too few to carry a campaign away.
const HOURLY: usize = 30;
const HOUR: Duration = Duration::from_secs(3600);
/// The desk is told this often how far it is.
const TELL: Duration = Duration::from_millis(300);

/// One worker's counter.
struct Counter {
    shared: Arc<Shared>,
    by: Actor,
    /// One at a time.
    free: Semaphore,
    shown: Mutex<VecDeque<Instant>>,
    out: Output,
}

/// Waits at the hatch until the worker ends. A worker without one prepares all the same.
pub(super) async fn run(shared: Arc<Shared>, hatch: Hatch, name: String, out: Output) -> Result<(), Failure> {
    let opening = match hatch.open(&name).await {
        Ok(opening) => opening,
        Err(error) => {
            out.note(&format!("originals can't be shown by this worker: {error}"));
            return Ok(());
        }
    };
    let by = Actor::Worker(name);
    let counter = Arc::new(Counter { shared, by, free: Semaphore::new(1), shown: Mutex::default(), out });
    loop {
        match opening.next().await {
            Ok(stream) => drop(tokio::spawn(Arc::clone(&counter).serve(stream))),
            Err(error) => {
                out.note(&format!("originals can't be shown any more: {error}"));
                return Ok(());
            }
        }
    }
}

impl Counter {
    async fn serve(self: Arc<Self>, mut stream: UnixStream) {
        // Who hangs up needs no answer.
        let _ = match self.answer(&mut stream).await {
            Ok(original) => send(&mut stream, &original.clip, original.millis).await,
            Err((why, detail)) => say(&mut stream, &Answer::Refused { why, detail }).await,
        };
    }

    async fn answer(&self, stream: &mut UnixStream) -> Result<Original, (Why, String)> {
        let refused = |why| (why, String::new());
        let order = order(&mut *stream).await.map_err(|_| refused(Why::Failed))?;
        let Ok(_place) = self.free.try_acquire() else { return Err(refused(Why::Busy)) };
        if !self.has_room() {
            return Err(refused(Why::TooOften));
        }
        let view = match self.shared.vault.show_original(order.message, order.asked, &self.by).await {
            Ok(view) => view,
            Err(VaultError::NotAsked { .. } | VaultError::NoMessage(_) | VaultError::State { .. }) => {
                return Err(refused(Why::NotAsked));
            }
            Err(error) => return Err(self.failed(error.code(), &error.to_string())),
        };
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
        self.make(stream, &view).await
    }

    /// Whether the hour allows one more.
    fn has_room(&self) -> bool {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        while shown.front().is_some_and(|then| then.elapsed() >= HOUR) {
            shown.pop_front();
        }
        shown.len() < HOURLY
    }

    /// Makes the marked copy and tells the desk meanwhile how far it is.
    async fn make(&self, stream: &mut UnixStream, view: &OriginalView) -> Result<Original, (Why, String)> {
        let keys = self.shared.keyring.now().map_err(|e| self.failed(&e.code, &e.what))?;
        let progress = Arc::new(OriginalProgress::default());
        let (vault, cage, at) = (&self.shared.vault, &self.shared.cage, time());
        let work = show_original(vault, cage, &keys.keys, &Limits::DEFAULT, view, &at, &progress);
        tokio::pin!(work);
        // Also when this worker is told to end.
        let _stop = StopWhenDropped(&progress);
        let outcome = tokio::select! {
            outcome = &mut work => outcome,
            gone = tell(stream, &progress) => {
                progress.stop();
                // Its place is free when nothing of it is left.
                let _ = work.await;
                return Err((Why::Failed, gone.to_string()));
            }
        };
        match outcome {
            Ok(original) => Ok(original),
            Err(JobError::Prepare(e)) if e.blames_clip() => Err((Why::Unreadable, short(&e.to_string()))),
            Err(JobError::Open(e)) => Err((Why::Unreadable, short(&e.to_string()))),
            Err(error) => Err(self.failed(error.code(), &error.to_string())),
        }
    }

    /// The desk hears that it failed; the worker's terminal hears why.
    fn failed(&self, code: &str, what: &str) -> (Why, String) {
        self.out.note(&format!("original: {what} [{code}]"));
        (Why::Failed, String::new())
    }
}

/// What runs on a thread of its own is not ended by dropping whoever waits for it.
struct StopWhenDropped<'a>(&'a OriginalProgress);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Tells how far it is until the desk hangs up.
async fn tell(stream: &mut UnixStream, progress: &OriginalProgress) -> io::Error {
    let (mut from, mut to) = stream.split();
    let mut byte = [0];
    loop {
        tokio::select! {
            // It has nothing more to say: whatever comes is its end.
            read = from.read(&mut byte) => {
                return read.err().unwrap_or_else(|| io::ErrorKind::ConnectionAborted.into());
            }
            () = tokio::time::sleep(TELL) => {
                let (frames, of) = progress.frames();
                if let Err(error) = say(&mut to, &Answer::Made { frames, of }).await {
                    return error;
                }
            }
        }
    }
}

/// Now, to the minute, for the mark on the picture. It is written nowhere else.
fn time() -> String {
    let seconds = SystemClock.now().0.rem_euclid(86_400);
    format!("{} {:02}:{:02} UTC", SystemClock.today(), seconds / 3600, seconds / 60 % 60)
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

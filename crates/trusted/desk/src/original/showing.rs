//! The one unprotected clip that this process may hold, and for whom: in memory, wiped when the view ends or its time is up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use hamseda_core::{MessageId, Secret};
use hamseda_tally::Hash;
use tokio::net::UnixStream;
use tokio::task::AbortHandle;

use crate::hatch::{Heard, Order, Why, hear};

/// The place where one clip can be. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Showing(Arc<Mutex<Place>>);

#[derive(Default)]
struct Place {
    /// Tells one view from the next.
    count: u64,
    view: Option<View>,
}

struct View {
    number: u64,
    message: MessageId,
    /// Whose session asked.
    owner: Hash,
    stage: Stage,
    task: Option<AbortHandle>,
}

impl Drop for View {
    fn drop(&mut self) {
        // Closes the line to the worker, which then stops.
        self.task.iter().for_each(AbortHandle::abort);
    }
}

/// How far a view is.
#[derive(Clone)]
pub(crate) enum Stage {
    /// A worker opens and marks it.
    Made {
        /// Frames made.
        frames: u64,
        /// Frames there will be; 0 while nobody knows.
        of: u64,
    },
    /// It can be looked at.
    Ready(Arc<Secret<Vec<u8>>>),
    /// It is not shown.
    Refused {
        /// Why.
        why: Why,
        /// The worker's own words, if any.
        detail: String,
    },
}

/// A place that was taken. Dropped without [`Seat::fill`], it is free again.
pub(super) struct Seat {
    showing: Showing,
    number: u64,
    owner: Hash,
    filled: bool,
}

impl Showing {
    /// Takes the place, unless another session looks at something or waits for it. A view of the same session ends.
    pub(super) fn take(&self, message: MessageId, owner: Hash) -> Option<Seat> {
        let mut place = self.lock();
        let free = place.view.as_ref().is_none_or(|v| v.owner == owner || matches!(v.stage, Stage::Refused { .. }));
        if !free {
            return None;
        }
        place.count += 1;
        let number = place.count;
        place.view = Some(View { number, message, owner, stage: Stage::Made { frames: 0, of: 0 }, task: None });
        Some(Seat { showing: self.clone(), number, owner, filled: false })
    }

    /// How far the view of `message` is that this session asked for.
    pub(super) fn stage(&self, message: MessageId, owner: Hash) -> Option<Stage> {
        let place = self.lock();
        let view = place.view.as_ref().filter(|v| v.message == message && v.owner == owner)?;
        Some(view.stage.clone())
    }

    /// The clip, for as long as the view lasts.
    pub(super) fn clip(&self, message: MessageId, owner: Hash) -> Option<Weak<Secret<Vec<u8>>>> {
        match self.stage(message, owner)? {
            Stage::Ready(clip) => Some(Arc::downgrade(&clip)),
            _ => None,
        }
    }

    /// Ends the view of this session, if it has one.
    pub(crate) fn end(&self, owner: Hash) {
        self.clear(|view| view.owner == owner);
    }

    fn clear(&self, which: impl Fn(&View) -> bool) {
        let mut place = self.lock();
        let ended = if place.view.as_ref().is_some_and(which) { place.view.take() } else { None };
        // Wiping a large clip takes a moment: not under the lock.
        drop(place);
        drop(ended);
    }

    /// Changes the stage of a view that is still there.
    fn set(&self, number: u64, stage: Stage) {
        if let Some(view) = self.lock().view.as_mut().filter(|v| v.number == number) {
            view.stage = stage;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Asks the worker at the other end; what it hands over stays for `time` and the clip's own length.
    pub(super) fn fill(mut self, worker: UnixStream, order: Order, time: Duration) {
        self.filled = true;
        let (showing, number, owner) = (self.showing.clone(), self.number, self.owner);
        let task = tokio::spawn(async move {
            let made = |frames, of| showing.set(number, Stage::Made { frames, of });
            let lasts = match hear(worker, order, made).await {
                Ok(Heard::Clip { clip, millis }) => {
                    showing.set(number, Stage::Ready(Arc::new(clip)));
                    time + Duration::from_millis(millis)
                }
                Ok(Heard::Refused { why, detail }) => {
                    showing.set(number, Stage::Refused { why, detail });
                    time
                }
                Err(error) => {
                    tracing::warn!(%error, "the worker handed nothing over");
                    showing.set(number, Stage::Refused { why: Why::Failed, detail: String::new() });
                    time
                }
            };
            tokio::time::sleep(lasts).await;
            showing.clear(|view| view.number == number);
        });
        let mut place = self.showing.lock();
        match place.view.as_mut().filter(|v| v.number == number && v.owner == owner) {
            Some(view) => view.task = Some(task.abort_handle()),
            None => task.abort(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.filled {
            self.showing.clear(|view| view.number == self.number);
        }
    }
}

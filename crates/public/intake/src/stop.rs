//! Ending in order: everybody is told, and waited for.

use std::sync::Arc;

use tokio::sync::watch;

/// The switch. Clones are the same switch.
#[derive(Debug, Clone)]
pub(crate) struct Stop(Arc<watch::Sender<bool>>);

/// Somebody who is told, and waited for until dropped.
#[derive(Debug)]
pub(crate) struct Guard(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    pub(crate) fn guard(&self) -> Guard {
        Guard(self.0.subscribe())
    }

    /// Tells everybody and waits until all guards are gone.
    pub(crate) async fn now(&self) {
        self.0.send_replace(true);
        self.0.closed().await;
    }
}

impl Guard {
    /// Returns once the switch is thrown; can be awaited again and again.
    pub(crate) async fn told(&mut self) {
        // The sender outlives its guards; if it did not, that would mean "stop" too.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

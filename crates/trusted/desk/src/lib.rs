//! The private HTTP server: the queue of protected masters, and the decisions of reviewers.
//!
//! Loopback only. Whoever enters gives the key that `hamseda desk` printed and a name, which the custody record keeps with
//! every decision.
//!
//! Refuses: to open a seal, to decode, to start anything; to show any byte but protected artefacts, unless a reviewer asked
//! for the unprotected clip and that was recorded (it then comes from a worker, is marked, and stays in memory); a request
//! that was not made to this machine by name (DNS rebinding); a form that did not come from its own page; caching.

mod app;
mod decide;
mod error;
mod guard;
pub mod hatch;
mod login;
mod made;
mod media;
mod original;
mod pages;
mod queue;
mod reply;
mod texts;
mod twins;
mod view;

use tokio::net::TcpListener;

pub use app::DeskConfig;
pub use error::DeskError;

/// Serves until `shutdown` resolves.
///
/// # Errors
/// [`DeskError::NotLoopback`] for any address but this machine's own; [`DeskError::Io`].
pub async fn serve(
    config: DeskConfig,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), DeskError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(DeskError::NotLoopback(address));
    }
    axum::serve(listener, app::router(config)?).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

//! The accept loop: a connection's address is dropped the moment it is known, and a connection that sends no request
//! does not stay.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::router::{App, router};
use crate::stop::{Guard, Stop};
use crate::{Config, IntakeError, housekeeping};

/// Time for a request's head to arrive, also on a connection that stays open.
const HEAD: Duration = Duration::from_secs(30);
/// Most headers of a request.
const HEADERS: usize = 64;
/// Most bytes of a request's head, and of what is read ahead.
const READ_AHEAD: usize = 64 * 1024;
/// Pause when no connection can be accepted, because too many files are open for instance.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Time that open requests get to make durable what came, when the server ends.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until `shutdown` resolves; then makes durable what came and ends.
///
/// # Errors
/// [`IntakeError::Texts`]. Nothing that happens to a single connection ends the server.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), IntakeError> {
    let stop = Stop::new();
    let chores =
        tokio::spawn(housekeeping::run(config.inbox.clone(), config.clock.clone(), config.limits, stop.guard()));
    let router = router(Arc::new(App::new(config, stop.clone())?));
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _address)) => drop(tokio::spawn(connection(stream, router.clone(), stop.guard()))),
                Err(error) => {
                    tracing::warn!(code = "intake-accept", kind = ?error.kind(), "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, stop.now()).await.is_err() {
        tracing::warn!(code = "intake-drain", "some requests did not end in time; what they had acknowledged is safe");
    }
    chores.abort();
    Ok(())
}

/// Serves one connection. How it ends is nobody's business: errors here are cut lines, and are not logged.
async fn connection(stream: TcpStream, router: Router, mut guard: Guard) {
    // A small answer after a long upload must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(HEADERS)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let _: Result<(), hyper::Error> = tokio::select! {
        ended = connection.as_mut() => ended,
        () = guard.told() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}

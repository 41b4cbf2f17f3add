//! The accept loop: a connection's address is dropped the moment it is known, and a connection that sends no request
//! does not stay.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

use crate::crowd::{Crowd, Seat};
use crate::router::{App, router};
use crate::stop::{Guard, Stop};
use crate::{Config, IntakeError, housekeeping};

/// Time for a request's head to arrive, also on a connection that stays open.
const HEAD: Duration = Duration::from_secs(30);
/// Most headers of a request.
const HEADERS: usize = 64;
/// Most bytes of a request's head, and of what is read ahead.
const READ_AHEAD: usize = 16 * 1024;
/// Bytes of one connection that wait in the kernel until they are read; it reckons twice as much. The other end is Tor or a
/// proxy on this machine, so that a short way needs no more.
const WAITING: usize = 64 * 1024;
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
    let crowd = Crowd::new(config.connections);
    let router = router(Arc::new(App::new(config, stop.clone())?));
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _address)) => {
                    drop(tokio::spawn(connection(stream, router.clone(), crowd.enter(), stop.guard())));
                }
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
async fn connection(stream: TcpStream, router: Router, seat: Seat, mut guard: Guard) {
    // Ten thousand lines that nobody reads from must not fill the kernel's memory.
    let _ = SockRef::from(&stream).set_recv_buffer_size(WAITING);
    // A small answer after a long upload must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = Seated { inner: TowerToHyperService::new(router), seat: seat.clone() };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(HEADERS)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let _: Result<(), hyper::Error> = tokio::select! {
        ended = connection.as_mut() => ended,
        // What had come is kept; the sender goes on over a new line.
        () = seat.asked_to_leave() => Ok(()),
        () = guard.told() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}

/// Tells every request which seat it came from.
#[derive(Clone)]
struct Seated {
    inner: TowerToHyperService<Router>,
    seat: Seat,
}

impl Service<Request<Incoming>> for Seated {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.seat.spoke();
        request.extensions_mut().insert(self.seat.clone());
        self.inner.call(request)
    }
}

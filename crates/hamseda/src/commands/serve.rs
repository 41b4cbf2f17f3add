//! `hamseda serve`: a finished site on loopback, with ranges so that films seek. Not a server for the world: any static
//! host does that.

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::http::{HeaderValue, header};
use tower_http::services::ServeDir;

use crate::cli;
use crate::failure::{At, Failure};
use crate::output::Output;

pub(crate) async fn run(args: cli::Serve, out: Output) -> Result<(), Failure> {
    if !args.site.site.join("index.html").is_file() {
        let what = format!("{} holds no index.html; build it with: hamseda site build", args.site.site.display());
        return Err(Failure::refused("serve-no-site", what));
    }
    let (listener, address) = listen(args.listen).await?;
    super::say_listening(out, address);
    serve(listener, &args.site.site).await
}

/// Serves `site` until the process is told to stop.
pub(crate) async fn serve(listener: tokio::net::TcpListener, site: &Path) -> Result<(), Failure> {
    let router = Router::new().fallback_service(ServeDir::new(site)).layer(axum::middleware::map_response(
        async |mut response: axum::response::Response| {
            let headers = response.headers_mut();
            // A rebuilt site must show at once; real hosts set their own caching.
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            response
        },
    ));
    axum::serve(listener, router).with_graceful_shutdown(super::stopped()).await.at(site)
}

/// Binds an address and says which port was taken.
pub(crate) async fn listen(address: SocketAddr) -> Result<(tokio::net::TcpListener, SocketAddr), Failure> {
    let failure = |e: std::io::Error| {
        Failure::refused("listen", format!("can't listen on {address}: {e}; choose another port with --listen"))
    };
    let listener = tokio::net::TcpListener::bind(address).await.map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    Ok((listener, address))
}

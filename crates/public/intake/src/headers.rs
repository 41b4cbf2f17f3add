//! Headers of every answer: nothing is fetched from elsewhere, nothing says where somebody came from, and nothing is kept
//! on a phone that may be searched, not even a font. Script runs only on the pages that say so, and only ours.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Nothing runs, nothing is posted.
const STILL: &str = "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; \
                     frame-ancestors 'none'";
/// For pages whose forms post here, and nowhere else.
pub(crate) const FORMS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// For pages with our own script: files of this server, which talk to this server, and clips of this device.
pub(crate) const SCRIPT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; media-src blob:; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
/// For the page that records.
pub(crate) const CAMERA: HeaderValue = HeaderValue::from_static("camera=(self), microphone=(self), geolocation=()");

/// The name of the header that lets a page use the camera.
pub(crate) const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const GUARDS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, STILL),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=()"),
];

/// Adds them where a page did not bring its own.
pub(crate) async fn guard(mut response: Response) -> Response {
    for (name, value) in GUARDS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

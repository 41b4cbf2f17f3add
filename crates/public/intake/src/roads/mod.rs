//! Roads without script and without a line that lasts: parts by form, status, withdrawal, letters, and the desk's side of
//! them.
//!
//! Refuses: to answer differently about what exists and what does not.

mod bundle;
mod letter;
mod parts;
mod pull;
mod small;
mod status;
mod take;
mod whole;
mod withdraw;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use hamseda_core::{Handle, Locator, OsRandom, Random};
use hamseda_inbox::RECORD_LEN;

use crate::router::Shared;
pub(crate) use letter::is_letter;
pub(crate) use whole::WholeCheck;

/// Most status records of one request.
const RECORDS: usize = 1024;

/// The paths of these roads.
pub(crate) fn routes() -> Router<Shared> {
    let records = put(pull::records).layer(DefaultBodyLimit::max(RECORDS * (Locator::LEN + RECORD_LEN)));
    Router::new()
        .route("/{lang}/parts", post(parts::take))
        .route("/status", post(status::status))
        .route("/withdraw", post(withdraw::withdraw))
        .route("/letter", post(letter::letter))
        .route("/pull/v1/withdrawals", get(pull::withdrawals))
        .route("/pull/v1/withdrawals/done", post(pull::withdrawals_done))
        .route("/pull/v1/letters", get(pull::letters))
        .route("/pull/v1/letters/{id}", get(pull::letter))
        .route("/pull/v1/letters/{id}/done", post(pull::letter_done))
        .route("/pull/v1/records", records)
}

/// A handle for what came without one.
pub(crate) fn any_handle() -> Handle {
    let random: &mut dyn Random = &mut OsRandom;
    Handle::from_bytes(random.bytes())
}

//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::{any, get, post};
use hamseda_seal::{KeySet, ShapeCheck, ShapeError, SizeClass};

use crate::lane::Lanes;
use crate::pages::Pages;
use crate::stop::Stop;
use crate::{Config, IntakeError, headers, pages, pull, roads, tus};

/// What every handler may use.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) pages: Pages,
    pub(crate) lanes: Lanes,
    pub(crate) holders: tus::Holders,
    pub(crate) stop: Stop,
}

/// Shared by all requests.
pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn new(config: Config, stop: Stop) -> Result<Self, IntakeError> {
        let pages = Pages::new(&config)?;
        Ok(Self { config, pages, lanes: Lanes::new(), holders: tus::Holders::default(), stop })
    }

    /// The key set to seal to.
    pub(crate) fn keyset(&self) -> Arc<KeySet> {
        self.config.keys.current()
    }

    /// Keys a message is sealed to.
    pub(crate) fn recipients(&self) -> usize {
        self.keyset().recipients().len()
    }

    /// A check of a sealed file of `total` bytes whose first `at` bytes passed. Files of older key sets are taken until their
    /// grace has passed.
    pub(crate) fn shape(&self, total: u64, at: u64) -> Result<ShapeCheck, ShapeError> {
        self.config.keys.shape(total, at, self.config.clock.today(), &self.config.limits)
    }

    /// Lengths a sealed message can have, bytes, ascending.
    pub(crate) fn allowed_lengths(&self) -> impl Iterator<Item = u64> + use<> {
        SizeClass::sealed_lens(self.recipients(), &self.config.limits)
    }
}

/// All routes.
pub(crate) fn router(app: Shared) -> Router {
    Router::new()
        .merge(pages::routes())
        .route("/keyset", get(pages::files::keyset))
        .route("/campaign", get(pages::files::campaign))
        .route("/campaign.toml", get(pages::files::campaign))
        .route("/upload", any(tus::collection))
        .route("/upload/{id}", any(tus::resource))
        .route("/pull/v1/list", get(pull::list))
        .route("/pull/v1/{id}", get(pull::fetch))
        .route("/pull/v1/{id}/done", post(pull::done))
        .merge(roads::routes())
        .fallback(pages::missing::page)
        .layer(map_response(headers::guard))
        .with_state(app)
}

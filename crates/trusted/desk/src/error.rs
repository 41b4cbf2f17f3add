//! What keeps the desk from starting, and what a page answers when a request can't be done.

use std::net::SocketAddr;

use axum::http::StatusCode;
use hamseda_core::{Coded, TextsError};
use hamseda_vault::VaultError;

/// The desk can't start or go on.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Anything but this machine itself.
    #[error(
        "the desk listens on this machine only, not on {0}; use 127.0.0.1, and reach it from elsewhere through an onion service or ssh"
    )]
    NotLoopback(SocketAddr),
    /// The listener failed.
    #[error("the desk's listener failed")]
    Io(#[from] std::io::Error),
    /// Its texts are broken.
    #[error("the desk's texts can't be used")]
    Texts(#[from] TextsError),
}

impl Coded for DeskError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotLoopback(_) => "desk-not-loopback",
            Self::Io(_) => "desk-io",
            Self::Texts(_) => "desk-texts",
        }
    }
}

/// Why a request was not done: a status, and the id of a sentence that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) text: &'static str,
}

impl Refusal {
    /// The message is not there (any more).
    pub(crate) const GONE: Self = Self { status: StatusCode::NOT_FOUND, text: "error-gone" };
    /// The form is not whole, or not ours.
    pub(crate) const FORM: Self = Self { status: StatusCode::FORBIDDEN, text: "error-form" };
    /// Somebody was faster.
    pub(crate) const TRANSITION: Self = Self { status: StatusCode::CONFLICT, text: "error-transition" };
    /// Nobody could read a reply.
    const NO_CODE: Self = Self { status: StatusCode::CONFLICT, text: "error-no-code" };
    /// An empty or too long reply.
    const REPLY: Self = Self { status: StatusCode::UNPROCESSABLE_ENTITY, text: "error-reply" };
    /// An original is shown by a worker, and none runs here.
    pub(crate) const NO_WORKER: Self = Self { status: StatusCode::SERVICE_UNAVAILABLE, text: "error-no-worker" };
    /// One original at a time.
    pub(crate) const BUSY: Self = Self { status: StatusCode::CONFLICT, text: "error-original-busy" };
    /// An original needs a reason.
    pub(crate) const WHY: Self = Self { status: StatusCode::UNPROCESSABLE_ENTITY, text: "error-why" };
    const INNER: Self = Self { status: StatusCode::INTERNAL_SERVER_ERROR, text: "error-inner" };
}

impl From<VaultError> for Refusal {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::NoMessage(_) => Self::GONE,
            VaultError::State { .. } | VaultError::NotCounted(_) => Self::TRANSITION,
            VaultError::NoCode(_) => Self::NO_CODE,
            VaultError::ReplyText(_) => Self::REPLY,
            VaultError::Why(_) => Self::WHY,
            other => {
                // The person reads a calm sentence; the log has the detail.
                tracing::error!(code = other.code(), error = %other, "a desk request failed");
                Self::INNER
            }
        }
    }
}

//! What the vault refuses, with stable codes.

use std::path::PathBuf;

use hamseda_core::{ArtefactId, Coded, JobId, MessageId, MessageState};
use hamseda_store::StoreError;
use hamseda_tally::TallyError;

/// The vault did not do what it was asked; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database or the blobs failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log's rules forbid it.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// There is no such message.
    #[error("there is no message {0}")]
    NoMessage(MessageId),
    /// The message's state does not allow the step.
    #[error("message {message} can't be {step}: {}", why(*.state))]
    State {
        /// The message.
        message: MessageId,
        /// Its state.
        state: MessageState,
        /// What was to be done, as a participle.
        step: &'static str,
    },
    /// Its sender did not allow it to be counted.
    #[error("message {0} can't be accepted: its sender did not allow it to be counted; hold it")]
    NotCounted(MessageId),
    /// Its sender took no code, or took the message back.
    #[error("nobody could read a reply to message {0}: it came without a code, or was taken back")]
    NoCode(MessageId),
    /// An empty or too long reply.
    #[error("a reply has 1 to {0} characters and no control characters; shorten it")]
    ReplyText(usize),
    /// No reason to see it unprotected was given, or too many words.
    #[error("say in 1 to {0} characters why you must see it unprotected")]
    Why(usize),
    /// Nobody asked to see it unprotected, or what was asked for was shown already.
    #[error("record {asked} does not let message {message} be shown unprotected: nobody asked, or it was shown")]
    NotAsked {
        /// The message.
        message: MessageId,
        /// Number of the custody event that was given.
        asked: u64,
    },
    /// The lease ended and somebody else has the job, or it is done.
    #[error("job {} is no longer this worker's: its lease ended; what was made is kept and will be found", .0.0)]
    LeaseLost(JobId),
    /// A result names an artefact that was never kept.
    #[error("artefact {0} is not in the vault; keep it before naming it")]
    NoArtefact(ArtefactId),
    /// A file of the artefact folder can't be read or written.
    #[error("{}: {source}; check free space and permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The custody chain does not verify.
    #[error(
        "custody event {seq} does not follow from the one before it: the database was changed by hand or is damaged"
    )]
    Custody {
        /// Number of the first event that is wrong.
        seq: u64,
    },
    /// A row makes no sense.
    #[error("the vault is damaged ({what}); restore a backup")]
    Damaged {
        /// What was found.
        what: String,
    },
}

const fn why(state: MessageState) -> &'static str {
    match state {
        MessageState::Stored => "it is not prepared yet; wait for the worker",
        MessageState::Prepared => "it waits for a decision; decide first",
        MessageState::Accepted => "it is accepted and waits for its batch",
        MessageState::Released => {
            "it is in the log already; only a withdrawal or a duplicate can take it off the count"
        }
        MessageState::Held => "it is held; decide first",
        MessageState::Rejected => "it was rejected, and batches count that",
        MessageState::Unreadable => "it can't be read; see its reason",
        MessageState::Duplicate => "it is a duplicate of another message",
        MessageState::Withdrawn => "its sender took it back, and that is final",
    }
}

impl Coded for VaultError {
    fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Tally(error) => error.code(),
            Self::NoMessage(_) => "vault-no-message",
            Self::State { state, .. } => match state {
                MessageState::Stored => "vault-is-stored",
                MessageState::Prepared => "vault-is-prepared",
                MessageState::Accepted => "vault-is-accepted",
                MessageState::Released => "vault-is-released",
                MessageState::Held => "vault-is-held",
                MessageState::Rejected => "vault-is-rejected",
                MessageState::Unreadable => "vault-is-unreadable",
                MessageState::Duplicate => "vault-is-duplicate",
                MessageState::Withdrawn => "vault-is-withdrawn",
            },
            Self::NotCounted(_) => "vault-not-counted",
            Self::NoCode(_) => "vault-no-code",
            Self::ReplyText(_) => "vault-reply-text",
            Self::Why(_) => "vault-why",
            Self::NotAsked { .. } => "vault-not-asked",
            Self::LeaseLost(_) => "vault-lease-lost",
            Self::NoArtefact(_) => "vault-no-artefact",
            Self::File { .. } => "vault-file",
            Self::Custody { .. } => "vault-custody",
            Self::Damaged { .. } => "vault-damaged",
        }
    }
}

impl VaultError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    /// `map_err` for a file at `path`.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

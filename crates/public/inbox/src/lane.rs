//! Two lanes: the invited one has disk of its own, the ordinary one a quarantine that a flood can fill.

use hamseda_core::{Handle, Limits, TokenId};

/// Which budget an upload lives on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lane {
    /// Anybody.
    #[default]
    Ordinary,
    /// The first use of a good invite, or the operator's own road.
    Invited,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ordinary, Self::Invited];

    /// Position in a list of both, and in the database.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn from_row(number: i64) -> Self {
        if number == 1 { Self::Invited } else { Self::Ordinary }
    }
}

/// With what an upload is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// SHA-256 over the secret that takes it back.
    pub handle: Handle,
    /// The lane that is asked for. With a token it is given only if the token was not used before.
    pub lane: Lane,
    /// A token whose signature is good; whether it was used before is found out here.
    pub token: Option<TokenId>,
}

impl Admission {
    /// Somebody without an invite.
    #[must_use]
    pub const fn ordinary(handle: Handle) -> Self {
        Self { handle, lane: Lane::Ordinary, token: None }
    }

    /// Somebody with a good invite.
    #[must_use]
    pub const fn invited(handle: Handle, token: TokenId) -> Self {
        Self { handle, lane: Lane::Invited, token: Some(token) }
    }

    /// What the operator brings on a stick.
    #[must_use]
    pub const fn carried(handle: Handle) -> Self {
        Self { handle, lane: Lane::Invited, token: None }
    }
}

/// How much one lane may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Uploads that are not complete.
    pub open_uploads: u64,
    /// Bytes on the disk.
    pub bytes: u64,
}

/// How much the inbox takes before it says it is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The quarantine: what uninvited uploads may take. A flood can fill it.
    pub ordinary: Budget,
    /// What invited uploads may take. Nobody else uses it.
    pub invited: Budget,
}

impl Quota {
    /// The budget of a lane.
    #[must_use]
    pub const fn of(&self, lane: Lane) -> Budget {
        match lane {
            Lane::Ordinary => self.ordinary,
            Lane::Invited => self.invited,
        }
    }
}

impl From<Limits> for Quota {
    fn from(limits: Limits) -> Self {
        let open_uploads = u64::from(limits.open_uploads);
        let invited = limits.inbox_bytes.saturating_sub(limits.quarantine_bytes);
        Self {
            ordinary: Budget { open_uploads, bytes: limits.quarantine_bytes.min(limits.inbox_bytes) },
            invited: Budget { open_uploads, bytes: invited },
        }
    }
}

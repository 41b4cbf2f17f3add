//! What the contributor's device draws at random for one message, and what it shows of it.
//!
//! Nothing is derived on a server. The log gets the tag; the two commitments travel inside the seal, so that the
//! contributor can later prove "this leaf is mine" (r) or ask for removal (withdrawal secret) without a name.

use sha2::{Digest, Sha256};

use hamseda_core::{Handle, Random, Secret};

/// The secrets of one message. They stay on the device.
#[derive(Debug, Clone)]
pub struct DeviceSecrets {
    r: Secret<[u8; 32]>,
    withdrawal: Secret<[u8; 32]>,
}

impl DeviceSecrets {
    /// Draws fresh secrets.
    #[must_use]
    pub fn draw(random: &mut dyn Random) -> Self {
        Self { r: Secret::new(random.bytes()), withdrawal: Secret::new(random.bytes()) }
    }

    /// Secrets made elsewhere on the device, such as from a code in words.
    #[must_use]
    pub const fn new(r: Secret<[u8; 32]>, withdrawal: Secret<[u8; 32]>) -> Self {
        Self { r, withdrawal }
    }

    /// The randomness behind the tag.
    #[must_use]
    pub const fn r(&self) -> &Secret<[u8; 32]> {
        &self.r
    }

    /// What takes the message back.
    #[must_use]
    pub const fn withdrawal(&self) -> &Secret<[u8; 32]> {
        &self.withdrawal
    }
}

/// The message's public tag in the log: SHA-256("hamseda/tag/v1" ‖ r), first 16 bytes.
#[must_use]
pub fn tag(r: &Secret<[u8; 32]>) -> [u8; 16] {
    let mut tag = [0; 16];
    tag.copy_from_slice(&hash("hamseda/tag/v1", r)[..16]);
    tag
}

/// Commitment to r: SHA-256("hamseda/r/v1" ‖ r).
#[must_use]
pub fn r_commitment(r: &Secret<[u8; 32]>) -> [u8; 32] {
    hash("hamseda/r/v1", r)
}

/// Commitment to the withdrawal secret: SHA-256("hamseda/withdrawal/v1" ‖ secret).
#[must_use]
pub fn w_commitment(withdrawal: &Secret<[u8; 32]>) -> [u8; 32] {
    hash("hamseda/withdrawal/v1", withdrawal)
}

/// What an upload carries in the clear: SHA-256("hamseda/handle/v1" ‖ secret). With the secret the intake finds what to
/// delete; without it, it can't link the handle to the message's w-commitment or to a locator.
#[must_use]
pub fn handle(withdrawal: &Secret<[u8; 32]>) -> Handle {
    Handle::from_bytes(hash("hamseda/handle/v1", withdrawal))
}

fn hash(label: &str, secret: &Secret<[u8; 32]>) -> [u8; 32] {
    Sha256::new().chain_update(label).chain_update(secret.expose()).finalize().into()
}

//! Opens the rooms of the trusted machine from the campaign folder's settings.

use std::sync::Arc;

use hamseda_core::SystemClock;
use hamseda_road::pull;
use hamseda_tally::{Claim, Leaf, Policy, VerifierKey, count};
use hamseda_vault::{Vault, VaultConfig};

use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::secrets;

/// Opens the vault.
pub(crate) async fn vault(folder: &Folder) -> Result<Vault, Failure> {
    let settings = folder.settings()?;
    let config = VaultConfig {
        database: folder.store_url(&settings.vault.database),
        blobs: folder.store_url(&settings.vault.blobs),
        artefacts: folder.path("vault/artefacts"),
    };
    Ok(Vault::open(&config, Arc::new(SystemClock)).await?)
}

/// The desk's client of an intake.
pub(crate) fn pull_client(folder: &Folder, url: &str) -> Result<pull::Client, Failure> {
    let path = folder.key(secrets::PULL_TOKEN);
    let token = std::fs::read_to_string(&path).at(&path)?;
    Ok(pull::Client::new(url, token.trim(), None)?)
}

/// The policy that pages and film name: the log's key and the campaign's floors; no witness yet.
pub(crate) fn policy(folder: &Folder, log: VerifierKey) -> Result<Policy, Failure> {
    Ok(Policy::unwitnessed(log, folder.campaign()?.floors))
}

/// The figure that film, wall and site may print today.
pub(crate) fn claim(leaves: &[Leaf]) -> Claim {
    Claim::logged(&count(leaves))
}

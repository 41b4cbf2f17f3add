//! From the vault to the site: reads what is published and hands plain values on.
//!
//! Refuses: to keep anything of its own. What a withdrawal erases in the vault has no copy here but the site's, and the
//! next build removes that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hamseda_core::{ArtefactId, Campaign, Day, MessageState, lattice};
use hamseda_tally::{Claim, Policy};
use hamseda_vault::{Message, Page, Vault};

use crate::site::{Signer, SiteReport, write_site};
use crate::{Clip, Film, KeySetFile, Log, PageId, PressError, SiteData, Supporter, Wall};

/// What a site is made from beside the vault and the campaign file.
#[derive(Debug, Clone)]
pub struct SiteInputs {
    /// The film, if there is one.
    pub film: Option<Film>,
    /// The wall, if there is one.
    pub wall: Option<Wall>,
    /// A figure that is more than "logged".
    pub claim: Option<Claim>,
    /// The policy in force: the one the last batch committed to.
    pub policy: Policy,
    /// Key sets of all epochs, oldest first.
    pub keysets: Vec<KeySetFile>,
}

/// Builds the site of a campaign into `out`.
///
/// `progress` hears steps done and steps in all. A second run writes only what changed.
///
/// # Errors
/// See [`PressError`].
pub async fn build_site(
    vault: &Vault,
    campaign: &Campaign,
    inputs: &SiteInputs,
    today: Day,
    sign: Signer<'_>,
    out: &Path,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<SiteReport, PressError> {
    let data = gather(vault, campaign, inputs).await?;
    write_site(&data, today, sign, out, progress)
}

/// Reads all that a site says.
///
/// # Errors
/// [`PressError::Vault`], or [`PressError::Lost`] when an artefact of a published message is missing.
pub async fn gather(vault: &Vault, campaign: &Campaign, inputs: &SiteInputs) -> Result<SiteData, PressError> {
    let mut data = SiteData {
        campaign: campaign.clone(),
        clips: Vec::new(),
        supporters: supporters(vault).await?,
        log: None,
        claim: inputs.claim,
        film: inputs.film.clone(),
        wall: inputs.wall.clone(),
        keysets: inputs.keysets.clone(),
    };
    let Some(log) = vault.log().await? else { return Ok(data) };
    let released = vault.messages(Some(MessageState::Released), Page::ALL).await?;
    let released: BTreeMap<_, Message> = released.into_iter().map(|message| (message.id, message)).collect();
    for published in &log.publications.clips {
        let at = usize::try_from(published.leaf.0).ok().and_then(|i| log.leaves.get(i));
        let parts = released.get(&published.message).and_then(|message| message.parts.as_ref());
        let (Some(leaf), Some(parts)) = (at, parts) else {
            return Err(PressError::Lost(published.message.to_string()));
        };
        data.clips.push(Clip {
            page: PageId::of(&leaf.tag),
            lang: parts.choices.lang,
            place: parts.choices.place.clone(),
            pseudonym: parts.choices.pseudonym.clone(),
            picture: parts.choices.picture,
            voice: parts.choices.voice,
            millis: lattice::millis(parts.units),
            leaf: published.leaf.0,
            salt: published.salt,
            sha256: published.sha256,
            file: artefact(vault, parts.master).await?,
            poster: artefact(vault, parts.poster).await?,
        });
    }
    data.log = Some(Log {
        leaves: log.leaves,
        checkpoint: log.checkpoint,
        policy: inputs.policy.clone(),
        batches: log.batches,
        taken_down: log.publications.taken_down.iter().map(|leaf| leaf.0).collect(),
    });
    Ok(data)
}

async fn supporters(vault: &Vault) -> Result<Vec<Supporter>, PressError> {
    let mut supporters = Vec::new();
    for supporter in vault.supporters().await? {
        let file = async |id: Option<ArtefactId>| match id {
            Some(id) => artefact(vault, id).await.map(Some),
            None => Ok(None),
        };
        supporters.push(Supporter {
            id: supporter.id.to_string(),
            portrait: file(supporter.portrait).await?,
            file: file(supporter.master).await?,
            name: supporter.name,
            role: supporter.role,
            country: supporter.country,
            quote: supporter.quote,
        });
    }
    Ok(supporters)
}

async fn artefact(vault: &Vault, id: ArtefactId) -> Result<PathBuf, PressError> {
    vault.artefact(id).await?.ok_or_else(|| PressError::Lost(id.to_string()))
}

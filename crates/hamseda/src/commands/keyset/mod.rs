//! `hamseda keyset`: which desk keys messages are sealed to, epoch after epoch.
//!
//! The way of a new one: `next` on the trusted machine makes its secrets, `sign` on the offline machine signs it, `install` puts it
//! in place on both, and long after that `destroy` ends the old one.

#[cfg(feature = "trusted")]
mod destroy;
#[cfg(feature = "trusted")]
mod rotate;

use std::path::Path;

use hamseda_core::{CampaignPin, Clock as _, Day, Lang, SystemClock};
use hamseda_seal::KeySet;
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::keysets;
use crate::output::Output;

pub(crate) async fn run(args: cli::keyset::KeySet, out: Output) -> Result<(), Failure> {
    use cli::keyset::KeySet as Args;
    match args {
        Args::Show { dir, lang } => show(&dir.dir, lang, out),
        Args::Check { keyset, campaign_key, proxy, lang } => {
            check(&keyset, campaign_key, proxy.as_deref(), lang, out).await
        }
        Args::Install { file, dir } => install(&file, &dir.dir, out),
        #[cfg(feature = "trusted")]
        Args::Next { dir, output, expires, keys, passphrase } => {
            rotate::next(&dir.dir, &output, expires, keys, &passphrase, out)
        }
        #[cfg(feature = "trusted")]
        Args::Sign { file, key, output, passphrase_file } => {
            rotate::sign(&file, &key, &output, passphrase_file.as_deref(), out)
        }
        #[cfg(feature = "trusted")]
        Args::Destroy { epoch, dir, intake, force, yes } => {
            destroy::run(&destroy::Destroy { epoch, dir: dir.dir, intake, force, yes }, out).await
        }
    }
}

/// A key set, for machines.
#[derive(Serialize)]
struct Facts {
    epoch: u32,
    expires: Day,
    keys: usize,
    hash: String,
    /// Last day on which its sealed files are taken.
    taken_until: Day,
    current: bool,
}

#[derive(Serialize)]
struct Shown {
    origin: String,
    campaign_key: CampaignPin,
    sets: Vec<Facts>,
}

fn show(dir: &Path, lang: Option<Lang>, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(dir)?;
    let (campaign, sets) = (folder.campaign()?, keysets::load(&folder)?);
    let current = sets.current();
    let facts = |set: &KeySet| Facts {
        epoch: set.terms().epoch,
        expires: set.terms().expires,
        keys: set.recipients().len(),
        hash: hex::encode(set.hash()),
        taken_until: campaign.keyset.taken_until(set.terms().expires),
        current: set == current,
    };
    let shown = Shown {
        origin: campaign.origin.clone(),
        campaign_key: CampaignPin::from_bytes(current.terms().campaign_key),
        sets: sets.all().map(facts).collect(),
    };
    out.result(&shown, || {
        let mut lines = vec![format!("campaign  {}\nkey       {}", shown.origin, shown.campaign_key)];
        for set in sets.all().rev() {
            let facts = facts(set);
            let state = if facts.current { "to seal to" } else { "older" };
            lines.push(format!(
                "epoch {}   {state}: {} keys, to {}, its messages are taken to {}\n{}",
                facts.epoch,
                facts.keys,
                facts.expires,
                facts.taken_until,
                keysets::hash_text(set, lang.filter(|_| facts.current))
            ));
        }
        lines.join("\n")
    });
    Ok(())
}

#[derive(Serialize)]
struct Checked {
    origin: String,
    epoch: u32,
    expires: Day,
    hash: String,
    campaign_key: CampaignPin,
    /// Whether there was a key to compare the signer with.
    pinned: bool,
}

async fn check(
    from: &str,
    given: Option<CampaignPin>,
    proxy: Option<&str>,
    lang: Option<Lang>,
    out: Output,
) -> Result<(), Failure> {
    let (set, pin) = keysets::fetch(from, proxy, given).await?;
    set.current(SystemClock.today())?;
    let terms = set.terms();
    let checked = Checked {
        origin: terms.origin.clone(),
        epoch: terms.epoch,
        expires: terms.expires,
        hash: hex::encode(set.hash()),
        campaign_key: CampaignPin::from_bytes(terms.campaign_key),
        pinned: pin.is_some(),
    };
    out.result(&checked, || {
        let signer = match (given, pin) {
            (Some(_), _) => "signed by the key you gave",
            (None, Some(_)) => "signed by the key in the campaign.toml beside it; compare it with paper",
            (None, None) => "signed, but there is nothing to compare the key with: give --campaign-key, from paper",
        };
        format!(
            "campaign  {}\nkey       {} ({signer})\nepoch     {}, to {}\n{}",
            checked.origin,
            checked.campaign_key,
            checked.epoch,
            checked.expires,
            keysets::hash_text(&set, lang)
        )
    });
    Ok(())
}

#[derive(Serialize)]
struct Installed {
    epoch: u32,
    expires: Day,
    hash: String,
}

fn install(file: &Path, dir: &Path, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(dir)?;
    let json = std::fs::read(file).at(file)?;
    // One that ran out already would stop everybody from sealing.
    KeySet::verify(&json, None)?.current(SystemClock.today())?;
    let set = keysets::install(&folder, &json)?;
    let installed = Installed { epoch: set.terms().epoch, expires: set.terms().expires, hash: hex::encode(set.hash()) };
    out.result(&installed, || {
        format!(
            "in place  epoch {}, to {}\n{}\nPrint the new hash wherever the old one stands: papers, sheets of invites, site.",
            installed.epoch,
            installed.expires,
            keysets::hash_text(&set, None)
        )
    });
    Ok(())
}

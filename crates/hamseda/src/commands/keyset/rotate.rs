//! The next epoch's keys, and the signature on the offline machine.

use std::fs;
use std::path::Path;

use hamseda_core::{Clock as _, Day, OsRandom, SystemClock};
use hamseda_open::{CampaignKey, DeskKey};
use hamseda_seal::{KeySetTerms, Recipient};
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::Output;
use crate::{keysets, secrets};

/// A key set outlives the campaign's last day, or today if that is later, by this much.
pub(crate) const BEYOND_DAYS: i32 = 30;

#[derive(Serialize)]
struct Next {
    epoch: u32,
    expires: Day,
    unsigned: String,
}

pub(super) fn next(
    dir: &Path,
    output: &Path,
    expires: Option<Day>,
    keys: u8,
    passphrase: &cli::Passphrase,
    out: Output,
) -> Result<(), Failure> {
    let folder = Folder::open(dir)?;
    let (campaign, sets, today) = (folder.campaign()?, keysets::load(&folder)?, SystemClock.today());
    let epoch = sets.current().terms().epoch.checked_add(1);
    let epoch = epoch.ok_or_else(|| Failure::refused("keyset-epochs", "there are no more epochs"))?;
    let expires = expires.unwrap_or(Day(campaign.call.closes.0.max(today.0) + BEYOND_DAYS));
    if expires < today {
        return Err(Failure::refused("keyset-expires", format!("{expires} has passed; name a later last day")));
    }
    let passphrase = secrets::passphrase(&folder, passphrase.passphrase_file.as_deref())?;
    let work = secrets::work_factor(&folder)?;
    let recipients = desk_keys(
        &folder,
        epoch,
        keys,
        |key| Ok(key.to_file(&passphrase, work)?),
        |file| Ok(DeskKey::from_file(file, &passphrase)?),
    )?;
    let terms = KeySetTerms {
        origin: campaign.origin.clone(),
        epoch,
        expires,
        recipients,
        campaign_key: *keysets::pin(&campaign)?.as_bytes(),
    };
    let unsigned = terms.to_unsigned()?;
    fs::write(output, unsigned).and_then(|()| fs::File::open(output)?.sync_all()).at(output)?;
    let next = Next { epoch, expires, unsigned: output.display().to_string() };
    out.result(&next, || {
        format!(
            "made      the desk keys of epoch {epoch}, in {}\nunsigned  {} (to {expires})\nNext: carry it to the offline \
             machine, and there: hamseda keyset sign {} --key campaign.key -o keyset-{epoch}.json\nThen here and on the \
             public machine: hamseda keyset install keyset-{epoch}.json --dir DIR",
            secrets::epoch_folder(&folder, epoch).display(),
            next.unsigned,
            next.unsigned,
        )
    });
    Ok(())
}

/// Makes the desk keys of an epoch, or takes those that an earlier run made: the set that is signed must be of the keys that
/// are here.
fn desk_keys(
    folder: &Folder,
    epoch: u32,
    count: u8,
    lock: impl Fn(&DeskKey) -> Result<Vec<u8>, Failure>,
    unlock: impl Fn(&[u8]) -> Result<DeskKey, Failure>,
) -> Result<Vec<Recipient>, Failure> {
    let here = secrets::epoch_folder(folder, epoch);
    secrets::private_dir(&here)?;
    let mut recipients = Vec::new();
    for number in 1..=count {
        let path = here.join(secrets::desk_key_name(number));
        let key = if path.is_file() {
            unlock(&fs::read(&path).at(&path)?)?
        } else {
            let key = DeskKey::generate(&mut OsRandom)?;
            secrets::write(&path, &lock(&key)?)?;
            key
        };
        recipients.push(key.recipient()?);
    }
    Ok(recipients)
}

#[derive(Serialize)]
struct Signed {
    epoch: u32,
    origin: String,
    expires: Day,
    keys: usize,
    hash: String,
    output: String,
}

pub(super) fn sign(
    file: &Path,
    key: &Path,
    output: &Path,
    passphrase: Option<&Path>,
    out: Output,
) -> Result<(), Failure> {
    let terms = KeySetTerms::from_unsigned(&fs::read(file).at(file)?)?;
    let passphrase = secrets::passphrase_beside(key, passphrase, "Passphrase of the campaign key: ")?;
    let set = CampaignKey::from_file(&fs::read(key).at(key)?, &passphrase)?.sign_terms(terms)?;
    fs::write(output, set.to_json()).and_then(|()| fs::File::open(output)?.sync_all()).at(output)?;
    let terms = set.terms();
    let signed = Signed {
        epoch: terms.epoch,
        origin: terms.origin.clone(),
        expires: terms.expires,
        keys: terms.recipients.len(),
        hash: hex::encode(set.hash()),
        output: output.display().to_string(),
    };
    out.result(&signed, || {
        format!(
            "signed    epoch {} of {}, {} keys, to {}\n{}\nin        {}",
            signed.epoch,
            signed.origin,
            signed.keys,
            signed.expires,
            keysets::hash_text(&set, None),
            signed.output
        )
    });
    Ok(())
}

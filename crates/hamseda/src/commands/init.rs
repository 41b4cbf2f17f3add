//! `hamseda init`: a campaign folder with settings, keys and a signed key set. Never touches an existing one.

use std::fs;
use std::path::Path;

use hamseda_core::{Campaign, CampaignPin, Clock, Day, OsRandom, Random, Secret, SystemClock};
use hamseda_open::{CampaignKey, DeskKey, WorkFactor, lock};
use hamseda_programme::Programme;
use hamseda_tally::LogKey;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::{Folder, IntakeLimits, IntakeSettings, Settings, StoreSettings};
use crate::keysets;
use crate::output::Output;
use crate::secrets::{
    self, ARCHIVE_KEY, ARCHIVE_PUBLIC, CAMPAIGN_KEY, DESK_LOGIN, LOG_KEY, PULL_TOKEN, TRIAL_PASSPHRASE,
};

const EXAMPLE_CAMPAIGN: &str = include_str!("../example/campaign.toml");
const EXAMPLE_PROGRAMME: &str = include_str!("../example/programme.toml");
/// A key set outlives the campaign's last day, or today if that is later, by this much.
const GRACE_DAYS: i32 = 30;
/// Epoch of the first key set.
const FIRST_EPOCH: u32 = 1;
/// Desk keys of the first key set: two, so that losing one isn't fatal.
const DESK_KEYS: u8 = 2;

#[derive(Serialize)]
struct Report {
    dir: String,
    campaign_key: CampaignPin,
    keyset: String,
    keyset_expires: Day,
    log_key: String,
    trial: bool,
}

pub(crate) fn run(args: &cli::Init, out: Output) -> Result<(), Failure> {
    let folder = Folder::new(args.dir.clone());
    if folder.campaign_file().exists() {
        let what = format!("{} already holds a campaign; nothing was changed", args.dir.display());
        return Err(Failure::refused("init-exists", what));
    }
    let text = read_or(args.campaign.as_deref(), EXAMPLE_CAMPAIGN)?;
    let campaign = Campaign::parse(&text).map_err(|e| Failure::refused("campaign-file", e.to_string()))?;
    if campaign.campaign_key.is_some() {
        let what = "the campaign file has a campaign_key already, but init makes a new one; take the line out";
        return Err(Failure::refused("init-campaign-key", what));
    }
    let programme = read_or(args.programme.as_deref(), EXAMPLE_PROGRAMME)?;
    Programme::parse(&programme)?;
    let passphrase = match (&args.passphrase_file, args.trial) {
        (Some(file), _) => secrets::first_line(file)?,
        (None, true) => Secret::new(random_hex::<16>()),
        (None, false) => secrets::new_passphrase()?,
    };

    secrets::private_dir(&args.dir)?;
    secrets::private_dir(&folder.path("keys"))?;
    if args.trial {
        secrets::write(&folder.key(TRIAL_PASSPHRASE), passphrase.expose().as_bytes())?;
    }
    let keys = Keys::make(&campaign, &folder, &passphrase, args.trial)?;
    settings(&folder, &keys.pull_token)?;
    plain(&folder.path("programme.toml"), &programme)?;
    keysets::first(&folder, &keys.keyset)?;
    let campaign_key = CampaignPin::from_bytes(keys.keyset.terms().campaign_key);
    // Last: a folder with this file is a whole campaign.
    plain(&folder.campaign_file(), &pinned(&text, campaign_key))?;

    let report = Report {
        campaign_key,
        dir: args.dir.display().to_string(),
        keyset: hex::encode(keys.keyset.hash()),
        keyset_expires: keys.keyset.terms().expires,
        log_key: keys.log_vkey,
        trial: args.trial,
    };
    out.result(&report, || {
        let trial = if report.trial { "\nTrial: the passphrase lies in keys/passphrase. Never run a campaign like this." } else { "" };
        format!(
            "made      {}\ncampaign  {}\nkey set   {} (to {})\nlog key   {}\nNext: copy campaign.toml, keyset.json and intake.toml to \
             the public machine; move keys/{CAMPAIGN_KEY} and keys/{ARCHIVE_KEY} offline, each to a place of its own; print the \
             campaign key and the key set's hash.{trial}",
            report.dir, report.campaign_key, report.keyset, report.keyset_expires, report.log_key
        )
    });
    Ok(())
}

struct Keys {
    keyset: hamseda_seal::KeySet,
    log_vkey: String,
    pull_token: String,
}

impl Keys {
    fn make(campaign: &Campaign, folder: &Folder, passphrase: &Secret<String>, trial: bool) -> Result<Self, Failure> {
        // In a trial the passphrase lies beside the keys, so stretching it would protect nothing.
        let work = if trial { WorkFactor::new(10)? } else { WorkFactor::DEFAULT };
        let mut recipients = Vec::new();
        let epoch = secrets::epoch_folder(folder, FIRST_EPOCH);
        secrets::private_dir(&epoch)?;
        for number in 1..=DESK_KEYS {
            let key = DeskKey::generate(&mut OsRandom)?;
            recipients.push(key.recipient()?);
            secrets::write(&epoch.join(secrets::desk_key_name(number)), &key.to_file(passphrase, work)?)?;
        }
        let archive = DeskKey::generate(&mut OsRandom)?;
        secrets::write(&folder.key(ARCHIVE_KEY), &archive.to_file(passphrase, work)?)?;
        plain(&folder.path(ARCHIVE_PUBLIC), &format!("{}\n", archive.recipient()?))?;
        let campaign_key = CampaignKey::generate(&mut OsRandom);
        secrets::write(&folder.key(CAMPAIGN_KEY), &campaign_key.to_file(passphrase, work)?)?;
        let expires = Day(campaign.call.closes.0.max(SystemClock.today().0) + GRACE_DAYS);
        let keyset = campaign_key.sign_key_set(&campaign.origin, FIRST_EPOCH, expires, recipients)?;

        let mut random = OsRandom;
        let seed = Secret::new((&mut random as &mut dyn Random).bytes());
        let log = LogKey::from_seed(&campaign.origin, seed)?;
        secrets::write(&folder.key(LOG_KEY), &lock(log.to_text().expose().as_bytes(), passphrase, work)?)?;

        let pull_token = random_hex::<32>();
        secrets::write(&folder.key(PULL_TOKEN), pull_token.as_bytes())?;
        secrets::write(&folder.key(DESK_LOGIN), random_hex::<16>().as_bytes())?;
        Ok(Self { keyset, log_vkey: log.verifier().to_string(), pull_token })
    }
}

/// The campaign file with its key, which no key set may lack: after the line that names the campaign, or before all.
fn pinned(text: &str, key: CampaignPin) -> String {
    let line = format!("campaign_key = \"{key}\"\n");
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let origin = lines.iter().position(|line| line.starts_with("origin") && line.ends_with('\n'));
    lines.insert(origin.map_or(0, |at| at + 1), &line);
    lines.concat()
}

fn settings(folder: &Folder, pull_token: &str) -> Result<(), Failure> {
    let store = |database: &str, blobs: &str| StoreSettings { database: database.into(), blobs: blobs.into() };
    let trusted = Settings { vault: store("sqlite:vault/vault.db", "file:vault/blobs") };
    let public = IntakeSettings {
        pull_token_sha256: hex::encode(Sha256::digest(pull_token)),
        inbox: store("sqlite:inbox/inbox.db", "file:inbox/blobs"),
        limits: IntakeLimits::default(),
    };
    for name in ["vault/blobs", "vault/artefacts", "inbox/blobs"] {
        secrets::private_dir(&folder.path(name))?;
    }
    plain(&folder.path("hamseda.toml"), &toml_text(&trusted)?)?;
    plain(&folder.path("intake.toml"), &toml_text(&public)?)
}

fn toml_text(value: &impl Serialize) -> Result<String, Failure> {
    toml::to_string(value).map_err(|e| Failure::refused("settings", e.to_string()))
}

fn plain(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).and_then(|()| fs::File::open(path)?.sync_all()).at(path)
}

fn read_or(path: Option<&Path>, example: &str) -> Result<String, Failure> {
    path.map_or_else(|| Ok(example.to_owned()), |path| fs::read_to_string(path).at(path))
}

fn random_hex<const N: usize>() -> String {
    let mut bytes = [0; N];
    OsRandom.fill(&mut bytes);
    hex::encode(bytes)
}

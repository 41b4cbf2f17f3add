//! `hamseda circle`: invites. The issuer's commands need the campaign folder; the circle's need the campaign's public file only,
//! and run on the circle's own machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hamseda_core::campaign::Issuer;
use hamseda_core::{Campaign, Clock as _, OsRandom, Secret, SystemClock};
use hamseda_invite::{Answer, Ask, AskSecrets, IssuerSecret, Ledger, Sheet, SheetTexts};
use hamseda_seal::KeySet;
use hamseda_seal::token::IssuerKey;
use serde::Serialize;

use crate::cli::{self, circle::Circle, circle::IssuerPlace};
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::Output;
use crate::{keysets, secrets};

/// How many invites were signed for whom.
const LEDGER: &str = "issued.jsonl";

pub(crate) async fn run(args: Circle, out: Output) -> Result<(), Failure> {
    match args {
        Circle::Issuer { dir, name, output, passphrase } => issuer(&dir, &name, output.as_deref(), &passphrase, out),
        Circle::New { circle, count, campaign, issuer, output, secrets } => {
            let campaign = keysets::fetch_campaign(&campaign.campaign, campaign.proxy.as_deref()).await?;
            let key = choose(&campaign, issuer.as_deref())?;
            new(&campaign, &key, &circle, count, (&output, &secrets), out)
        }
        Circle::Issue { request, place, output, limit, passphrase } => {
            issue(&request, &place, &output, limit, &passphrase, out)
        }
        Circle::Sheet { .. } => sheet(args, out).await,
        Circle::Count { place } => count(&place, out),
    }
}

#[derive(Serialize)]
struct Made {
    id: String,
    name: String,
    spki: String,
    key: String,
}

fn issuer(
    dir: &Path,
    name: &str,
    partner: Option<&Path>,
    passphrase: &cli::Passphrase,
    out: Output,
) -> Result<(), Failure> {
    let folder = Folder::open(dir)?;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Failure::refused("issuer-name", "an issuer has a name, of one line"));
    }
    let key = partner.map_or_else(|| folder.key(secrets::ISSUER_KEY), |at| at.join(secrets::ISSUER_KEY));
    if key.exists() {
        let what = format!("{} is there already; an issuer has one key", key.display());
        return Err(Failure::refused("issuer-exists", what));
    }
    let passphrase = match partner {
        None => secrets::passphrase(&folder, passphrase.passphrase_file.as_deref())?,
        Some(_) => secrets::passphrase_beside(&key, passphrase.passphrase_file.as_deref(), "Passphrase for the key: ")?,
    };
    let secret = IssuerSecret::generate()?;
    if let Some(partner) = partner {
        secrets::private_dir(partner)?;
    }
    secrets::write(&key, &secret.to_file(&passphrase, secrets::work_factor(&folder)?)?)?;
    let spki = secret.public().to_text();
    let lines = format!("\n[[issuers]]\nname = {}\nspki = \"{spki}\"\n", quoted(name.trim())?);
    if partner.is_none() {
        append(&folder, &lines)?;
    }
    let made =
        Made { id: secret.public().id().to_string(), name: name.trim().into(), spki, key: key.display().to_string() };
    out.result(&made, || {
        let next = match partner {
            None => {
                "campaign.toml names it now: copy that file to the public machine, and start the intake again.".into()
            }
            Some(_) => format!("Add these lines to the campaign's campaign.toml, on both machines:\n{lines}"),
        };
        format!("issuer    {} ({})\nkey       {}\n{next}", made.name, made.id, made.key)
    });
    Ok(())
}

/// A name as TOML writes it.
fn quoted(name: &str) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Line<'a> {
        name: &'a str,
    }
    let line = toml::to_string(&Line { name }).map_err(|e| Failure::refused("issuer-name", e.to_string()))?;
    Ok(line.trim().trim_start_matches("name = ").to_owned())
}

/// Adds lines to the campaign file, whole or not at all, once it was found to be right with them.
fn append(folder: &Folder, lines: &str) -> Result<(), Failure> {
    let path = folder.campaign_file();
    let text = fs::read_to_string(&path).at(&path)? + lines;
    Campaign::parse(&text).map_err(|e| Failure::refused("campaign-file", e.to_string()))?;
    let new = folder.path("campaign.toml.new");
    fs::write(&new, text).and_then(|()| fs::File::open(&new)?.sync_all()).at(&new)?;
    fs::rename(&new, &path).and_then(|()| fs::File::open(folder.root())?.sync_all()).at(&path)
}

/// The issuer to ask: the one named, or the only one.
fn choose(campaign: &Campaign, name: Option<&str>) -> Result<IssuerKey, Failure> {
    let names = || campaign.issuers.iter().map(|issuer| issuer.name.as_str()).collect::<Vec<_>>().join(", ");
    let found: Option<&Issuer> = match (name, campaign.issuers.as_slice()) {
        (Some(name), issuers) => issuers.iter().find(|issuer| issuer.name == name),
        (None, [only]) => Some(only),
        (None, []) => None,
        (None, _) => {
            return Err(Failure::refused("issuer-which", format!("say which with --issuer: {}", names())));
        }
    };
    let found = found.ok_or_else(|| {
        let what = format!("this campaign has no such issuer (it has: {}); its organiser makes one", names());
        Failure::refused("issuer-none", what)
    })?;
    Ok(IssuerKey::from_text(&found.spki)?)
}

#[derive(Serialize)]
struct Asked {
    circle: String,
    count: usize,
    request: String,
    secrets: String,
}

fn new(
    campaign: &Campaign,
    issuer: &IssuerKey,
    circle: &str,
    count: usize,
    (output, secrets): (&Path, &Path),
    out: Output,
) -> Result<(), Failure> {
    let (ask, kept) = Ask::draw(&campaign.origin, issuer, circle, count, &mut OsRandom)?;
    secrets::write(secrets, kept.to_json().expose().as_bytes())?;
    fs::write(output, ask.to_json()).at(output)?;
    let asked = Asked {
        circle: ask.circle().to_owned(),
        count,
        request: output.display().to_string(),
        secrets: secrets.display().to_string(),
    };
    out.result(&asked, || {
        format!(
            "request   {} ({count} invites for {:?})\nsecrets   {}\nNext: send the request to the issuer, by any road: it says \
             nothing of the invites. Keep the secrets to yourself.",
            asked.request, asked.circle, asked.secrets
        )
    });
    Ok(())
}

#[derive(Serialize)]
struct Issued {
    circle: String,
    count: usize,
    /// Whether this very request was answered before; then nothing was counted.
    again: bool,
    answer: String,
}

fn issue(
    request: &Path,
    place: &IssuerPlace,
    output: &Path,
    limit: usize,
    passphrase: &cli::Passphrase,
    out: Output,
) -> Result<(), Failure> {
    let folder = Folder::open(&place.dir)?;
    let ask = Ask::parse(&fs::read(request).at(request)?, &folder.campaign()?.origin)?;
    if ask.count() > limit {
        let what = format!("{} invites are asked for; raise --limit from {limit} if that is meant", ask.count());
        return Err(Failure::refused("issue-limit", what));
    }
    let (key, ledger) = issuer_files(&folder, place);
    let passphrase = match &place.issuer {
        None => secrets::passphrase(&folder, passphrase.passphrase_file.as_deref())?,
        Some(_) => secrets::passphrase_beside(&key, passphrase.passphrase_file.as_deref(), "Passphrase of the key: ")?,
    };
    let secret = IssuerSecret::from_file(&fs::read(&key).at(&key)?, &passphrase)?;
    let mut ledger = Ledger::open(&ledger)?;
    let (again, answer) = (ledger.knows(&ask), secret.sign(&ask)?);
    // Written down first: an answer that is out and not counted would be an invite nobody knows of.
    ledger.write(&ask, SystemClock.today())?;
    fs::write(output, answer.to_json()).at(output)?;
    let issued =
        Issued { circle: ask.circle().to_owned(), count: ask.count(), again, answer: output.display().to_string() };
    out.result(&issued, || {
        let again = if issued.again { ", as before: not counted again" } else { "" };
        format!("signed    {} invites for {:?}{again}\nanswer    {}", issued.count, issued.circle, issued.answer)
    });
    Ok(())
}

/// The key and the ledger of the campaign's issuer, or of a partner's.
fn issuer_files(folder: &Folder, place: &IssuerPlace) -> (PathBuf, PathBuf) {
    match &place.issuer {
        None => (folder.key(secrets::ISSUER_KEY), folder.key(LEDGER)),
        Some(at) => (at.join(secrets::ISSUER_KEY), at.join(LEDGER)),
    }
}

#[derive(Serialize)]
struct Printed {
    count: usize,
    sheet: String,
    keyset: String,
}

async fn sheet(args: Circle, out: Output) -> Result<(), Failure> {
    let Circle::Sheet { answer, secrets, campaign: from, keyset, campaign_key, lang, address, output, links } = args
    else {
        return Ok(());
    };
    let campaign = keysets::fetch_campaign(&from.campaign, from.proxy.as_deref()).await?;
    let keyset = sheet_keyset(&campaign, &from, keyset.as_deref(), campaign_key).await?;
    let address = address.unwrap_or_else(|| campaign.intake_url.clone());
    if !address.starts_with("http://") && !address.starts_with("https://") {
        let what = "where the invites lead is not known; give --address URL, or intake_url in campaign.toml";
        return Err(Failure::refused("sheet-address", what));
    }
    let answer = Answer::parse(&fs::read(&answer).at(&answer)?)?;
    let kept = Secret::new(fs::read(&secrets).at(&secrets)?);
    let tokens = AskSecrets::parse(kept.expose(), &campaign.origin)?.finish(&answer)?;
    let sheet = Sheet { campaign: &campaign, keyset: &keyset, address: &address, lang };
    let count = tokens.len();
    if let Some(links) = &links {
        let text: String = tokens.iter().map(|token| sheet.link(token) + "\n").collect();
        secrets::write(links, text.as_bytes())?;
    }
    let html = sheet.to_html(&SheetTexts::load()?, tokens, &mut OsRandom)?;
    secrets::write(&output, html.as_bytes())?;
    let printed = Printed { count, sheet: output.display().to_string(), keyset: hex::encode(keyset.hash()) };
    out.result(&printed, || {
        format!(
            "sheet     {} ({count} invites)\n{}\nNext: open it in a browser, print it, cut along the lines. Then delete the \
             sheet, the answer and the secrets: whoever has them has the invites.",
            printed.sheet,
            keysets::hash_text(&keyset, Some(lang))
        )
    });
    Ok(())
}

/// The key set whose hash the cards print, signed by the campaign and not run out.
async fn sheet_keyset(
    campaign: &Campaign,
    from: &cli::circle::CampaignFile,
    keyset: Option<&str>,
    given: Option<hamseda_core::CampaignPin>,
) -> Result<KeySet, Failure> {
    let pin = keysets::pin(campaign)?;
    if given.is_some_and(|given| given != pin) {
        let what = "campaign.toml names another campaign key than the one you gave; don't print it, ask the campaign by another way";
        return Err(Failure::refused("sheet-campaign-key", what));
    }
    let beside = match from.campaign.rsplit_once('/') {
        Some((base, _)) if from.campaign.contains("://") => format!("{base}/keyset"),
        _ => Path::new(&from.campaign).with_file_name("keyset.json").display().to_string(),
    };
    let (keyset, _) = keysets::fetch(keyset.unwrap_or(&beside), from.proxy.as_deref(), Some(pin)).await?;
    keyset.current(SystemClock.today())?;
    Ok(keyset)
}

#[derive(Serialize)]
struct Counted {
    circles: BTreeMap<String, u64>,
    total: u64,
}

fn count(place: &IssuerPlace, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&place.dir)?;
    let ledger = Ledger::open(&issuer_files(&folder, place).1)?;
    let circles: BTreeMap<String, u64> = ledger.counts().into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    let counted = Counted { total: circles.values().sum(), circles };
    out.result(&counted, || {
        let mut lines: Vec<_> = counted.circles.iter().map(|(circle, n)| format!("{n:>7}  {circle}")).collect();
        lines.push(format!("{:>7}  in all; how many were used, only the desk knows, and not whose", counted.total));
        lines.join("\n")
    });
    Ok(())
}

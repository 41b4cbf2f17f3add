//! `hamseda code`: what a contributor does with the ten words: look up, answer, take back. The code comes from standard
//! input, leaves this process for nowhere, and is kept by nothing here.

use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use hamseda_core::{Clock as _, OsRandom, Secret, SystemClock};
use hamseda_road::ask;
use hamseda_seal::{Code, CodeKeys, KeySet, LETTER_CHARS, Letter, RecordKey, SmallFile, StatusRecord, locator};
use serde::Serialize;

use super::seal::keyset;
use crate::cli;
use crate::failure::{At, Failure};
use crate::output::Output;

/// Longest first line that is read; ten words are about eighty characters.
const LINE: u64 = 4096;

pub(crate) async fn run(args: cli::code::Code, out: Output) -> Result<(), Failure> {
    match args {
        cli::code::Code::Status { way, from_file } => status(&way, from_file.as_deref(), out).await,
        cli::code::Code::Reply(way) => reply(&way, out).await,
        cli::code::Code::Withdraw(way) => withdraw(&way, out).await,
    }
}

#[derive(Serialize)]
struct Status {
    status: &'static str,
    day: hamseda_core::Day,
    replies: Vec<String>,
}

async fn status(way: &cli::code::Way, from: Option<&Path>, out: Output) -> Result<(), Failure> {
    let keys = keys(way).await?.1;
    let place = locator(&keys.reply_key);
    let record = match (from, &way.intake) {
        (Some(file), _) => std::fs::read(file).at(file)?,
        (None, Some(intake)) => ask::status(intake, way.proxy.as_deref(), place).await?.to_vec(),
        (None, None) => return carry(way, &SmallFile::Status(place).to_bytes(), out),
    };
    let record = StatusRecord::open(&record, &RecordKey::of(&keys.reply_key), place)?;
    let report = Status { status: record.status.as_str(), day: record.day, replies: record.replies };
    out.result(&report, || {
        let mut lines = vec![format!("status    {} (written on {})", report.status, report.day)];
        lines.extend(report.replies.iter().map(|reply| format!("reply     {}", printable(reply))));
        lines.join("\n")
    });
    Ok(())
}

#[derive(Serialize)]
struct Done {
    done: &'static str,
}

async fn reply(way: &cli::code::Way, out: Output) -> Result<(), Failure> {
    let (keyset, keys) = keys(way).await?;
    let text = rest_of_input(out)?;
    let letter = Letter::new(keys.reply_key, text.expose().trim())?;
    let sealed = letter.seal(keyset.current(SystemClock.today())?, &mut OsRandom)?;
    let Some(intake) = &way.intake else { return carry(way, &sealed, out) };
    ask::letter(intake, way.proxy.as_deref(), sealed).await?;
    out.result(&Done { done: "letter" }, || "sent      the desk reads it after its next pull".into());
    Ok(())
}

async fn withdraw(way: &cli::code::Way, out: Output) -> Result<(), Failure> {
    let keys = keys(way).await?.1;
    let Some(intake) = &way.intake else {
        return carry(way, &SmallFile::Withdrawal(keys.withdrawal).to_bytes(), out);
    };
    ask::withdraw(intake, way.proxy.as_deref(), &keys.withdrawal).await?;
    out.result(&Done { done: "withdrawal" }, || {
        "sent      whatever carries this code is deleted at the intake within a minute, and at the desk after its next pull; \
         film, wall and site lose it with their next build"
            .into()
    });
    Ok(())
}

/// Writes what the plain form takes. The name is the caller's; an existing file stays.
fn carry(way: &cli::code::Way, bytes: &[u8], out: Output) -> Result<(), Failure> {
    let Some(path) = &way.to_file else {
        return Err(Failure::refused("code-way", "say where it goes: --intake URL, or --to-file FILE to carry it"));
    };
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).at(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).at(path)?;
    out.result(&serde_json::json!({ "written": path, "bytes": bytes.len() }), || {
        format!(
            "written   {} ({} bytes): give it to the campaign's plain form, then delete it",
            path.display(),
            bytes.len()
        )
    });
    Ok(())
}

/// The key set, which names the campaign, and what the code gives in it.
async fn keys(way: &cli::code::Way) -> Result<(KeySet, CodeKeys), Failure> {
    let from = match (&way.keyset, &way.intake) {
        (Some(from), _) => from.clone(),
        (None, Some(intake)) => format!("{}/keyset", intake.trim_end_matches('/')),
        (None, None) => return Err(Failure::refused("code-way", "give the campaign's key set with --keyset FILE")),
    };
    let keyset = keyset(&from, way.proxy.as_deref()).await?;
    let keys = Code::parse(first_line()?.expose())?.keys(&keyset.terms().origin);
    Ok((keyset, keys))
}

#[expect(clippy::print_stderr, reason = "a prompt, where somebody types")]
fn first_line() -> Result<Secret<String>, Failure> {
    if std::io::stdin().is_terminal() {
        eprint!("Code, ten words or forty digits: ");
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().take(LINE).read_line(&mut line);
    read.map_err(|e| Failure::refused("code-input", format!("the code can't be read: {e}")))?;
    Ok(Secret::new(line))
}

fn rest_of_input(out: Output) -> Result<Secret<String>, Failure> {
    if std::io::stdin().is_terminal() {
        out.note("Your letter; end it with Ctrl-D on a line of its own:");
    }
    let most = u64::try_from(LETTER_CHARS * 4 + 4).unwrap_or(u64::MAX);
    let mut text = String::new();
    let read = std::io::stdin().lock().take(most).read_to_string(&mut text);
    read.map_err(|e| Failure::refused("code-input", format!("the letter can't be read: {e}")))?;
    Ok(Secret::new(text))
}

/// A reply comes from outside: nothing that moves a terminal's cursor gets through.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect::<String>().replace('\n', "\n          ")
}

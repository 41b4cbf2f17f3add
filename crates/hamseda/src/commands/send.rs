//! `hamseda send`: a sealed file goes to the intake by tus; a cut line is taken up again, also by a later run.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use hamseda_core::Secret;
use hamseda_road::tus;
use hamseda_seal::token::Token;
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::keysets;
use crate::output::{Output, Unit};

#[derive(Serialize)]
struct Report {
    bytes: u64,
    resumed_from: u64,
    cuts: u32,
}

pub(crate) async fn run(args: cli::Send, out: Output) -> Result<(), Failure> {
    let token = args.token.as_deref().map(token).transpose()?;
    if let Some(pin) = args.campaign_key {
        // Before a byte goes there: an intake of somebody else would at least learn that something was sent.
        let keyset = format!("{}/keyset", args.url.trim_end_matches('/'));
        keysets::fetch(&keyset, args.proxy.as_deref(), Some(pin)).await?;
    }
    let total = std::fs::metadata(&args.file).at(&args.file)?.len();
    let bar = out.bar(total, "sending", Unit::Bytes);
    let options = tus::Options {
        proxy: args.proxy,
        state: Some(state_file(&args.file)),
        token,
        handle: args.handle,
        ..tus::Options::default()
    };
    let sent = tus::send(&args.file, &args.url, &options, |p| {
        bar.set_position(p.safe);
        bar.set_message(match p.waiting {
            Some(wait) => format!("the line is down; again in {} s", wait.as_secs()),
            None => String::new(),
        });
    })
    .await;
    bar.finish_and_clear();
    let sent = sent?;
    let report = Report { bytes: sent.bytes, resumed_from: sent.resumed_from, cuts: sent.cuts };
    out.result(&report, || {
        let mut text = format!("arrived   {} bytes, safe on the server", report.bytes);
        if report.resumed_from > 0 {
            text += &format!("\nresumed   from byte {}", report.resumed_from);
        }
        text + "\nDelete the clip and the sealed file from this device now."
    });
    Ok(())
}

/// Reads an invite from the argument or from standard input, and refuses what can't be one.
fn token(given: &str) -> Result<Secret<String>, Failure> {
    let mut text = Secret::new(given.to_owned());
    if given == "-" {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).at(Path::new("standard input"))?;
        text = Secret::new(line);
    }
    Ok(Secret::new(text.expose().parse::<Token>()?.to_string()))
}

/// What a later run needs to go on lies beside the sealed file and goes when it has arrived.
fn state_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".road");
    name.into()
}

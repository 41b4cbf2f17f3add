//! `hamseda seal`: what the sending page does, on the command line. The sealed file is the only thing written.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use hamseda_core::{Choices, Clock, Limits, OsRandom, SystemClock, Uses};
use hamseda_seal::{Draft, KeySet};
use serde::Serialize;

use crate::cli::{self, UseArg};
use crate::failure::{At, Failure};
use crate::output::{Output, Unit};

/// Largest key set that is read: eight recipients fit many times over.
const KEYSET_LIMIT: usize = 256 * 1024;

#[derive(Serialize)]
struct Report {
    output: String,
    bytes: u64,
    keyset: String,
    /// Shows later that the message is counted. Kept nowhere by this program.
    receipt: String,
}

pub(crate) async fn run(args: cli::Seal, out: Output) -> Result<(), Failure> {
    let keyset = keyset(&args.keyset).await?;
    let hash = hex::encode(keyset.hash());
    if let Some(expected) = &args.keyset_hash {
        let expected: String = expected.to_lowercase().chars().filter(char::is_ascii_hexdigit).collect();
        if expected.len() < 8 || !hash.starts_with(&expected) {
            let what = format!(
                "this key set's hash is {hash}, not the one you gave (at least 8 digits); \
                 don't seal to it, and ask the campaign by another road"
            );
            return Err(Failure::refused("keyset-hash", what));
        }
    }
    let report = tokio::task::spawn_blocking(move || seal(&args, &keyset, hash, out))
        .await
        .map_err(|e| Failure::refused("seal", e.to_string()))??;
    out.result(&report, || {
        format!(
            "sealed    {} ({} bytes)\nkey set   {}\nreceipt   {}\nNote the receipt on paper: it shows later that the \
             message is counted. Nothing here keeps it.",
            report.output, report.bytes, report.keyset, report.receipt
        )
    });
    Ok(())
}

fn seal(args: &cli::Seal, keyset: &KeySet, hash: String, out: Output) -> Result<Report, Failure> {
    let limits = Limits::DEFAULT;
    let draft = Draft::new(choices(&args.choices));
    let clip = File::open(&args.clip).at(&args.clip)?;
    let bar = out.bar(clip.metadata().at(&args.clip)?.len(), "sealing", Unit::Bytes);
    // Written under another name first: a half-sealed file must not look like a sealed one.
    let partial = args.output.with_extension("partial");
    let file = BufWriter::new(File::create(&partial).at(&partial)?);
    let current = keyset.current(SystemClock.today())?;
    let sealed = hamseda_seal::seal(bar.wrap_read(clip), file, draft, current, &limits, &mut OsRandom);
    bar.finish_and_clear();
    let sealed = match sealed {
        Ok(sealed) => sealed,
        Err(error) => {
            let _ = std::fs::remove_file(&partial);
            return Err(error.into());
        }
    };
    let file = sealed.out.into_inner().map_err(|e| e.into_error()).at(&partial)?;
    file.sync_all().at(&partial)?;
    std::fs::rename(&partial, &args.output).at(&args.output)?;
    Ok(Report {
        output: args.output.display().to_string(),
        bytes: sealed.bytes,
        keyset: hash,
        receipt: sealed.receipt.to_string(),
    })
}

/// Reads a key set from a file or a URL and checks its signature.
async fn keyset(from: &str) -> Result<KeySet, Failure> {
    let bytes = if from.starts_with("http://") || from.starts_with("https://") {
        hamseda_road::get(from, None, KEYSET_LIMIT).await?
    } else {
        std::fs::read(from).at(Path::new(from))?
    };
    Ok(KeySet::verify(&bytes, None)?)
}

pub(super) fn choices(args: &cli::Choices) -> Choices {
    let has = |u| args.uses.contains(&u);
    Choices {
        picture: args.picture.into(),
        voice: args.voice.into(),
        lang: args.lang,
        place: args.place.clone(),
        pseudonym: args.name.clone(),
        uses: Uses {
            film: has(UseArg::Film),
            wall: has(UseArg::Wall),
            count: has(UseArg::Count),
            testimony: has(UseArg::Testimony),
        },
    }
}

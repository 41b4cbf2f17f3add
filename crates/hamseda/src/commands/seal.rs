//! `hamseda seal`: what the sending page does, on the command line. The sealed file is the only thing written.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use hamseda_core::{Choices, Clock, Handle, Limits, OsRandom, SystemClock, Uses};
use hamseda_seal::{Code, Draft, KeySet, handle};
use serde::Serialize;

use super::parts;
use crate::cli::{self, UseArg};
use crate::failure::{At, Failure};
use crate::keysets;
use crate::output::{Output, Unit};

#[derive(Serialize)]
struct Report {
    output: Option<String>,
    /// How many numbered parts were written.
    parts: Option<usize>,
    bytes: u64,
    keyset: String,
    /// Shows later that the message is counted. Kept nowhere by this program.
    receipt: String,
    /// The same in words of the message's language, where there are any.
    receipt_words: Option<String>,
    /// What the upload carries in the clear, so that a withdrawal finds it.
    handle: Handle,
    /// The code's ten words, or its digits. Kept nowhere either.
    code: Option<String>,
}

pub(crate) async fn run(args: cli::Seal, out: Output) -> Result<(), Failure> {
    let (keyset, pin) = keysets::fetch(&args.keyset, None, args.campaign_key).await?;
    if pin.is_none() && args.keyset_hash.is_none() {
        out.note("Nobody vouches for this key set but itself: compare its hash with the campaign's paper.");
    }
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
        let words = report.receipt_words.as_ref().map_or_else(String::new, |words| format!("\n          {words}"));
        let code = report.code.as_ref().map_or_else(String::new, |code| {
            format!("\ncode      {code}\nWhoever has the code sees the status and can take the message back: hide it well.")
        });
        let output = report.output.as_deref().unwrap_or("into parts");
        let parts = report.parts.map_or_else(String::new, |count| format!("\nparts     {count}, in the order of their names"));
        format!(
            "sealed    {output} ({} bytes){parts}\nkey set   {}\nhandle    {}\nreceipt   {}{words}{code}\nNote the receipt on paper: it \
             shows later that the message is counted. Nothing here keeps it.",
            report.bytes, report.keyset, report.handle, report.receipt
        )
    });
    Ok(())
}

fn seal(args: &cli::Seal, keyset: &KeySet, hash: String, out: Output) -> Result<Report, Failure> {
    let limits = Limits::DEFAULT;
    let code = args.code.then(|| Code::draw(&mut OsRandom));
    let choices = choices(&args.choices);
    let draft = match &code {
        Some(code) => Draft::with_code(choices, code.keys(&keyset.terms().origin)),
        None => Draft::new(choices),
    };
    let clip = File::open(&args.clip).at(&args.clip)?;
    let bar = out.bar(clip.metadata().at(&args.clip)?.len(), "sealing", Unit::Bytes);
    // Written under another name first: a half-sealed file must not look like a sealed one.
    let output = sealed_file(args)?;
    let partial = output.with_extension("partial");
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
    std::fs::rename(&partial, &output).at(&output)?;
    let handle = handle(sealed.secrets.withdrawal());
    let parts = args.parts.as_ref().map(|folder| parts::cut(&output, handle, folder));
    if args.output.is_none() {
        std::fs::remove_file(&output).at(&output)?;
    }
    Ok(Report {
        output: args.output.as_ref().map(|path| path.display().to_string()),
        parts: parts.transpose()?,
        bytes: sealed.bytes,
        keyset: hash,
        receipt: sealed.receipt.to_string(),
        receipt_words: sealed.receipt.words_in(args.choices.lang),
        handle,
        code: code.map(|code| code.words(args.choices.lang).unwrap_or_else(|| code.digits()).expose().clone()),
    })
}

/// Where the whole sealed file goes: where it was asked for, or among its parts for as long as they are made.
fn sealed_file(args: &cli::Seal) -> Result<PathBuf, Failure> {
    match (&args.output, &args.parts) {
        (Some(output), _) => Ok(output.clone()),
        (None, Some(folder)) => {
            std::fs::create_dir_all(folder).at(folder)?;
            Ok(folder.join(parts::name(&mut OsRandom)))
        }
        (None, None) => Err(Failure::refused("seal-output", "say where the sealed file goes: --output or --parts")),
    }
}

/// Reads a key set from a file or a URL and checks its signature, and its signer where there is something to compare.
pub(super) async fn keyset(from: &str, proxy: Option<&str>) -> Result<KeySet, Failure> {
    Ok(keysets::fetch(from, proxy, None).await?.0)
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

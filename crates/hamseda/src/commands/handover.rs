//! `hamseda handover`: what an intake says it took from a stick.

use hamseda_seal::handover::{Handover, HandoverTerms};

use crate::cli::carry::{self, VerifyHandover};
use crate::failure::{At, Failure};
use crate::output::Output;

pub(crate) fn run(command: &carry::Handover, out: Output) -> Result<(), Failure> {
    let carry::Handover::Verify(args) = command;
    verify(args, out)
}

fn verify(args: &VerifyHandover, out: Output) -> Result<(), Failure> {
    let json = std::fs::read(&args.file).at(&args.file)?;
    let key = args.key.as_deref().map(key).transpose()?;
    let receipt = Handover::verify(&json, key.as_ref())?;
    let terms = receipt.terms();
    out.result(terms, || {
        let known =
            if key.is_some() { "the one given" } else { "not compared: get it from the campaign, and add --key" };
        format!("{}\nkey        {} ({known})", said(terms), hex::encode(terms.intake_key))
    });
    Ok(())
}

/// What a receipt says, for people.
pub(super) fn said(terms: &HandoverTerms) -> String {
    let mut text = format!(
        "handed over {} to {}\nnew        {} messages\nknown      {}",
        terms.day,
        terms.origin,
        terms.new.len(),
        terms.known.len()
    );
    for file in &terms.incomplete {
        let missing: Vec<String> = file.missing.iter().map(ToString::to_string).collect();
        let here = usize::from(file.parts).saturating_sub(file.missing.len());
        text += &format!("\nincomplete {here} of {} parts; missing: {}", file.parts, missing.join(", "));
    }
    for (what, count) in [("letters   ", terms.letters), ("withdrawn ", terms.withdrawals)] {
        if count > 0 {
            text += &format!("\n{what} {count}");
        }
    }
    for (code, count) in &terms.refused {
        text += &format!("\nrefused    {count} files [{code}]");
    }
    text
}

fn key(text: &str) -> Result<[u8; 32], Failure> {
    let mut key = [0; 32];
    let bad = |_| Failure::refused("handover-key", "a key is 64 hex digits; copy it again");
    hex::decode_to_slice(text.trim().to_lowercase(), &mut key).map_err(bad)?;
    Ok(key)
}

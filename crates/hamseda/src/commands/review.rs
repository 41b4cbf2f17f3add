//! `hamseda review`: decisions by a rule the operator names, and a list of what waits. People decide at the desk.

use hamseda_core::{MessageId, MessageState};
use hamseda_vault::{Actor, Decision, Message, Page, Vault, VaultError};
use serde::Serialize;

use crate::cli;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::{Output, Unit};
use crate::rooms;

#[derive(Serialize)]
struct Report {
    decided: u64,
    /// Their sender did not allow them to be counted, so they can't be accepted.
    not_counted: u64,
}

pub(crate) async fn run(args: cli::Review, out: Output) -> Result<(), Failure> {
    match args {
        cli::Review::List(dir) => list(&dir, out).await,
        cli::Review::Accept(decide) => apply(decide, Decision::Accept, out).await,
        cli::Review::Hold(decide) => apply(decide, Decision::Hold, out).await,
        cli::Review::Reject { decide, code } => apply(decide, Decision::Reject(code), out).await,
    }
}

async fn list(dir: &cli::Dir, out: Output) -> Result<(), Failure> {
    let vault = rooms::vault(&Folder::open(&dir.dir)?).await?;
    let waiting = vault.messages(Some(MessageState::Prepared), Page::ALL).await?;
    let ids: Vec<MessageId> = waiting.iter().map(|m| m.id).collect();
    out.result(&ids, || {
        let lines: Vec<_> = waiting.iter().map(line).collect();
        if lines.is_empty() { "nothing waits".into() } else { lines.join("\n") }
    });
    Ok(())
}

fn line(message: &Message) -> String {
    let place = message.parts.as_ref().and_then(|p| p.choices.place.as_ref());
    format!("{}  {}  {}", message.id, message.day, place.map_or("no place", |p| p.as_str()))
}

async fn apply(args: cli::Decide, decision: Decision, out: Output) -> Result<(), Failure> {
    let vault = rooms::vault(&Folder::open(&args.dir.dir)?).await?;
    let actor = Actor::Rule(args.rule);
    let messages = if args.all { waiting(&vault).await? } else { args.messages };
    let bar = out.bar(messages.len() as u64, "deciding", Unit::Items);
    let mut report = Report { decided: 0, not_counted: 0 };
    for id in messages {
        match vault.decide(id, decision, &actor).await {
            Ok(_) => report.decided += 1,
            // With --all the sender's "don't count" is no error: those messages stay for a person.
            Err(VaultError::NotCounted(_)) if args.all => report.not_counted += 1,
            Err(error) => return Err(error.into()),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.result(&report, || format!("decided {}, left for a person {}", report.decided, report.not_counted));
    Ok(())
}

async fn waiting(vault: &Vault) -> Result<Vec<MessageId>, Failure> {
    Ok(vault.messages(Some(MessageState::Prepared), Page::ALL).await?.into_iter().map(|m| m.id).collect())
}

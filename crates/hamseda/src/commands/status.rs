//! `hamseda status`: where the campaign stands, for its operator. Figures for the world come from `tally verify`.

use std::collections::BTreeMap;

use hamseda_core::MessageState;
use hamseda_vault::{Message, Page};
use serde::Serialize;

use crate::cli;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;
use crate::rooms;

#[derive(Serialize)]
struct Report {
    received: u64,
    messages: BTreeMap<MessageState, u64>,
    /// Invites that were used; a message counts as invited by the first that came with it.
    invites_used: u64,
    jobs_free: u64,
    jobs_leased: u64,
    leaves_waiting: u64,
    leaves_logged: u64,
    batches: u64,
    custody_events: u64,
    /// How often artefacts of each kind were made: `times` above `artefacts` means that finished work was done again.
    made: BTreeMap<String, Made>,
    /// Sealed files the vault knows, so that a sender's tool can see what arrived.
    sealed: Vec<String>,
    unreadable: Vec<Unreadable>,
}

#[derive(Serialize)]
struct Made {
    artefacts: u64,
    times: u64,
}

impl From<hamseda_vault::Made> for Made {
    fn from(made: hamseda_vault::Made) -> Self {
        Self { artefacts: made.artefacts, times: made.times }
    }
}

#[derive(Serialize)]
struct Unreadable {
    id: String,
    code: String,
    reason: String,
}

pub(crate) async fn run(args: cli::Dir, out: Output) -> Result<(), Failure> {
    let vault = rooms::vault(&Folder::open(&args.dir)?).await?;
    let counts = vault.counts().await?;
    let all = vault.messages(None, Page::ALL).await?;
    let custody = vault.verify_custody().await?;
    let report = Report {
        received: counts.received(),
        invites_used: vault.tokens_spent().await?,
        jobs_free: counts.jobs_free,
        jobs_leased: counts.jobs_leased,
        leaves_waiting: counts.leaves_waiting,
        leaves_logged: counts.leaves_logged,
        batches: counts.batches,
        custody_events: custody.seq,
        made: vault.made_of_every_kind().await?.into_iter().map(|(kind, m)| (kind, Made::from(m))).collect(),
        sealed: all.iter().map(|m| m.sealed.to_string()).collect(),
        unreadable: all.iter().filter(|m| m.state == MessageState::Unreadable).map(unreadable).collect(),
        messages: counts.messages,
    };
    out.result(&report, || text(&report));
    Ok(())
}

fn unreadable(message: &Message) -> Unreadable {
    let (code, reason) = (message.code.clone().unwrap_or_default(), message.reason.clone().unwrap_or_default());
    Unreadable { id: message.id.to_string(), code, reason }
}

fn text(report: &Report) -> String {
    let mut lines = vec![format!("received    {}", report.received)];
    lines.extend(report.messages.iter().map(|(state, n)| format!("{:<11} {n}", state.as_str())));
    if report.invites_used > 0 {
        lines.push(format!("invites     {} used", report.invites_used));
    }
    lines.push(format!("jobs        {} free, {} leased", report.jobs_free, report.jobs_leased));
    lines.push(format!(
        "log         {} leaves in {} batches, {} waiting",
        report.leaves_logged, report.batches, report.leaves_waiting
    ));
    lines.push(format!("custody     {} events, linked", report.custody_events));
    lines.extend(report.unreadable.iter().map(|u| format!("can't read  {}: {} [{}]", &u.id[..8], u.reason, u.code)));
    lines.join("\n")
}

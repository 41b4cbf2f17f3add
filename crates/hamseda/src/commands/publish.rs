//! `hamseda publish`: the clips of released messages, as far as their senders allowed, are entered for the next batch; a clip
//! is shown only once its leaf is in the log.

use hamseda_tally::sha256_reader;
use hamseda_vault::Use;
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::{Output, Unit};
use crate::rooms;

#[derive(Default, Serialize)]
struct Report {
    /// Entered now, for the next batch.
    entered: u64,
    /// In the log already.
    logged: u64,
}

pub(crate) async fn run(args: cli::Dir, out: Output) -> Result<(), Failure> {
    let vault = rooms::vault(&Folder::open(&args.dir)?).await?;
    let released = vault.released_for(Use::Wall).await?;
    let bar = out.bar(released.len() as u64, "publishing", Unit::Items);
    let mut report = Report::default();
    for message in &released {
        let master = message.parts().master;
        let path = vault.artefact(master).await?.ok_or_else(|| {
            let what = format!("the master of {} is missing; prepare it again", message.id());
            Failure::refused("publish-no-master", what)
        })?;
        let file = std::fs::File::open(&path).at(&path)?;
        let sha256 = sha256_reader(std::io::BufReader::new(file)).at(&path)?;
        match vault.publish(message, sha256).await? {
            Some(_) => report.logged += 1,
            None => report.entered += 1,
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    out.result(&report, || {
        format!("entered for the next batch {}, in the log already {}", report.entered, report.logged)
    });
    Ok(())
}

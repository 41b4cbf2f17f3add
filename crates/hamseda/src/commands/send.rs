//! `hamseda send`: a sealed file goes to the intake by tus; a cut line is taken up again, also by a later run.

use std::path::PathBuf;

use hamseda_road::tus;
use serde::Serialize;

use crate::cli;
use crate::failure::{At, Failure};
use crate::output::{Output, Unit};

#[derive(Serialize)]
struct Report {
    bytes: u64,
    resumed_from: u64,
    cuts: u32,
}

pub(crate) async fn run(args: cli::Send, out: Output) -> Result<(), Failure> {
    let total = std::fs::metadata(&args.file).at(&args.file)?.len();
    let bar = out.bar(total, "sending", Unit::Bytes);
    let options = tus::Options { proxy: args.proxy, state: Some(state_file(&args.file)), ..tus::Options::default() };
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

/// What a later run needs to go on lies beside the sealed file and goes when it has arrived.
fn state_file(file: &std::path::Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".road");
    name.into()
}

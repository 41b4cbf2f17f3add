//! `hamseda sealer`: the offline sealer, for people who get it from somebody they trust and not from the server.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cli::sealer::Sealer;
use crate::failure::{At, Failure};
use crate::output::Output;

#[derive(Serialize)]
struct Report {
    sha256: String,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
}

pub(crate) fn run(args: &Sealer, out: Output) -> Result<(), Failure> {
    let page = hamseda_assets::SEALER_HTML;
    if let Some(path) = &args.output {
        std::fs::write(path, page).at(path)?;
    }
    let report = Report {
        sha256: hex::encode(Sha256::digest(page)),
        bytes: page.len(),
        output: args.output.as_ref().map(|path| path.display().to_string()),
    };
    out.result(&report, || {
        let written = report.output.as_ref().map(|path| format!("sealer    {path} ({} bytes)\n", report.bytes));
        format!("{}sha256    {}", written.unwrap_or_default(), report.sha256)
    });
    Ok(())
}

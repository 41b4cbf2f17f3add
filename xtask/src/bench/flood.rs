//! `cargo xtask bench flood`: how long an invited sender takes alone, and while 10,000 hostile uploads are under way. Fails
//! when it is more than twice as long.

use super::{build_lab, folder, keep, lab};
use crate::json::Json;
use crate::options::Options;
use crate::shell::{Res, output, run, tool};

/// How much longer it may take.
const MOST: f64 = 2.0;

/// `cargo xtask bench flood [--uploads N]`
pub(super) fn main(words: &[String]) -> Res {
    let options = Options::read(words, &["uploads"], &[])?;
    let uploads = options.count("uploads")?.unwrap_or(10_000).to_string();
    let program = build_lab(true)?;
    let dir = folder().join("data");
    let row = output(lab(&program).args(["flood", "--json", "--uploads", &uploads, "--dir"]).arg(&dir))?;
    run(tool("rm").arg("-rf").arg(&dir))?;
    let row = row.lines().next().unwrap_or_default().to_owned();
    let told = Json::parse(&row).unwrap_or(Json::Null);
    let n = |key: &str| told.get(key).number().unwrap_or_default();
    println!(
        "  {} hostile uploads under way, {:.1} MB/s of them; the server holds {:.0} MB\n  \
         an invited message of {:.1} MB: {:.3} s alone, {:.3} s in the flood: {:.2} times",
        n("hostile_under_way"),
        n("hostile_mb_per_s_meanwhile"),
        n("server_rss_peak_mb"),
        n("message_bytes") / 1e6,
        n("invited_alone_s"),
        n("invited_in_flood_s"),
        n("ratio"),
    );
    keep("flood", &[row])?;
    let ratio = n("ratio");
    if ratio > 0.0 && ratio <= MOST { Ok(()) } else { Err(format!("the flood slowed the invited {ratio:.2} times")) }
}

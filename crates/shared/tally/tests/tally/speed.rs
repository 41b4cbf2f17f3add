//! How long a recount takes. Run with `cargo test --release -p hamseda-tally -- --ignored --nocapture`; with
//! `HAMSEDA_SPEED_SITE=FOLDER` the site is kept, to measure the page's recount on it.

use std::time::Instant;

use hamseda_tally::{Expectation, verify};

use crate::support::site;

#[test]
#[ignore = "a measurement"]
fn fifty_thousand_leaves() {
    let batch = "A".repeat(639);
    let site = site(&[batch.as_str(); 79], false, 5);
    let bytes: usize = site.0.values().map(Vec::len).sum();
    let best = (0..7).map(|_| {
        let start = Instant::now();
        let report = verify(&site, &Expectation::default());
        let took = start.elapsed();
        assert!(report.ok, "{:?}", report.faults);
        (took, report.size)
    });
    // The best of seven: what else the machine does is not the recount's cost.
    let (took, size) = best.min().unwrap();
    if let Some(folder) = std::env::var_os("HAMSEDA_SPEED_SITE") {
        for (path, bytes) in &site.0 {
            let path = std::path::Path::new(&folder).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    println!("{} leaves in {} files, {bytes} bytes: {took:?}", size.unwrap(), site.0.len());
}

//! `hamseda prepare`: the protected master of one clip, outside any campaign: to see what a choice gives, and to measure.

use hamseda_cage::Cage;
use hamseda_core::{Choices, Lang, Limits, Uses};
use hamseda_protect::{Paths, Prepared, prepare};

use crate::cli;
use crate::failure::{At, Failure};
use crate::output::Output;

pub(crate) fn run(args: &cli::Prepare, out: Output) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.output).at(&args.output)?;
    let paths = Paths {
        master: args.output.join("master.mp4"),
        tiles: args.output.join("tiles.bin"),
        poster: args.output.join("poster.jpg"),
    };
    let clip = std::fs::read(&args.clip).at(&args.clip)?;
    let choices = Choices {
        picture: args.face.into(),
        voice: args.voice.into(),
        lang: Lang::En,
        place: None,
        pseudonym: None,
        uses: Uses::PUBLIC,
    };
    // A card drawn from the file's name would let somebody who guesses the name confirm it.
    let prepared = prepare(&Cage::new()?, &clip, &choices, b"hamseda prepare", &Limits::DEFAULT, &paths)?;
    let report = args.output.join("report.json");
    let json = serde_json::to_vec_pretty(&prepared).map_err(|e| Failure::refused("report", e.to_string()))?;
    std::fs::write(&report, json).at(&report)?;
    out.result(&prepared, || text(&prepared, &paths));
    Ok(())
}

fn text(prepared: &Prepared, paths: &Paths) -> String {
    let treatment = prepared.report.treatment;
    let what = format!("picture {}, voice {}", treatment.picture.as_str(), treatment.voice.as_str());
    let millis = hamseda_core::lattice::millis(prepared.units);
    format!("prepared  {} ({}.{:03} s, {what})", paths.master.display(), millis / 1000, millis % 1000)
}

//! A wall of a few messages, each of its own colour, so that a picture tells who is where.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "helpers of tests; ffmpeg reads the pictures")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{campaign, claim, frame_hashes, master, run, tiles};
use hamseda_cage::Cage;
use hamseda_core::{Lang, MessageId};
use hamseda_film::{Folder, WallInputs, WallReport, WallTile, build_wall};

const COLOURS: [(u8, u8, u8); 7] =
    [(200, 40, 40), (40, 180, 60), (50, 70, 200), (210, 190, 40), (150, 50, 170), (40, 180, 190), (230, 230, 230)];

fn wall(store: &Folder) -> Vec<WallTile> {
    let tile = |(n, (r, g, b)): (u8, (u8, u8, u8))| {
        let master = master(store, n, 2, &format!("color=c=0x{r:02x}{g:02x}{b:02x}:s=1280x720:r=30"), "anullsrc");
        let message = MessageId::from_bytes([n; 16]);
        WallTile { message, master, tiles: tiles(store, n, master), units: 2, shown: n == 3 }
    };
    (0u8..).zip(COLOURS).map(tile).collect()
}

fn build(store: &Folder, tiles: &[WallTile], out: &Path) -> WallReport {
    let (campaign, claim) = (campaign(), claim(7));
    let inputs = WallInputs { campaign: &campaign, tiles, claim: &claim, lang: Lang::Fa };
    build_wall(store, &Cage::new().unwrap(), &inputs, out, &|_, _, _| {}).unwrap()
}

/// A picture as RGB; of a video, its frame `n`.
fn rgb(path: &Path, n: u32, width: u32) -> Vec<u8> {
    let filter = format!("select=eq(n\\,{n}),scale={width}:-2");
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-i", path.to_str().unwrap(), "-vf", &filter, "-frames:v", "1"])
        .args(["-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    out.stdout
}

fn near(pixel: &[u8], (r, g, b): (u8, u8, u8)) -> bool {
    pixel.iter().zip([r, g, b]).all(|(&p, c)| p.abs_diff(c) < 26)
}

#[test]
fn everyone_has_one_place_and_the_map_knows_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Folder::new(&dir.path().join("kept")).unwrap();
    let (tiles, out) = (wall(&store), dir.path().join("wall"));
    let report = build(&store, &tiles, &out);
    assert_eq!((report.tiles, report.walls_encoded), (7, 1));

    let map: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("map.json")).unwrap()).unwrap();
    let still = rgb(&out.join("wall.jpg"), 0, 1920);
    assert_eq!(still.len(), 1920 * 1080 * 3);
    let spots = map["tiles"].as_array().unwrap();
    assert_eq!(spots.len(), 7);
    let mut covered = 0;
    for spot in spots {
        let get = |key: &str| spot[key].as_u64().unwrap() as usize;
        let id: MessageId = spot["message"].as_str().unwrap().parse().unwrap();
        let middle = ((get("y") + get("h") / 2) * 1920 + get("x") + get("w") / 2) * 3;
        let colour = COLOURS[usize::from(id.as_bytes()[0])];
        assert!(near(&still[middle..middle + 3], colour), "{id}: {:?} is not {colour:?}", &still[middle..middle + 3]);
        covered += get("w") * get("h");
    }
    assert_eq!(covered, 1920 * 1080, "no gap and no overlap");

    // The film begins with the one that is shown, filling the frame, and goes on to all of them before the number darkens it.
    let video = out.join("wall.mp4");
    assert_eq!(frame_hashes(&video, "mp4").len(), 448);
    let first = rgb(&video, 0, 64);
    assert!(first.chunks_exact(3).all(|p| near(p, COLOURS[3])));
    let last = rgb(&video, 310, 1280);
    for colour in COLOURS {
        assert!(last.chunks_exact(3).filter(|p| near(p, colour)).count() > 20_000, "{colour:?} is not on the wall");
    }
    let duration = run("ffprobe", &["-show_entries", "format=duration", "-of", "csv=p=0", video.to_str().unwrap()]);
    assert!(duration.starts_with("14.93"), "{duration}");
    assert_eq!(rgb(&out.join("wall-small.jpg"), 0, 960).len(), 960 * 540 * 3);
}

#[test]
fn the_same_wall_is_not_made_twice_and_order_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let store = Folder::new(&dir.path().join("kept")).unwrap();
    let mut tiles = wall(&store);
    tiles.truncate(2);
    let names = ["wall.mp4", "wall.jpg", "wall-small.jpg", "map.json"];
    let read = |out: &Path| names.map(|name| std::fs::read(out.join(name)).unwrap());
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    assert_eq!(build(&store, &tiles, &one).walls_encoded, 1);
    tiles.reverse();
    assert_eq!(build(&store, &tiles, &two).walls_encoded, 0);
    assert!(read(&one) == read(&two));
}

#[test]
fn a_wall_of_nothing_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let store = Folder::new(&dir.path().join("kept")).unwrap();
    let (campaign, claim, cage) = (campaign(), claim(0), Cage::new().unwrap());
    let inputs = WallInputs { campaign: &campaign, tiles: &[], claim: &claim, lang: Lang::En };
    let error = build_wall(&store, &cage, &inputs, &dir.path().join("wall"), &|_, _, _| {}).unwrap_err();
    assert!(error.to_string().contains("accept some"), "{error}");
}

//! What `cargo xtask bench duplicates` runs: takes fingerprints of raw frames, and judges lists of them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a benchmark prints, and stops where something is wrong"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use hamseda_fingerprint::{Area, Fingerprint, Index, Maker, Opinion, Sense, Verdict, compare};

/// Side of the frames that `take` reads.
const SIDE: usize = 128;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["take", folder] => take(Path::new(folder)),
        ["judge", list] => judge(Path::new(list)),
        ["pairs", list] => pairs(Path::new(list)),
        ["speed"] => speed(),
        _ => panic!("take FOLDER, judge LIST, pairs LIST or speed"),
    }
}

/// A fingerprint of every `.gray` file, with the samples of the `.f32` file beside it. Both are removed.
fn take(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "gray") {
            continue;
        }
        let mut maker = Maker::new(Area { x: 0, y: 0, width: SIDE, height: SIDE }, SIDE).unwrap();
        std::fs::read(&path).unwrap().chunks_exact(SIDE * SIDE).for_each(|frame| maker.frame(frame));
        let sound = path.with_extension("f32");
        let bytes = std::fs::read(&sound).unwrap_or_default();
        let samples: Vec<f32> = bytes.chunks_exact(4).map(|s| f32::from_le_bytes(s.try_into().unwrap())).collect();
        std::fs::write(path.with_extension("print"), maker.finish(&samples).to_bytes()).unwrap();
        std::fs::remove_file(&path).unwrap();
        let _ = std::fs::remove_file(sound);
    }
}

struct Print {
    clip: String,
    group: String,
    copy: String,
    print: Fingerprint,
}

fn read(list: &Path) -> Vec<Print> {
    let text = std::fs::read_to_string(list).unwrap();
    let line = |line: &str| {
        let [clip, group, copy, path] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let print = Fingerprint::parse(&std::fs::read(path).unwrap()).unwrap();
        Print { clip: clip.into(), group: group.into(), copy: copy.into(), print }
    };
    text.lines().map(line).collect()
}

/// What became of the copies of one kind.
#[derive(Default)]
struct Tally {
    copies: u32,
    proposed: u32,
    by_picture: u32,
    by_sound: u32,
    verified: u32,
    listed: u32,
    /// Other clips that were proposed, of one group and of another, and what the second look said.
    near: False,
    far: False,
}

#[derive(Default)]
struct False {
    proposed: u32,
    listed: u32,
    verified: u32,
}

impl False {
    fn add(&mut self, opinion: Opinion) {
        self.proposed += 1;
        self.listed += u32::from(opinion.verdict != Verdict::Different);
        self.verified += u32::from(opinion.verdict == Verdict::Same);
    }
}

/// Asks an index of all originals about every copy.
fn judge(list: &Path) {
    let prints = read(list);
    let originals: BTreeMap<&str, &Print> =
        prints.iter().filter(|p| p.copy == "original").map(|p| (p.clip.as_str(), p)).collect();
    let mut index = Index::default();
    originals.values().for_each(|p| index.add(p.clip.as_str(), &p.print));
    let mut order = Vec::new();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut times = Vec::new();
    for asked in &prints {
        if !order.contains(&asked.copy.as_str()) {
            order.push(asked.copy.as_str());
        }
        let tally = tallies.entry(&asked.copy).or_default();
        one(&index, &originals, asked, tally, &mut times);
    }
    let clips = originals.len();
    for copy in order {
        println!("{}", row(copy, &tallies[copy], clips));
    }
    let mut all = Tally::default();
    for tally in tallies.values() {
        all.copies += tally.copies;
        all.near.add_all(&tally.near);
        all.far.add_all(&tally.far);
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        r#"{{"what":"false pairs","clips":{clips},"queries":{},"near_proposed":{},"near_listed":{},"near_verified":{},"far_proposed":{},"far_listed":{},"far_verified":{},"compare_ms":{median:.2},"line":"false pairs of {} queries x {} clips: same room {} proposed, {} listed, {} verified; others {} / {} / {}; a second look {median:.1} ms"}}"#,
        all.copies,
        all.near.proposed,
        all.near.listed,
        all.near.verified,
        all.far.proposed,
        all.far.listed,
        all.far.verified,
        all.copies,
        clips - 1,
        all.near.proposed,
        all.near.listed,
        all.near.verified,
        all.far.proposed,
        all.far.listed,
        all.far.verified
    );
}

impl False {
    fn add_all(&mut self, other: &Self) {
        self.proposed += other.proposed;
        self.listed += other.listed;
        self.verified += other.verified;
    }
}

fn one(
    index: &Index<&str>,
    originals: &BTreeMap<&str, &Print>,
    asked: &Print,
    tally: &mut Tally,
    times: &mut Vec<f64>,
) {
    tally.copies += 1;
    let mut found = false;
    for proposal in index.propose(&asked.print, 10) {
        let other = originals[proposal.name];
        let began = Instant::now();
        let opinion = compare(&other.print, &asked.print);
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        if other.clip == asked.clip {
            found = true;
            tally.proposed += 1;
            tally.by_picture += u32::from(proposal.distance.is_some());
            tally.by_sound += u32::from(proposal.sounds > 0);
            tally.verified += u32::from(opinion.verdict == Verdict::Same);
            tally.listed += u32::from(opinion.verdict != Verdict::Different);
            if opinion.verdict != Verdict::Same {
                eprintln!("not verified: {} {} {proposal:?} {opinion:?}", asked.clip, asked.copy);
            }
        } else if asked.copy.contains("laid into") && other.group != asked.group {
            // The other clip is really in it.
        } else {
            let near = other.group == asked.group;
            if near {
                tally.near.add(opinion)
            } else {
                tally.far.add(opinion)
            }
            if opinion.verdict == Verdict::Same {
                eprintln!("false: {} {} = {} {proposal:?} {opinion:?}", asked.clip, asked.copy, other.clip);
            }
        }
    }
    if !found {
        eprintln!("not proposed: {} {}", asked.clip, asked.copy);
    }
}

fn row(copy: &str, tally: &Tally, clips: usize) -> String {
    let share = |n: u32| f64::from(n) / f64::from(tally.copies);
    let [proposed, picture, sound, verified, listed] =
        [tally.proposed, tally.by_picture, tally.by_sound, tally.verified, tally.listed].map(share);
    format!(
        r#"{{"what":"recall","by":"hamseda","copy":"{copy}","copies":{},"of":{clips},"proposed":{proposed:.4},"picture":{picture:.4},"sound":{sound:.4},"verified":{verified:.4},"listed":{listed:.4},"line":"{copy:<30} {:>4} proposed {proposed:.3} (picture {picture:.3}, sound {sound:.3}) verified {verified:.3} listed {listed:.3}"}}"#,
        tally.copies, tally.copies
    )
}

/// Compares all originals of one group with one another, and says how their scores lie.
fn pairs(list: &Path) {
    let prints = read(list);
    let originals: Vec<&Print> = prints.iter().filter(|p| p.copy == "original").collect();
    let mut scores: BTreeMap<&str, Vec<(f32, f32, String)>> = BTreeMap::new();
    let mut verified = 0;
    for (i, one) in originals.iter().enumerate() {
        for two in originals[i + 1..].iter().filter(|two| two.group == one.group) {
            let opinion = compare(&one.print, &two.print);
            let kind = if one.group.starts_with("person") { "drawn" } else { "signs" };
            let name = format!("{} {} {:?}", one.clip, two.clip, opinion.verdict);
            verified += u32::from(opinion.verdict == Verdict::Same);
            let bits = if opinion.sound == Sense::Unclear { -1.0 } else { opinion.bits };
            scores.entry(kind).or_default().push((opinion.motion, bits, name));
        }
    }
    for (kind, mut scores) in scores {
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        let at = |q: usize| scores[(scores.len() - 1) * q / 100].0;
        println!(
            "{kind}: {} pairs; motion most {:.2}, 1 % {:.2}, 5 % {:.2}, median {:.2}",
            scores.len(),
            at(0),
            at(1),
            at(5),
            at(50)
        );
        for (motion, bits, name) in scores.iter().take(8) {
            println!("    {motion:.3} {bits:.3} {name}");
        }
        let least = scores.iter().map(|s| s.1).filter(|b| *b >= 0.0).fold(1.0, f32::min);
        println!("    least share of bits {least:.3}");
    }
    println!("{verified} verified");
}

/// How long a question takes in indexes of growing size. Hashes are random: what matters is their number.
fn speed() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut asked = Vec::new();
    for count in [5_000, 50_000, 500_000] {
        let mut index = Index::default();
        for name in 0..count {
            let print = random(&mut next);
            index.add(name, &print);
            if name % (count / 20) == 0 {
                asked.push((name, print));
            }
        }
        let mut times: Vec<f64> = Vec::new();
        for (name, print) in asked.drain(..) {
            let began = on_core();
            let found = index.propose(&print, 10);
            times.push(on_core() - began);
            assert_eq!(found.first().map(|p| p.name), Some(name));
        }
        times.sort_by(f64::total_cmp);
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        println!(
            r#"{{"what":"query","by":"hamseda","messages":{count},"ms":{median:.3},"worst_ms":{worst:.3},"rss_mb":{:.0},"line":"a question among {count} messages: {median:.1} ms on one core, worst {worst:.1} ms, {:.0} MB"}}"#,
            memory(),
            memory()
        );
    }
}

/// A fingerprint of ten moments and 40 s of sound, all of them noise.
fn random(next: &mut impl FnMut() -> u64) -> Fingerprint {
    let mut bytes = b"hmsdprn1\0\0\xff\xff\0\0\xff\xff\x0a".to_vec();
    let mut noise = |bytes: &mut Vec<u8>, count: usize| bytes.extend((0..count).map(|_| next() as u8));
    noise(&mut bytes, 10 * (2 + 11 * 32));
    bytes.extend([0, 0, 0, 0]);
    bytes.extend(800_u16.to_be_bytes());
    noise(&mut bytes, 800 * 4);
    Fingerprint::parse(&bytes).unwrap()
}

/// Milliseconds that this process was on a core: what else the machine does is left out.
fn on_core() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

/// Resident memory of this process, MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

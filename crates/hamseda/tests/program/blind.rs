//! Rule 1 against the real process: a canary goes through every road; then its memory, disk, database and log are searched.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use hamseda_core::{
    Choices, Clock as _, Lang, Limits, OsRandom, Picture, Random as _, SealedHash, Secret, SystemClock, Uses, Voice,
};
use hamseda_seal::parts::PartHeader;
use hamseda_seal::{Draft, KeySet, Letter};
use sha2::{Digest as _, Sha256};

use crate::common::{Running, files, free_port, hamseda, init};

/// Length of the canary clip: a number that nothing else has.
const CLIP: usize = 283_947;
const WORDS: &str = "canary-words-that-somebody-spoke-in-the-clip";
/// What a careless client tells of somebody.
const TOLD: [(&str, &str); 6] = [
    ("User-Agent", "CanaryBrowser/271 (canary phone)"),
    ("X-Forwarded-For", "198.51.100.27"),
    ("Referer", "https://canary-referer.example/"),
    ("Cookie", "canary=cookie-of-somebody"),
    ("Accept-Language", "xx-canary"),
    ("Upload-Metadata", "filename Y2FuYXJ5LWNsaXAtbmFtZS5tcDQ=,filetype dmlkZW8vY2FuYXJ5"),
];
const NAMES: [&str; 3] = ["canary-clip-name.mp4", "video/canary", "Y2FuYXJ5LWNsaXAtbmFtZS5tcDQ="];
const FORM: &str = "----CanaryBoundary";
/// Planted where it must be found: a search that finds nothing anywhere shows nothing.
const PLANTED: &str = "planted-so-that-the-search-is-seen-to-work";

/// The clip, its sealed form, and what must not be found of them.
struct Canary {
    clip: Vec<u8>,
    sealed: Vec<u8>,
    letter: Vec<u8>,
    ports: Vec<u16>,
}

impl Canary {
    fn new(keyset: &KeySet) -> Self {
        let mut clip = vec![0; CLIP];
        OsRandom.fill(&mut clip);
        clip[1_000..1_000 + WORDS.len()].copy_from_slice(WORDS.as_bytes());
        let choices = Choices {
            picture: Picture::Hide,
            voice: Voice::Mute,
            lang: Lang::Fa,
            place: None,
            pseudonym: Some("canary-pseudonym".into()),
            uses: Uses::PUBLIC,
        };
        let keys = keyset.current(SystemClock.today()).unwrap();
        let sealed =
            hamseda_seal::seal(clip.as_slice(), Vec::new(), Draft::new(choices), keys, &Limits::DEFAULT, &mut OsRandom);
        let letter = Letter::new(Secret::new([5; 32]), "canary-letter: this is what I ask you").unwrap();
        let letter = letter.seal(keyset.current(SystemClock.today()).unwrap(), &mut OsRandom).unwrap();
        Self { clip, sealed: sealed.unwrap().out, letter, ports: Vec::new() }
    }

    /// Words, sums and numbers.
    fn needles(&self) -> Vec<(String, Vec<u8>)> {
        let mut needles: Vec<(String, Vec<u8>)> = Vec::new();
        let texts = [WORDS, "canary-pseudonym", "canary-letter"].into_iter().chain(NAMES);
        for text in texts.chain(TOLD.iter().map(|(_, value)| *value)).chain([FORM]) {
            needles.push((text.into(), text.into()));
        }
        needles.push(("length in digits".into(), CLIP.to_string().into_bytes()));
        needles.push(("length, little endian".into(), (CLIP as u64).to_le_bytes().into()));
        needles.push(("length, big endian".into(), (CLIP as u64).to_be_bytes().into()));
        for program in ["sha256sum", "md5sum", "sha1sum"] {
            let sum = sum(program, &self.clip);
            needles.push((format!("{program} of the clip"), hex::decode(&sum).unwrap()));
            needles.push((format!("{program} of the clip, in digits"), sum.into_bytes()));
        }
        for port in &self.ports {
            needles.push((format!("port {port}"), format!("127.0.0.1:{port}").into_bytes()));
        }
        needles
    }

    /// The socket addresses of the canary's connections as a kernel hands them over.
    fn addresses(&self) -> Vec<(String, Vec<u8>)> {
        let raw = |port: &u16| [&[2, 0][..], &port.to_be_bytes(), &[127, 0, 0, 1]].concat();
        self.ports.iter().map(|port| (format!("socket address with port {port}"), raw(port))).collect()
    }
}

fn sum(program: &str, bytes: &[u8]) -> String {
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let out = child.wait_with_output().unwrap().stdout;
    String::from_utf8(out).unwrap().split(' ').next().unwrap().to_owned()
}

/// One request over a connection of its own, with everything that a careless client tells; the answer.
fn ask(canary: &mut Canary, to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
    let mut line = TcpStream::connect(to).unwrap();
    canary.ports.push(line.local_addr().unwrap().port());
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\n");
    let length = body.len().to_string();
    for (name, value) in TOLD.iter().chain(headers).chain(&[("Content-Length", length.as_str())]) {
        head += &format!("{name}: {value}\r\n");
    }
    line.write_all((head + "\r\n").as_bytes()).unwrap();
    line.write_all(body).unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends by every road.
fn send(canary: &mut Canary, to: SocketAddr) {
    let sealed = canary.sealed.clone();
    let length = sealed.len().to_string();
    let bytes = ("Content-Type", "application/offset+octet-stream");
    let made = ask(canary, to, "POST", "/upload", &[("Upload-Length", &length)], b"");
    let path = made.lines().find_map(|line| line.strip_prefix("location: ")).expect("a location").to_owned();
    let half = sealed.len() / 2;
    let first = ask(canary, to, "PATCH", &path, &[("Upload-Offset", "0"), bytes], &sealed[..half]);
    assert!(first.starts_with("HTTP/1.1 204"), "{first}");
    let offset = half.to_string();
    let rest = ask(canary, to, "PATCH", &path, &[("Upload-Offset", offset.as_str()), bytes], &sealed[half..]);
    assert!(rest.starts_with("HTTP/1.1 204"), "{rest}");

    let hash = SealedHash::from_bytes(Sha256::digest(&sealed).into());
    let handle = hamseda_seal::handle(&Secret::new([3; 32]));
    let kind = format!("multipart/form-data; boundary={FORM}");
    let kind = [("Content-Type", kind.as_str())];
    let mut body = Vec::new();
    for header in PartHeader::cut(sealed.len() as u64, 500_000, handle, hash).unwrap() {
        let at = usize::try_from(header.offset()).unwrap();
        let part = [&header.to_bytes()[..], &sealed[at..at + header.payload_len() as usize]].concat();
        body.extend(form_field(&part));
    }
    body.extend(format!("--{FORM}--\r\n").into_bytes());
    let answer = ask(canary, to, "POST", "/en/parts", &kind, &body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // A raw clip, refused after its first bytes; a letter; a question; a withdrawal.
    let clip = canary.clip.clone();
    let raw = [form_field(&clip), format!("--{FORM}--\r\n").into_bytes()].concat();
    let _ = ask_cut(canary, to, &kind, &raw);
    let raw = [("Content-Type", "application/octet-stream")];
    let letter = canary.letter.clone();
    assert!(ask(canary, to, "POST", "/letter", &raw, &letter).starts_with("HTTP/1.1 200"));
    assert!(ask(canary, to, "POST", "/status", &raw, &[9; 32]).starts_with("HTTP/1.1 200"));
    assert!(ask(canary, to, "POST", "/withdraw", &raw, &[8; 32]).starts_with("HTTP/1.1 200"));
}

fn form_field(bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{FORM}\r\nContent-Disposition: form-data; name=\"part\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        NAMES[0], NAMES[1]
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// As [`ask`], but the server may close the line while it is still being sent to.
fn ask_cut(canary: &mut Canary, to: SocketAddr, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut line = TcpStream::connect(to).unwrap();
    canary.ports.push(line.local_addr().unwrap().port());
    let mut head =
        format!("POST /en/parts HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in TOLD.iter().chain(headers) {
        head += &format!("{name}: {value}\r\n");
    }
    let mut answer = Vec::new();
    let _ = line.write_all((head + "\r\n").as_bytes()).and_then(|()| line.write_all(body));
    let _ = line.read_to_end(&mut answer);
    answer
}

/// All memory of a process that it can have written to.
pub(crate) fn memory(process: u32) -> Vec<Vec<u8>> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut regions = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut region = vec![0; usize::try_from(to - from).unwrap()];
        if memory.read_exact_at(&mut region, from).is_ok() {
            regions.push(region);
        }
    }
    regions
}

/// Looks through one piece of memory or one file.
struct Search {
    /// Every 32 bytes of the clip, by their first eight.
    windows: HashSet<[u8; 8]>,
    clip: Vec<u8>,
    needles: Vec<(String, Vec<u8>)>,
    /// First bytes of all of them: most of memory begins like none.
    begins: Vec<bool>,
}

impl Search {
    fn new(canary: &Canary, needles: Vec<(String, Vec<u8>)>) -> Self {
        let windows: HashSet<[u8; 8]> = canary.clip.windows(32).map(|window| window[..8].try_into().unwrap()).collect();
        let mut begins = vec![false; 1 << 24];
        for bytes in windows.iter().map(|w| &w[..]).chain(needles.iter().map(|(_, n)| n.as_slice())) {
            begins[three(bytes)] = true;
        }
        Self { windows, clip: canary.clip.clone(), needles, begins }
    }

    /// What is found, by name.
    fn found(&self, hay: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let mut at = 0;
        while at + 8 <= hay.len() {
            // Untouched memory is zeros, page after page.
            if at % 4_096 == 0 && hay.len() - at >= 4_096 && hay[at..at + 4_096].iter().all(|&b| b == 0) {
                at += 4_096;
                continue;
            }
            if self.begins[three(&hay[at..])] {
                self.at(&hay[at..], &mut found);
            }
            at += 1;
        }
        found
    }

    fn at(&self, hay: &[u8], found: &mut Vec<String>) {
        found.extend(self.needles.iter().filter(|(_, needle)| hay.starts_with(needle)).map(|(name, _)| name.clone()));
        let first: [u8; 8] = hay[..8].try_into().unwrap();
        if hay.len() >= 32 && self.windows.contains(&first) && self.clip.windows(32).any(|w| w == &hay[..32]) {
            found.push("32 bytes of the clip".into());
        }
    }
}

fn three(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) | usize::from(bytes[1]) << 8 | usize::from(bytes[2]) << 16
}

/// Starts an intake whose log, down to the last detail, goes to a file.
fn start(dir: &Path, log: &Path) -> (Running, SocketAddr) {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut command = hamseda();
    command.args(["intake", "--listen", &address.to_string(), "--dir"]).arg(dir);
    command.env("HAMSEDA_LOG", "trace").env("CANARY_PLANTED", PLANTED);
    let log = File::options().create(true).append(true).open(log).unwrap();
    let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    assert!(line.starts_with("listening "), "{line:?}");
    (Running(child), address)
}

#[test]
fn rule_1_a_canary_leaves_no_trace_on_the_public_machine() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, log) = (folder.path().join("campaign"), folder.path().join("log"));
    init(&dir);
    let keyset = KeySet::verify(&std::fs::read(dir.join("keyset.json")).unwrap(), None).unwrap();
    let mut canary = Canary::new(&keyset);
    let (intake, address) = start(&dir, &log);
    send(&mut canary, address);
    // Others come after: what a thread's stack still knows of the last connection is theirs.
    for _ in 0..64 {
        let mut line = TcpStream::connect(address).unwrap();
        line.write_all(format!("HEAD /en/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        line.read_to_end(&mut Vec::new()).unwrap();
    }

    let needles = canary.needles();
    let mut in_memory = needles.clone();
    in_memory.extend(canary.addresses());
    in_memory.push(("the planted words".into(), PLANTED.into()));
    let search = Search::new(&canary, in_memory);
    let mut found: Vec<String> = memory(intake.0.id()).iter().flat_map(|region| search.found(region)).collect();
    found.sort();
    found.dedup();
    assert_eq!(found, ["the planted words"], "in the memory of the intake");

    // The disk while it runs, and after a night.
    let search = Search::new(&canary, needles);
    let on_disk = || -> Vec<String> {
        let all = files(&dir.join("inbox")).into_iter().chain([log.clone()]);
        let looked = all.flat_map(|path| {
            let name = path.to_string_lossy().into_owned();
            let content = std::fs::read(&path).unwrap_or_default();
            search.found(&[name.as_bytes(), &[b' '; 8], content.as_slice()].concat())
        });
        looked.collect()
    };
    assert_eq!(on_disk(), [""; 0], "on the disk");
    let parts = || files(&dir.join("inbox/blobs/part"));
    let before: HashSet<_> = parts().into_iter().collect();
    assert!(!before.is_empty() && std::fs::metadata(&log).unwrap().len() > 0, "there is nothing to look at");
    drop(intake);
    // At its start an intake does a night's work.
    let (intake, _) = start(&dir, &log);
    while parts().iter().any(|path| before.contains(path)) {
        std::thread::yield_now();
    }
    for path in parts() {
        if let Ok(told) = std::fs::metadata(&path) {
            assert_eq!((told.mtime() % 86_400, told.mtime_nsec()), (0, 0), "{} tells the hour", path.display());
        }
    }
    drop(intake);
    assert_eq!(on_disk(), [""; 0], "on the disk after a night");
    rule_1_no_number_in_the_database_is_a_moment(&dir);

    // The search can find each thing it looks for.
    let mut hay = vec![7; 5_000];
    hay[100..132].copy_from_slice(&canary.clip[4_321..4_353]);
    for (index, (_, needle)) in search.needles.iter().enumerate() {
        hay.truncate(5_000 + index * 200);
        hay.resize(5_200 + index * 200, 7);
        let at = 5_000 + index * 200;
        hay[at..at + needle.len()].copy_from_slice(needle);
    }
    assert!(search.found(&hay).len() > search.needles.len(), "the search misses what is there");
}

/// Days since 1970 have five digits; seconds have ten. Sizes that reach that far would be larger than any class.
fn rule_1_no_number_in_the_database_is_a_moment(dir: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", dir.join("inbox/inbox.db").display());
        let db = hamseda_store::Db::connect(&url, &hamseda_inbox::MIGRATIONS).await.unwrap();
        let rows = db.read("look", |tx| async move {
            tx.all("SELECT length, received, day, generation, lane, packed FROM upload", &[]).await
        });
        let rows: Result<Vec<hamseda_store::Row>, hamseda_store::StoreError> = rows.await;
        let rows = rows.unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            for column in 0..6 {
                let number: i64 = row.get(column).unwrap();
                assert!(number < 600_000_000, "column {column} holds {number}, which may be a moment");
            }
        }
    });
}

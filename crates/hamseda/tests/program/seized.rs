//! Rule 1 for a public machine that is seized, with its disk and its memory: nothing on it opens a message.
//!
//! A file key has 16 bytes: whatever 16 bytes in a row look random, in any file or in the process's memory, are tried on the
//! header's MAC. A desk key has 32, the seed of its pair: whatever looks like one is asked for its public half. Texts are also
//! read as hex, base64 and age identities. Both kinds are found where they are planted.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hamseda_core::{Choices, Clock as _, Lang, Limits, OsRandom, Picture, Random, Secret, SystemClock, Uses, Voice};
use hamseda_open::DeskKey;
use hamseda_seal::format::{MAC_LEN, MAC_LINE_LEN, MAC_START, header_len, header_mac_fits};
use hamseda_seal::{Draft, KeySet};

use crate::blind::memory;
use crate::common::{Running, files, free_port, hamseda, init};

/// What an operator copies to the public machine.
const PUBLIC: [&str; 4] = ["campaign.toml", "keyset.json", "keysets", "intake.toml"];
/// Of 16 random bytes fewer are different once in some billion times.
const DIFFERENT_16: u32 = 9;
/// The same of 32.
const DIFFERENT_32: u32 = 22;

/// In memory a key that is in use lies where a compiler or an allocator puts it.
const IN_MEMORY: usize = 8;

/// What is to be opened.
struct Target {
    sealed: Vec<u8>,
    covered: Vec<u8>,
    mac: [u8; MAC_LEN],
    keyset: KeySet,
}

impl Target {
    fn new(keyset: KeySet) -> Self {
        let choices = Choices {
            picture: Picture::Hide,
            voice: Voice::Mute,
            lang: Lang::Fa,
            place: None,
            pseudonym: None,
            uses: Uses::PUBLIC,
        };
        let keys = keyset.current(SystemClock.today()).unwrap();
        let draft = Draft::new(choices);
        let sealed = hamseda_seal::seal(&[7_u8; 300_000][..], Vec::new(), draft, keys, &Limits::DEFAULT, &mut OsRandom);
        let sealed = sealed.unwrap().out;
        let mac_line = header_len(keyset.recipients().len()) - MAC_LINE_LEN;
        // All of the header up to and with the three hyphens.
        let covered = sealed[..mac_line + MAC_START.len() - 1].to_vec();
        let text = &sealed[mac_line + MAC_START.len()..mac_line + MAC_LINE_LEN - 1];
        let mac = STANDARD_NO_PAD.decode(text).unwrap().try_into().unwrap();
        Self { sealed, covered, mac, keyset }
    }

    fn opens_as_file_key(&self, window: &[u8]) -> bool {
        header_mac_fits(&Secret::new(window.try_into().unwrap()), &self.covered, &self.mac)
    }

    fn opens_as_desk_key(&self, key: &DeskKey) -> bool {
        self.keyset.recipients().contains(&key.recipient().unwrap())
    }
}

/// What was found, and how much was tried.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    file_keys: usize,
    desk_keys: usize,
    tried: [usize; 2],
}

impl std::ops::AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.file_keys += other.file_keys;
        self.desk_keys += other.desk_keys;
        self.tried = [self.tried[0] + other.tried[0], self.tried[1] + other.tried[1]];
    }
}

impl Found {
    fn opens(&self) -> [usize; 2] {
        [self.file_keys, self.desk_keys]
    }
}

/// A seed that was drawn before.
struct Drawn<'a>(&'a [u8]);

impl Random for Drawn<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.copy_from_slice(self.0);
    }
}

/// Positions at which `length` bytes begin of which at least `different` are different.
fn random_looking(hay: &[u8], length: usize, different: u32) -> impl Iterator<Item = &[u8]> {
    let mut counts = [0_u16; 256];
    let mut kinds = 0;
    (0..hay.len()).filter_map(move |end| {
        let come = &mut counts[usize::from(hay[end])];
        kinds += u32::from(*come == 0);
        *come += 1;
        if end >= length {
            let gone = &mut counts[usize::from(hay[end - length])];
            *gone -= 1;
            kinds -= u32::from(*gone == 0);
        }
        (end + 1 >= length && kinds >= different).then(|| &hay[end + 1 - length..=end])
    })
}

/// Tries everything in `hay`. Desk keys are looked for at every `seeds`th byte; nowhere, if it is 0.
fn search(target: &Target, hay: &[u8], seeds: usize) -> Found {
    let mut found = raw(target, hay, seeds);
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    for word in hay.split(|byte| !letter(byte)).filter(|word| word.len() >= 22) {
        let text = std::str::from_utf8(word).unwrap();
        if let Ok(key) = DeskKey::from_text(text) {
            found.desk_keys += usize::from(target.opens_as_desk_key(&key));
        }
        for digits in word.split(|byte| !byte.is_ascii_hexdigit()).filter(|digits| digits.len() >= 32) {
            let bytes = hex::decode(&digits[..digits.len() / 2 * 2]).unwrap();
            found += raw(target, &bytes, seeds.min(1));
        }
        // What stands before it shifts it by up to three letters.
        for from in 0..4 {
            let text = &text[from..].trim_end_matches('=');
            let text = &text[..text.len() / 4 * 4 + [0, 0, 2, 3][text.len() % 4]];
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let bytes = engine.decode(text);
                found += bytes.map_or_else(|_| Found::default(), |bytes| raw(target, &bytes, seeds.min(1)));
            }
        }
    }
    found
}

fn raw(target: &Target, hay: &[u8], seeds: usize) -> Found {
    let mut found = Found::default();
    for window in random_looking(hay, 16, DIFFERENT_16) {
        found.tried[0] += 1;
        found.file_keys += usize::from(target.opens_as_file_key(window));
    }
    // No 32 random bytes are all letters: texts are read above.
    let place = |window: &[u8]| window.as_ptr() as usize - hay.as_ptr() as usize;
    let seed = |window: &&[u8]| seeds > 0 && place(window).is_multiple_of(seeds) && !window.is_ascii();
    for window in random_looking(hay, 32, DIFFERENT_32).filter(seed) {
        found.tried[1] += 1;
        let key = DeskKey::generate(&mut Drawn(window)).unwrap();
        found.desk_keys += usize::from(target.opens_as_desk_key(&key));
    }
    found
}

/// Tries pieces of everything, on two threads.
fn search_all(target: &Target, all: &[(Vec<u8>, usize)]) -> Found {
    const PIECE: usize = 64 * 1024;
    // Pieces overlap by the longest text of a key.
    const OVERLAP: usize = 256;
    let pieces: Vec<(&[u8], usize)> = all
        .iter()
        .flat_map(|(hay, seeds)| {
            let from = (0..hay.len()).step_by(PIECE);
            from.map(|from| (&hay[from..hay.len().min(from + PIECE + OVERLAP)], *seeds))
        })
        // Untouched memory is zeros, page after page.
        .filter(|(piece, _)| piece.iter().any(|&byte| byte != 0))
        .collect();
    let mut found = Found::default();
    std::thread::scope(|scope| {
        let half = |which: usize| pieces.iter().skip(which).step_by(2);
        let sum = move |pieces: &mut dyn Iterator<Item = &(&[u8], usize)>| {
            let mut found = Found::default();
            pieces.for_each(|(piece, seeds)| found += search(target, piece, *seeds));
            found
        };
        let other = scope.spawn(move || sum(&mut half(1)));
        found += sum(&mut half(0));
        found += other.join().unwrap();
    });
    found
}

/// All files below a folder. In the sealed bytes, which everybody on the line has seen, desk keys are not looked for: only
/// before the first of them, where the header is.
fn disk(folder: &Path) -> Vec<(Vec<u8>, usize)> {
    let read = |path: PathBuf| {
        let part = path.parent().is_some_and(|folder| folder.ends_with("blobs/part"));
        (std::fs::read(&path).unwrap(), usize::from(!part))
    };
    files(folder).into_iter().map(read).collect()
}

/// Copies what an operator copies.
fn public_machine(dir: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for name in PUBLIC {
        let copied = Command::new("cp").arg("-r").arg(dir.join(name)).arg(to).status().unwrap();
        assert!(copied.success());
    }
}

/// Starts the intake; `told` is in its environment, hence in its memory.
fn start(dir: &Path, told: &str) -> (Running, SocketAddr) {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut command = hamseda();
    command.args(["intake", "--listen", &address.to_string(), "--dir"]).arg(dir).env("TOLD", told);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    assert!(line.starts_with("listening "), "{line:?}");
    (Running(child), address)
}

fn ask(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
    let mut line = TcpStream::connect(to).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\n");
    let length = body.len().to_string();
    for (name, value) in headers.iter().chain(&[("Content-Length", length.as_str())]) {
        head += &format!("{name}: {value}\r\n");
    }
    line.write_all((head + "\r\n").as_bytes()).unwrap();
    line.write_all(body).unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The message arrives whole, and half of it a second time.
fn send(target: &Target, to: SocketAddr) {
    let length = target.sealed.len().to_string();
    for bytes in [&target.sealed[..], &target.sealed[..100_000]] {
        let made = ask(to, "POST", "/upload", &[("Upload-Length", &length)], b"");
        let path = made.lines().find_map(|line| line.strip_prefix("location: ")).expect("a location");
        let headers = [("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")];
        let kept = ask(to, "PATCH", path, &headers, bytes);
        assert!(kept.starts_with("HTTP/1.1 204"), "{kept}");
    }
}

#[test]
fn rule_1_nothing_on_a_seized_public_machine_opens_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, public) = (folder.path().join("campaign"), folder.path().join("public"));
    init(&dir);
    public_machine(&dir, &public);
    let target = Target::new(KeySet::verify(&std::fs::read(dir.join("keyset.json")).unwrap(), None).unwrap());
    let passphrase = Secret::new(std::fs::read_to_string(dir.join("keys/passphrase")).unwrap().trim().to_owned());
    let key = files(&dir.join("keys")).into_iter().find_map(|path| {
        let key = DeskKey::from_file(&std::fs::read(path).unwrap(), &passphrase).ok()?;
        target.opens_as_desk_key(&key).then_some(key)
    });
    let key = key.expect("the desk key of the trial");
    let (_, file_key) = hamseda_open::file_key(target.sealed.as_slice(), std::slice::from_ref(&key)).unwrap();

    let (intake, address) = start(&public, "nothing");
    send(&target, address);
    let in_memory: Vec<_> = memory(intake.0.id()).into_iter().map(|region| (region, IN_MEMORY)).collect();
    drop(intake);
    let on_disk = disk(&public);
    let (found, memory_found) = (search_all(&target, &on_disk), search_all(&target, &in_memory));
    assert_eq!((found.opens(), memory_found.opens()), ([0, 0], [0, 0]), "something opens the message");
    assert!(found.tried[0] > 1_000_000, "the disk was not searched: {found:?}");
    assert!(memory_found.tried.iter().all(|&tried| tried > 1_000), "the memory was not searched: {memory_found:?}");
    println!("tried as file key and as desk key, disk: {:?}, memory: {:?}", found.tried, memory_found.tried);

    // The search finds each of them: in a file, raw and as texts; in memory.
    let text = key.to_text().unwrap();
    let seed = seed_of(&key);
    let (hex_key, base_key) = (hex::encode(file_key.expose()), STANDARD_NO_PAD.encode(file_key.expose()));
    for (plant, opens) in [
        ([&[3; 77][..], file_key.expose(), &[5; 9]].concat(), [1, 0]),
        (hex_key.clone().into_bytes(), [1, 0]),
        (format!("k={base_key}").into_bytes(), [1, 0]),
        ([&[3; 77][..], &seed, &[5; 9]].concat(), [0, 1]),
        (hex::encode(seed).into_bytes(), [0, 1]),
        (format!("key: {}\n", text.expose()).into_bytes(), [0, 1]),
    ] {
        std::fs::write(public.join("inbox/planted"), &plant).unwrap();
        let planted = disk(&public).into_iter().filter(|(content, _)| *content == plant).collect::<Vec<_>>();
        let found = search_all(&target, &planted).opens();
        assert!((0..2).all(|kind| (found[kind] > 0) == (opens[kind] > 0)), "{found:?} of {opens:?}");
    }
    let (intake, _) = start(&public, &hex_key);
    let stack = memory(intake.0.id())
        .into_iter()
        .map(|region| (region, 0))
        .filter(|(region, _)| region.windows(hex_key.len()).any(|window| window == hex_key.as_bytes()));
    assert!(search_all(&target, &stack.collect::<Vec<_>>()).file_keys > 0, "what lies in memory is not found");
}

/// The 32 bytes behind an identity's text.
fn seed_of(key: &DeskKey) -> [u8; 32] {
    const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let text = key.to_text().unwrap().expose().to_ascii_lowercase();
    let (_, data) = text.rsplit_once('1').unwrap();
    // Six letters at the end are the check sum.
    let bits = data[..data.len() - 6].bytes().flat_map(|letter| {
        let value = LETTERS.bytes().position(|known| known == letter).unwrap();
        (0..5).rev().map(move |bit| value >> bit & 1)
    });
    let bits: Vec<usize> = bits.collect();
    let bytes = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | *bit as u8));
    bytes.collect::<Vec<u8>>().try_into().unwrap()
}

//! `POST /status`: who asks learns nothing about whether a locator exists, from bytes or from time.

use std::time::Instant;

use hamseda_core::{Locator, OsRandom, Random};
use hamseda_seal::SmallFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{desk, post_form, post_raw};
use crate::support::{Server, Site, run};

const RECORDS: usize = 500;
const TRIES: usize = 10_000;

fn random<const N: usize>() -> [u8; N] {
    let random: &mut dyn Random = &mut OsRandom;
    random.bytes()
}

fn draw(count: usize) -> Vec<(Locator, [u8; 4096])> {
    (0..count).map(|_| (Locator::from_bytes(random()), random())).collect()
}

#[test]
fn a_record_is_given_by_script_by_form_and_by_the_client() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let records = draw(600);
        desk(&server).put_records(&records, true).await.unwrap();
        let (locator, record) = records[577];
        let raw = post_raw(&server, "/status", locator.as_bytes()).await;
        let file = SmallFile::Status(locator).to_bytes();
        let form = post_form(&server, "/status?lang=fa", &[&file]).await;
        for answer in [raw, form] {
            assert_eq!((answer.status, &answer.body[..]), (200, &record[..]));
            assert_eq!(answer.header("content-type"), "application/octet-stream");
        }
        assert_eq!(hamseda_road::ask::status(&server.url(), None, locator).await.unwrap(), record);
        // Another day: all are replaced, and this one is not among them.
        desk(&server).put_records(&records[..10], true).await.unwrap();
        assert_ne!(hamseda_road::ask::status(&server.url(), None, locator).await.unwrap(), record);
        assert_eq!(hamseda_road::ask::status(&server.url(), None, records[3].0).await.unwrap(), records[3].1);
    });
}

#[test]
fn what_asks_for_nothing_is_refused() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let withdrawal = SmallFile::Withdrawal(hamseda_core::Secret::new([1; 32])).to_bytes();
        for body in [&b""[..], &[1; 31], &[1; 33], &[0; 70_000]] {
            assert_eq!(post_raw(&server, "/status", body).await.status, 400, "{} bytes", body.len());
        }
        for file in [&b"x"[..], &withdrawal, include_bytes!("../../../../../../vectors/seal/raw-video.mp4")] {
            let answer = post_form(&server, "/status?lang=fa", &[file]).await;
            assert_eq!(answer.status, 415);
            assert!(answer.text().contains("<html lang=\"fa\""), "{}", answer.text());
        }
        assert_eq!(server.pull("/status").await.status, 405);
    });
}

/// One connection that stays open: what is measured is the answer and nothing else.
struct Asking(TcpStream);

impl Asking {
    async fn open(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// The answer's head and body, and how long it took, nanoseconds.
    async fn ask(&mut self, locator: &Locator) -> (String, Vec<u8>, u128) {
        let mut request = b"POST /status HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\
                            Content-Length: 32\r\n\r\n"
            .to_vec();
        request.extend_from_slice(locator.as_bytes());
        let began = Instant::now();
        self.0.write_all(&request).await.unwrap();
        let mut answer = Vec::with_capacity(8192);
        let end = loop {
            self.0.read_buf(&mut answer).await.unwrap();
            if let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
        };
        while answer.len() < end + 4096 {
            self.0.read_buf(&mut answer).await.unwrap();
        }
        let took = began.elapsed().as_nanos();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let head = head.lines().filter(|line| !line.starts_with("date:")).collect::<Vec<_>>().join("\n");
        (head, answer[end..].to_vec(), took)
    }
}

/// How far the counts of byte values are from even ones: chi-squared with 255 degrees of freedom, mean 255, deviation 22.6.
fn chi_squared(counts: &[u64; 256]) -> f64 {
    let mean = counts.iter().sum::<u64>() as f64 / 256.0;
    counts.iter().map(|&n| (n as f64 - mean).powi(2) / mean).sum()
}

/// The chance that one of `a` took longer than one of `b` (0.5 when they are alike), and the largest distance between
/// their distributions (Kolmogorov and Smirnov).
fn compare(a: &mut [u128], b: &mut [u128]) -> (f64, f64) {
    a.sort_unstable();
    b.sort_unstable();
    let (mut wins, mut distance) = (0.0_f64, 0.0_f64);
    for (at, time) in a.iter().enumerate() {
        let below = b.partition_point(|other| other < time) as f64;
        let upto = b.partition_point(|other| other <= time) as f64;
        wins += (below + upto) / 2.0;
        distance = distance.max((at as f64 / a.len() as f64 - below / b.len() as f64).abs());
    }
    (wins / (a.len() * b.len()) as f64, distance)
}

#[test]
fn a_look_up_tells_nothing_by_bytes_or_time() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let records = draw(RECORDS);
        desk(&server).put_records(&records, true).await.unwrap();
        let mut asking = Asking::open(&server).await;
        let mut heads = std::collections::BTreeSet::new();
        let (mut times, mut counts) = ([Vec::new(), Vec::new()], [0_u64; 256]);
        for number in 0..TRIES + 200 {
            // Which comes next is drawn, so that nothing else changes with it.
            let [dice, pick, ..] = random::<8>();
            let known = dice % 2 == 0;
            let stranger = Locator::from_bytes(random());
            let (locator, record) = &records[(usize::from(pick) * 2 + usize::from(dice > 127)) % RECORDS];
            let (head, body, took) = asking.ask(if known { locator } else { &stranger }).await;
            assert_eq!((body.len(), known), (4096, body == record), "a record was not found, or a stranger's was");
            heads.insert(head);
            if number >= 200 {
                times[usize::from(known)].push(took);
                // Real records are ciphertext: what strangers get has to look like it.
                body.iter().filter(|_| !known).for_each(|&byte| counts[usize::from(byte)] += 1);
            }
        }
        assert_eq!(heads.len(), 1, "heads differ: {heads:?}");
        let chi = chi_squared(&counts);
        assert!((120.0..400.0).contains(&chi), "bytes are not even: {chi}");
        let [strangers, known] = &mut times;
        let (longer, distance) = compare(known, strangers);
        println!("known longer: {longer:.4}, distance: {distance:.4} ({} and {} tries)", known.len(), strangers.len());
        // With 5,000 of each and no difference, 0.5 ± 0.006 and about 0.02; these are six deviations.
        assert!((longer - 0.5).abs() < 0.036, "time tells: {longer}");
        assert!(distance < 0.07, "time tells: {distance}");
    });
}

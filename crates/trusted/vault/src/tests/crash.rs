//! `kill -9` at any moment: nothing acknowledged is lost, nothing is half done, no finished work is repeated.
//!
//! The test program starts itself again as a worker that acknowledges each step on its output, and kills it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use hamseda_core::{MessageState, SystemClock};

use super::house::{FLOOR_1, MASTER, accept, artefact_id, keep_parts, parts, put, sign};
use crate::{Page, Received, Vault, VaultConfig, random};

/// Where the child's vault is; its presence makes the child.
const FOLDER: &str = "HAMSEDA_CRASH_TEST_FOLDER";
const KILLS: u32 = 20;

async fn open(folder: &Path) -> Vault {
    let config = VaultConfig {
        database: format!("sqlite:{}", folder.join("vault.db").display()),
        blobs: format!("file:{}", folder.join("blobs").display()),
        artefacts: folder.join("artefacts"),
    };
    Vault::open(&config, Arc::new(SystemClock)).await.unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(future)
}

/// The child: a worker that never ends. Without the folder it is an empty test.
#[test]
fn child() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        block_on(work(Path::new(&folder)));
    }
}

fn tell(what: &str, id: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ack {what} {id}").unwrap();
    out.flush().unwrap();
}

async fn work(folder: &Path) {
    let vault = open(folder).await;
    vault.worker_started("w").await.unwrap();
    loop {
        while let Some(lease) = vault.lease("w", 600).await.unwrap() {
            let n = lease.sealed.as_bytes()[0];
            let mut parts = parts(n);
            // One artefact a message of its own, the others shared as the same card would be.
            parts.master = artefact_id(n, lease.sealed.as_bytes()[1]);
            keep_parts(&vault, &parts).await;
            vault.prepared(&lease, parts).await.unwrap();
            tell("prepared", lease.message);
        }
        for message in vault.messages(Some(MessageState::Prepared), Page::ALL).await.unwrap() {
            accept(&vault, message.id).await;
            tell("accepted", message.id);
        }
        if random::<1>()[0] < 80
            && let Some(batch) = vault.close_batch(&FLOOR_1, &sign).await.unwrap()
        {
            tell("logged", batch.size);
        }
        let file = put(&vault, &random::<64>()).await;
        tell("stored", vault.receive(file).await.unwrap().id());
    }
}

#[test]
fn a_killed_worker_loses_and_repeats_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut logged = 0;
    for _ in 0..KILLS {
        run_and_kill(folder.path(), &mut acknowledged, &mut logged);
        block_on(examine(folder.path(), &acknowledged, logged));
    }
    assert!(acknowledged.len() >= 10, "only {} messages", acknowledged.len());
}

/// Lets the child acknowledge a random number of steps and a random moment more; notes what it acknowledged.
fn run_and_kill(folder: &Path, acknowledged: &mut BTreeMap<String, u8>, logged: &mut u64) {
    #[expect(clippy::disallowed_methods, reason = "starts itself again, to be killed")]
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = lines(child.stdout.take().unwrap());
    let [steps, millis] = random::<2>();
    let note = |line: &str, acknowledged: &mut BTreeMap<String, u8>, logged: &mut u64| {
        let mut words = line.split(' ').skip_while(|word| *word != "ack").skip(1);
        let (Some(what), Some(id)) = (words.next(), words.next()) else { return };
        let rank = ["stored", "prepared", "accepted"].iter().position(|stage| *stage == what);
        match rank {
            Some(rank) => drop(acknowledged.insert(id.to_owned(), u8::try_from(rank).unwrap())),
            None => *logged = id.parse().unwrap(),
        }
    };
    for _ in 0..4 + steps % 24 {
        let line = lines.recv_timeout(Duration::from_secs(20)).expect("the child works");
        note(&line, acknowledged, logged);
    }
    match lines.recv_timeout(Duration::from_micros(u64::from(millis) * 40)) {
        Ok(line) => note(&line, acknowledged, logged),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it acknowledged before it died counts too.
    for line in lines {
        note(&line, acknowledged, logged);
    }
}

fn lines(output: std::process::ChildStdout) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}

async fn examine(folder: &Path, acknowledged: &BTreeMap<String, u8>, logged: u64) {
    let vault = open(folder).await;
    assert_eq!(vault.check().await.unwrap(), []);
    let messages = vault.messages(None, Page::ALL).await.unwrap();
    let found: BTreeMap<_, _> = messages.iter().map(|message| (message.id.to_string(), message.state)).collect();
    for (id, rank) in acknowledged {
        let state = found.get(id).unwrap_or_else(|| panic!("{id} was acknowledged and is lost"));
        let reached = match state {
            MessageState::Stored => 0,
            MessageState::Prepared => 1,
            MessageState::Accepted | MessageState::Released => 2,
            other => panic!("{id} is {other}"),
        };
        assert!(reached >= *rank, "{id} fell back to {state}");
    }
    assert!(vault.counts().await.unwrap().leaves_logged >= logged);
    let made = vault.made(MASTER).await.unwrap();
    assert_eq!(made.times, made.artefacts, "finished work was done again");
    let sealed = put(&vault, b"the vault still works").await;
    assert!(matches!(vault.receive(sealed).await.unwrap(), Received::New(_) | Received::Known(_)));
    vault.close().await;
}

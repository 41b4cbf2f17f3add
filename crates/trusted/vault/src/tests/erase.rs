//! Withdrawal: by secret, before and after the message came, for good, to the last byte.

use std::collections::HashSet;
use std::path::Path;

use hamseda_core::{Coded, Lang, MessageId, MessageState, Secret};
use hamseda_seal::format::{MAC_START, STANZA_START, VERSION_LINE};
use hamseda_seal::w_commitment;
use hamseda_store::testing::{Fresh, check};
use hamseda_store::{Backend, Tx, values};

use super::house::{FLOOR_1, House, MASTER, accept, artefact_id, keep_parts, make, parts, put, reviewer};
use crate::{Actor, ArtefactKind, Event, Opened, Received, Vault, random, strike};

fn secret(n: u8) -> Secret<[u8; 32]> {
    Secret::new([n ^ 0xa5; 32])
}

fn ours(n: u8) -> impl FnOnce(&mut crate::Parts) {
    move |parts| parts.w_commitment = w_commitment(&secret(n))
}

async fn state(vault: &Vault, id: MessageId) -> MessageState {
    vault.message(id).await.unwrap().state
}

pub(super) async fn a_secret_takes_its_message_back_wherever_it_stands(fresh: Fresh) {
    let house = House::open(fresh).await;
    let prepared = house.prepared_with(1, ours(1)).await;
    let accepted = house.prepared_with(2, ours(2)).await;
    accept(&house.vault, accepted).await;
    let released = house.prepared_with(3, ours(3)).await;
    accept(&house.vault, released).await;
    house.close(&FLOOR_1).await.unwrap();
    accept(&house.vault, house.prepared_with(4, ours(4)).await).await;
    let other = house.prepared_with(9, ours(9)).await;
    for (n, id) in [(1, prepared), (2, accepted), (3, released)] {
        assert_eq!(house.vault.withdraw_by(&[secret(n)]).await.unwrap(), [id]);
        assert_eq!(state(&house.vault, id).await, MessageState::Withdrawn);
        assert_eq!(house.vault.withdraw_by(&[secret(n)]).await.unwrap(), [id], "saying it twice is fine");
        house.agrees().await;
    }
    assert_eq!(house.vault.withdraw_by(&[secret(77)]).await.unwrap(), []);
    assert_eq!(state(&house.vault, other).await, MessageState::Prepared);
    // Two W leaves for the two that were in the log, none for the one that was not.
    house.close_rest().await;
    let counted = hamseda_tally::count(&house.vault.log().await.unwrap().unwrap().leaves);
    assert_eq!((counted.accepted.raw(), counted.withdrawn.raw(), counted.net.raw()), (3, 2, 1));
    house.agrees().await;
}

pub(super) async fn a_withdrawal_that_comes_first_waits_for_its_message(fresh: Fresh) {
    let house = House::open(fresh).await;
    assert_eq!(house.vault.withdraw_by(&[secret(1)]).await.unwrap(), []);
    let id = house.stored(1).await;
    let lease = house.lease().await;
    let opened = house.vault.opened(&lease, w_commitment(&secret(1)), Some(&secret(8))).await.unwrap();
    assert_eq!((opened, state(&house.vault, id).await), (Opened::Withdrawn, MessageState::Withdrawn));
    keep_parts(&house.vault, &parts(1)).await;
    assert_eq!(house.vault.prepared(&lease, parts(1)).await.unwrap_err().code(), "vault-lease-lost");
    assert!(house.vault.sealed_blob(id).await.is_err());
    // The same sealed file once more, and another of the same code.
    assert_eq!(house.vault.receive(put(&house.vault, &[1; 100]).await).await.unwrap(), Received::Withdrawn(id));
    house.stored(2).await;
    let lease = house.lease().await;
    assert_eq!(house.vault.opened(&lease, w_commitment(&secret(1)), None).await.unwrap(), Opened::Withdrawn);
    house.agrees().await;
}

pub(super) async fn what_a_worker_makes_of_a_message_goes_with_it(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let id = house.stored(1).await;
    let lease = house.lease().await;
    vault.opened(&lease, w_commitment(&secret(1)), None).await.unwrap();
    let make_of = async |artefact| {
        let scratch = vault.scratch(MASTER);
        std::fs::write(&scratch, b"a face").unwrap();
        let kept = vault.keep_artefact_of(id, artefact, MASTER, &scratch).await;
        assert!(!scratch.exists());
        kept
    };
    let early = make_of(artefact_id(1, 1)).await.unwrap();
    vault.withdraw_by(&[secret(1)]).await.unwrap();
    assert!(!early.exists(), "it was made before the job ended, and named by nobody yet");
    assert!(make_of(artefact_id(1, 2)).await.is_err());
    assert_eq!(vault.artefact(artefact_id(1, 2)).await.unwrap(), None);

    // A worker that dies at the worst moment: the withdrawal is in the database, the files are not gone.
    let id = house.prepared_with(2, ours(2)).await;
    let path = vault.artefact(artefact_id(2, 1)).await.unwrap().unwrap();
    let (today, mac) = (vault.today(), [1; 32]);
    vault
        .db
        .run("crash", |tx| async move { strike::withdraw(&tx, today, id, mac, &Actor::Sender).await })
        .await
        .unwrap();
    assert!(path.exists());
    house.another().await.worker_started("w").await.unwrap();
    assert!(!path.exists());
}

pub(super) async fn film_and_wall_lose_what_is_taken_back(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (segment, wall) = (ArtefactKind::new("segment", "h264"), ArtefactKind::new("wall", "h264"));
    let keep = async |masters: &[u8], kind, n| {
        let masters: Vec<_> = masters.iter().map(|m| artefact_id(*m, 1)).collect();
        let scratch = house.vault.scratch(kind);
        std::fs::write(&scratch, b"made of masters").unwrap();
        house.vault.keep_artefact_from(&masters, artefact_id(n, 9), kind, &scratch).await
    };
    for n in 1..=3 {
        house.released(n).await;
    }
    let waiting = house.prepared(4).await;
    let (first, second) = (keep(&[1], segment, 101).await.unwrap(), keep(&[2], segment, 102).await.unwrap());
    let all = keep(&[1, 2, 3], wall, 103).await.unwrap();
    let supporter = keep(&[99], segment, 104).await.unwrap();
    house.vault.withdraw(waiting, &Actor::Sender).await.unwrap();
    assert!(all.exists(), "nobody on it was taken back");
    let id = house.vault.messages(Some(MessageState::Released), crate::Page::ALL).await.unwrap()[0].id;
    house.vault.withdraw(id, &Actor::Sender).await.unwrap();
    let left = [&first, &second, &all, &supporter].map(|path| path.exists());
    assert_eq!(left, [false, true, false, true]);
    // A build that began before and ends now keeps nothing of it.
    assert!(keep(&[1], segment, 105).await.is_err() && keep(&[1, 2, 3], wall, 106).await.is_err());
    assert_eq!(house.vault.artefact(artefact_id(105, 9)).await.unwrap(), None);
    assert!(keep(&[2, 3], wall, 107).await.is_ok());
}

/// A sealed file of the right shape with random inside, and the random part of its header.
fn sealed_file() -> (Vec<u8>, Vec<u8>) {
    let inside = hex::encode(random::<700>());
    let header = format!("{VERSION_LINE}{STANZA_START}{inside}\n{STANZA_START}{inside}\n{MAC_START}mac\n");
    ([header.into_bytes(), random::<5000>().to_vec()].concat(), inside.into_bytes())
}

/// Everything that opens or tells of one message, as it would lie on a disk.
struct Traces(Vec<(&'static str, Vec<u8>)>);

impl Traces {
    fn on<'a>(&'a self, disk: &'a Disk) -> Vec<&'static str> {
        self.0.iter().filter(|(_, trace)| disk.holds(trace)).map(|(name, _)| *name).collect()
    }
}

const WINDOW: usize = 16;

/// Every window of sixteen bytes in any file: database, write-ahead log, blobs, artefacts.
struct Disk(HashSet<[u8; WINDOW]>);

impl Disk {
    fn read(folder: &Path) -> Self {
        let mut windows = HashSet::new();
        for file in files(folder) {
            let bytes = std::fs::read(file).unwrap();
            windows.extend(bytes.windows(WINDOW).map(|window| <[u8; WINDOW]>::try_from(window).unwrap()));
        }
        Self(windows)
    }

    /// Whether any piece of a trace is left.
    fn holds(&self, trace: &[u8]) -> bool {
        trace.chunks_exact(WINDOW).any(|piece| self.0.contains(piece))
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A message with everything that can be known of it, and its traces.
async fn whole_message(house: &House, n: u8) -> (MessageId, Traces) {
    let (file, header) = sealed_file();
    let vault = &house.vault;
    let Received::New(stored) = vault.receive(put(vault, &file).await).await.unwrap() else { panic!("it is new") };
    let id = stored.id();
    let lease = house.lease().await;
    let mut given = parts(n);
    let (reply_key, r, master) = (random::<32>(), random::<32>(), random::<64>());
    let pseudonym = hex::encode(random::<16>());
    ours(n)(&mut given);
    (given.tag, given.r_commitment, given.reply_key) = (random(), r, Some(Secret::new(reply_key)));
    given.choices.pseudonym = Some(pseudonym.clone());
    given.choices.lang = Lang::Fa;
    assert_eq!(vault.opened(&lease, given.w_commitment, given.reply_key.as_ref()).await.unwrap(), Opened::Stands);
    let scratch = vault.scratch(MASTER);
    std::fs::write(&scratch, master).unwrap();
    vault.keep_artefact_of(id, given.master, MASTER, &scratch).await.unwrap();
    make(vault, given.tiles).await;
    make(vault, given.poster).await;
    vault.prepared(&lease, given).await.unwrap();
    let (said, answered) = (hex::encode(random::<40>()), hex::encode(random::<40>()));
    vault.reply(id, &said, &reviewer()).await.unwrap();
    vault.letter(random(), &Secret::new(reply_key), &Secret::new(answered.clone())).await.unwrap();
    let mut traces = vec![
        ("header", header),
        ("reply key", reply_key.to_vec()),
        ("r-commitment", r.to_vec()),
        ("master", master.to_vec()),
        ("pseudonym", pseudonym.into_bytes()),
        ("reply", said.into_bytes()),
        ("letter", answered.into_bytes()),
    ];
    if n.is_multiple_of(2) {
        accept(vault, id).await;
        let secrets = |tx: Tx| async move {
            tx.one("SELECT leaf_key, publish_seed FROM leaf_secret WHERE message = $1", &values![id]).await
        };
        let row = vault.db.read("secrets", secrets).await.unwrap();
        traces.push(("leaf key", row.get::<Vec<u8>>(0).unwrap()));
        traces.push(("publish seed", row.get::<Vec<u8>>(1).unwrap()));
        traces.push(("field", hex::encode(r).into_bytes()));
    }
    (id, Traces(traces))
}

#[test]
fn no_byte_on_disk_holds_a_withdrawn_message_s_keys() {
    check(Backend::Sqlite, "no byte on disk", |fresh| async move {
        let house = House::open(fresh).await;
        let mut messages = Vec::new();
        for n in 1..=24 {
            messages.push(whole_message(&house, n).await);
        }
        house.close(&FLOOR_1).await.unwrap();
        let before = Disk::read(house.fresh.folder());
        for (_, traces) in &messages {
            assert_eq!(traces.on(&before).len(), traces.0.len(), "what is searched for is there to be found");
        }
        for n in (3..=24).step_by(3) {
            house.vault.withdraw_by(&[secret(n)]).await.unwrap();
        }
        let after = Disk::read(house.fresh.folder());
        for ((id, traces), n) in messages.iter().zip(1u8..) {
            let left = traces.on(&after);
            if n % 3 == 0 {
                assert_eq!(left, Vec::<&str>::new(), "of message {n}");
                assert_eq!(state(&house.vault, *id).await, MessageState::Withdrawn);
            } else {
                assert_eq!(left.len(), traces.0.len(), "message {n} stands");
            }
        }
        house.agrees().await;
    });
}

#[test]
fn a_restored_database_erases_again() {
    check(Backend::Sqlite, "restored", |fresh| async move {
        let house = House::open(fresh).await;
        let (withdrawn, traces) = whole_message(&house, 2).await;
        let (stands, _) = whole_message(&house, 3).await;
        let (late, late_inside) = sealed_file();
        let unopened = house.vault.receive(put(&house.vault, &late).await).await.unwrap().id();
        let (db, backup) = (house.fresh.path("test.db"), house.fresh.path("backup"));
        house.vault.close().await;
        std::fs::create_dir(&backup).unwrap();
        std::fs::copy(&db, backup.join("test.db")).unwrap();

        let vault = house.another().await;
        vault.withdraw_by(&[secret(2)]).await.unwrap();
        vault.withdraw(unopened, &Actor::Sender).await.unwrap();
        vault.withdraw_by(&[secret(4)]).await.unwrap();
        vault.close().await;
        std::fs::copy(backup.join("test.db"), &db).unwrap();
        std::fs::remove_dir_all(&backup).unwrap();
        assert!(!traces.on(&Disk::read(house.fresh.folder())).is_empty(), "the old copy brings the keys back");

        let vault = house.another().await;
        for id in [withdrawn, unopened] {
            assert_eq!(state(&vault, id).await, MessageState::Withdrawn);
            let events = vault.custody(Some(id)).await.unwrap();
            assert_eq!(events.last().map(|e| (e.event, e.actor.clone())), Some((Event::Withdrawn, Actor::Sender)));
        }
        assert_eq!(state(&vault, stands).await, MessageState::Prepared);
        let disk = Disk::read(house.fresh.folder());
        assert_eq!(traces.on(&disk), Vec::<&str>::new());
        assert!(!disk.holds(&late_inside));
        assert_eq!(vault.check().await.unwrap(), []);
        // A withdrawal of what had not come yet is remembered too.
        let id = vault.receive(put(&vault, b"late").await).await.unwrap().id();
        let lease = vault.lease("w", 60).await.unwrap().unwrap();
        assert_eq!(vault.opened(&lease, w_commitment(&secret(4)), None).await.unwrap(), Opened::Withdrawn);
        assert_eq!(state(&vault, id).await, MessageState::Withdrawn);
        assert_eq!(vault.receive(put(&vault, &late).await).await.unwrap(), Received::Withdrawn(unopened));
    });
}

#[test]
fn a_stick_after_a_lost_database_is_refused() {
    check(Backend::Sqlite, "lost rows", |fresh| async move {
        let house = House::open(fresh).await;
        let (file, inside) = sealed_file();
        let id = house.vault.receive(put(&house.vault, &file).await).await.unwrap().id();
        house.vault.withdraw(id, &Actor::Sender).await.unwrap();
        // A copy of the database from before the message: it has the vault's key and knows nothing else.
        let forget = |tx: Tx| async move {
            for sql in [
                "DELETE FROM message_key",
                "DELETE FROM job",
                "DELETE FROM custody",
                "DELETE FROM tombstone",
                "DELETE FROM tombstone_page",
                "DELETE FROM message",
            ] {
                tx.execute(sql, &[]).await?;
            }
            Ok::<_, crate::StoreError>(())
        };
        house.vault.db.run("older", forget).await.unwrap();
        let vault = house.another().await;
        let received = vault.receive(put(&vault, &file).await).await.unwrap();
        assert!(matches!(received, Received::Withdrawn(again) if again != id));
        let disk = Disk::read(house.fresh.folder());
        assert!(!disk.holds(&inside) && !disk.holds(&file[file.len() - 5000..]));
        assert_eq!(vault.check().await.unwrap(), []);
    });
}

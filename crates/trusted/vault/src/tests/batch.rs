//! Batches and the log.

use hamseda_core::campaign::Floors;
use hamseda_core::{Coded, MessageState, Secret};
use hamseda_store::testing::Fresh;
use hamseda_store::values;
use hamseda_tally::derive::leaf_commitment;
use hamseda_tally::fields::{Field, FieldTree};
use hamseda_tally::{Checkpoint, LeafKind, TallyError, Tree, merkle, rules};

use super::house::{FLOOR_1, House, REJECT, log_key, reviewer, sign};
use crate::{BatchSpec, Use, leaf};

const FLOOR_3: BatchSpec = BatchSpec { floors: Floors { batch: 3, k: 1 }, ..FLOOR_1 };

pub(super) async fn a_batch_waits_for_its_floor(fresh: Fresh) {
    let house = House::open(fresh).await;
    let closing = BatchSpec { closing: true, ..FLOOR_3 };
    assert_eq!(house.close(&closing).await, None, "nothing waits");
    house.accepted(1).await;
    house.accepted(2).await;
    assert_eq!(house.close(&FLOOR_3).await, None);
    assert_eq!(house.vault.log().await.unwrap(), None);
    house.accepted(3).await;
    let batch = house.close(&FLOOR_3).await.unwrap();
    assert_eq!((batch.number, batch.messages, batch.leaves, batch.size), (1, 3, 4, 4));
    house.accepted(4).await;
    assert_eq!(house.close(&FLOOR_3).await, None);
    let batch = house.close(&closing).await.unwrap();
    assert_eq!((batch.number, batch.messages, batch.size), (2, 1, 6));
    let files = house.vault.log().await.unwrap().unwrap().batches;
    assert_eq!(files.iter().map(|file| file.closing).collect::<Vec<_>>(), [false, true]);
    house.agrees().await;
}

pub(super) async fn a_closed_batch_is_a_log_that_verifies(fresh: Fresh) {
    let house = House::open(fresh).await;
    let ids = [house.accepted(9).await, house.accepted(3).await, house.accepted(6).await];
    let rejected = house.prepared(1).await;
    house.vault.decide(rejected, REJECT, &reviewer()).await.unwrap();
    let head = house.vault.verify_custody().await.unwrap();
    let batch = house.close(&FLOOR_1).await.unwrap();
    let log = house.vault.log().await.unwrap().unwrap();

    let letters: String = log.leaves.iter().map(|leaf| leaf.kind.letter()).collect();
    let tags: Vec<u8> = log.leaves.iter().map(|leaf| leaf.tag[0]).collect();
    assert_eq!((letters.as_str(), tags.as_slice()), ("AAAB", [3, 6, 9, 0].as_slice()));
    assert_eq!(rules::check(&log.leaves), []);
    assert_eq!(log.checkpoint, batch.checkpoint);
    let (checkpoint, _) = Checkpoint::open(log.checkpoint.as_bytes(), log_key().verifier()).unwrap();
    let tree: Tree = log.leaves.iter().map(|leaf| merkle::leaf_hash(&leaf.encode())).collect();
    assert_eq!((checkpoint.size, checkpoint.root), (4, tree.root()));

    let file = &log.batches[0];
    assert_eq!(file.commitment(), log.leaves[3].commitment);
    assert_eq!((file.custody_head, file.received, file.unreadable), (head.hash, 4, 0));
    assert_eq!(file.rejected.values().sum::<u64>(), 1);

    for id in ids {
        let message = house.vault.message(id).await.unwrap();
        assert_eq!(message.state, MessageState::Released);
        let position = usize::try_from(message.leaf.unwrap().0).unwrap();
        assert_eq!(log.leaves[position].tag, message.parts.unwrap().tag);
        opens(&house, id, log.leaves[position].commitment).await;
    }
    house.agrees().await;
}

/// The stored key and fields open what the leaf committed to.
async fn opens(house: &House, id: hamseda_core::MessageId, commitment: [u8; 32]) {
    let sql = "SELECT leaf_key, fields FROM leaf_secret WHERE message = $1";
    let row = house.vault.db.read("open", |tx| async move { tx.one(sql, &values![id]).await }).await.unwrap();
    let key = Secret::new(row.get::<[u8; 32]>(0).unwrap());
    let fields = leaf::decode(&row.get::<String>(1).unwrap()).unwrap();
    let tree = FieldTree::new(&key, &fields);
    assert_eq!(leaf_commitment(&tree.root()), commitment);
    assert_eq!(fields.get(Field::Language), b"fa");
    tree.open(&key, &fields, Field::Language).verify(&tree.root()).unwrap();
}

pub(super) async fn a_signer_that_fails_closes_nothing(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = house.accepted(1).await;
    let refuse = |_, _| Err(TallyError::Checkpoint("the key is locked"));
    assert!(house.vault.close_batch(&FLOOR_1, &refuse).await.unwrap_err().code().starts_with("tally-"));
    assert_eq!(house.vault.log().await.unwrap(), None);
    assert_eq!(house.vault.message(id).await.unwrap().state, MessageState::Accepted);
    house.agrees().await;
    assert_eq!(house.close(&FLOOR_1).await.unwrap().number, 1);
}

pub(super) async fn two_closings_at_once_close_one_batch(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (a, b) = (house.another().await, house.another().await);
    for n in 1..=3 {
        house.accepted(n).await;
        let (one, two) = tokio::join!(a.close_batch(&FLOOR_1, &sign), b.close_batch(&FLOOR_1, &sign));
        let closed: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
        assert_eq!(closed.iter().map(|batch| batch.number).collect::<Vec<_>>(), [u32::from(n)]);
    }
    house.agrees().await;
}

pub(super) async fn only_what_a_sender_allowed_is_released(fresh: Fresh) {
    let house = House::open(fresh).await;
    let film = house.prepared_with(1, |parts| parts.choices.uses.wall = false).await;
    let wall = house.prepared_with(2, |parts| parts.choices.uses.film = false).await;
    let counted = house
        .prepared_with(3, |parts| {
            parts.choices.uses.film = false;
            parts.choices.uses.wall = false;
        })
        .await;
    for id in [film, wall, counted] {
        super::house::accept(&house.vault, id).await;
    }
    let ids = async |wanted| -> Vec<_> {
        house.vault.released_for(wanted).await.unwrap().iter().map(|released| released.id()).collect()
    };
    assert!(ids(Use::Film).await.is_empty(), "nothing is released before its batch");
    house.close(&FLOOR_1).await.unwrap();
    assert_eq!(ids(Use::Film).await, [film]);
    assert_eq!(ids(Use::Wall).await, [wall]);
    let leaves = house.vault.log().await.unwrap().unwrap().leaves;
    assert_eq!(leaves.iter().filter(|leaf| leaf.kind == LeafKind::Accepted).count(), 3);
}

//! Withdrawals and duplicates.

use hamseda_core::{Coded, MessageState};
use hamseda_store::testing::Fresh;
use hamseda_store::values;
use hamseda_tally::derive::{leaf_commitment, strike_nullifier};
use hamseda_tally::fields::{Field, Opening};
use hamseda_tally::{Hash, LeafKind, count};

use super::house::{FLOOR_1, House, artefact_id, put, reviewer};
use crate::{Actor, Received};

fn hash(value: &serde_json::Value) -> Hash {
    let mut hash = [0; 32];
    hex::decode_to_slice(value.as_str().unwrap(), &mut hash).unwrap();
    hash
}

pub(super) async fn a_withdrawn_message_leaves_nothing_behind(fresh: Fresh) {
    let house = House::open(fresh).await;
    let message = house.released(1).await;
    let (id, leaf) = (message.id(), message.leaf());
    let before = house.vault.message(id).await.unwrap();
    let path = house.vault.artefact(artefact_id(1, 1)).await.unwrap().unwrap();
    house.vault.withdraw(id, &Actor::Sender).await.unwrap();
    house.vault.withdraw(id, &Actor::Sender).await.unwrap();

    let after = house.vault.message(id).await.unwrap();
    assert_eq!((after.state, after.parts.is_none()), (MessageState::Withdrawn, true));
    assert!(house.vault.sealed_blob(id).await.is_err() && !path.exists());
    let secrets = |tx: hamseda_store::Tx| async move {
        let sql = "SELECT CASE WHEN leaf_key IS NULL AND fields IS NULL AND publish_seed IS NULL THEN 1 ELSE 0 END,
                          strike_seed, strike_opening FROM leaf_secret WHERE message = $1";
        tx.one(sql, &values![id]).await
    };
    let row = house.vault.db.read("look", secrets).await.unwrap();
    assert!(row.get::<bool>(0).unwrap(), "the key is shredded");
    let seed: Hash = row.get(1).unwrap();

    assert_eq!(house.close_rest().await.leaves, 2);
    let log = house.vault.log().await.unwrap().unwrap();
    let counted = count(&log.leaves);
    assert_eq!((counted.accepted.raw(), counted.withdrawn.raw(), counted.net.raw()), (1, 1, 0));
    let strike = log.leaves.iter().find(|leaf| leaf.kind == LeafKind::Withdrawn).unwrap();
    assert_eq!(strike.tag, strike_nullifier(&seed));
    // What an auditor gets: the strike belongs to exactly this A leaf, and nothing else of it opens.
    let kept: serde_json::Value = serde_json::from_str(&row.get::<String>(2).unwrap()).unwrap();
    let path = kept["path"].as_array().unwrap().iter().map(hash).collect();
    let opening = Opening { field: Field::StrikeSeed, key: hash(&kept["key"]), value: seed.to_vec(), path };
    let root = hash(&kept["root"]);
    opening.verify(&root).unwrap();
    assert_eq!(leaf_commitment(&root), log.leaves[usize::try_from(leaf.0).unwrap()].commitment);

    // The same sealed file by another road stays withdrawn.
    let again = put(&house.vault, &[1; 100]).await;
    assert_eq!((again.hash, again.bytes), (before.sealed, before.bytes));
    assert_eq!(house.vault.receive(again).await.unwrap(), Received::Withdrawn(id));
    assert!(house.vault.sealed_blob(id).await.is_err());
    house.agrees().await;
}

pub(super) async fn a_withdrawal_before_the_batch_leaves_no_leaf(fresh: Fresh) {
    let house = House::open(fresh).await;
    let stored = house.stored(1).await;
    house.vault.withdraw(stored, &Actor::Sender).await.unwrap();
    assert_eq!(house.vault.lease("w", 60).await.unwrap(), None);
    let accepted = house.accepted(2).await;
    house.vault.withdraw(accepted, &Actor::Sender).await.unwrap();
    assert_eq!(house.vault.counts().await.unwrap().leaves_waiting, 0);
    assert_eq!(house.close(&FLOOR_1).await, None);
    house.agrees().await;
}

pub(super) async fn a_shared_part_outlives_a_withdrawal(fresh: Fresh) {
    let house = House::open(fresh).await;
    let first = house.prepared(1).await;
    let second = house.prepared_with(2, |parts| parts.master = artefact_id(1, 1)).await;
    house.vault.withdraw(first, &Actor::Sender).await.unwrap();
    assert!(house.vault.artefact(artefact_id(1, 1)).await.unwrap().is_some());
    assert!(house.vault.artefact(artefact_id(1, 2)).await.unwrap().is_none());
    house.agrees().await;
    house.vault.withdraw(second, &Actor::Sender).await.unwrap();
    assert!(house.vault.artefact(artefact_id(1, 1)).await.unwrap().is_none());
}

pub(super) async fn a_duplicate_is_struck_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (first, second) = (house.released(1).await.id(), house.released(2).await.id());
    assert_eq!(house.vault.duplicate(first, first, &reviewer()).await.unwrap_err().code(), "vault-is-released");
    house.vault.duplicate(second, first, &reviewer()).await.unwrap();
    assert_eq!(house.vault.message(second).await.unwrap().twin, Some(first));
    assert_eq!(house.vault.duplicate(first, second, &reviewer()).await.unwrap_err().code(), "vault-is-duplicate");
    house.vault.withdraw(second, &Actor::Sender).await.unwrap();
    house.close_rest().await;
    let counted = count(&house.vault.log().await.unwrap().unwrap().leaves);
    assert_eq!((counted.duplicate.raw(), counted.withdrawn.raw(), counted.net.raw()), (1, 0, 1));
    house.agrees().await;
}

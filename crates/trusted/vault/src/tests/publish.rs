//! P leaves.

use hamseda_store::testing::Fresh;
use hamseda_tally::LeafKind;
use hamseda_tally::derive::publish_commitment;

use super::house::{House, reviewer};

pub(super) async fn a_clip_gets_its_leaf_with_the_next_batch(fresh: Fresh) {
    let house = House::open(fresh).await;
    let message = house.released(1).await;
    assert_eq!(house.vault.publish(&message, [7; 32]).await.unwrap(), None);
    assert_eq!(house.vault.publish(&message, [7; 32]).await.unwrap(), None);
    assert_eq!(house.vault.log().await.unwrap().unwrap().publications.clips, []);
    assert_eq!(house.close_rest().await.leaves, 2);
    let leaf = house.vault.publish(&message, [7; 32]).await.unwrap().unwrap();
    let log = house.vault.log().await.unwrap().unwrap();
    let [clip] = log.publications.clips.as_slice() else { panic!("one clip") };
    assert_eq!((clip.message, clip.leaf, clip.sha256), (message.id(), leaf, [7; 32]));
    let logged = log.leaves[usize::try_from(leaf.0).unwrap()];
    assert_eq!(logged.kind, LeafKind::Published);
    assert_eq!(logged.commitment, publish_commitment(&clip.salt, &[7; 32]));
    assert_eq!(log.publications.taken_down, []);
    assert_eq!(house.vault.counts().await.unwrap().leaves_waiting, 0);
    house.agrees().await;
}

pub(super) async fn a_clip_made_anew_replaces_the_old_one(fresh: Fresh) {
    let house = House::open(fresh).await;
    let message = house.released(1).await;
    house.vault.publish(&message, [7; 32]).await.unwrap();
    house.vault.publish(&message, [8; 32]).await.unwrap();
    assert_eq!(house.close_rest().await.leaves, 2, "a clip that was never shown leaves no leaf");
    let old = house.vault.publish(&message, [8; 32]).await.unwrap().unwrap();
    assert_eq!(house.vault.publish(&message, [9; 32]).await.unwrap(), None);
    house.close_rest().await;
    let publications = house.vault.log().await.unwrap().unwrap().publications;
    assert_eq!(publications.taken_down, [old]);
    assert_eq!(publications.clips.iter().map(|clip| clip.sha256).collect::<Vec<_>>(), [[9; 32]]);
    house.vault.withdraw(message.id(), &reviewer()).await.unwrap();
    let publications = house.vault.log().await.unwrap().unwrap().publications;
    assert_eq!((publications.clips.len(), publications.taken_down.len()), (0, 2));
    assert!(house.vault.publish(&message, [9; 32]).await.is_err());
    house.agrees().await;
}

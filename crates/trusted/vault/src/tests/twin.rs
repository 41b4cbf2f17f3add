//! Pairs of messages that may be the same, and the fingerprints behind them.

use hamseda_core::{Coded as _, MessageId};
use hamseda_store::testing::Fresh;

use super::house::{House, keep_parts, parts, reviewer};
use crate::{Actor, Event, Twin, TwinSense, TwinVerdict};

fn twin(other: MessageId, verdict: TwinVerdict) -> Twin {
    Twin { other, verdict, picture: TwinSense::Same, sound: TwinSense::Unclear }
}

/// A prepared message with a sealed fingerprint of its own.
async fn printed(house: &House, n: u8) -> MessageId {
    let id = house.stored(n).await;
    let lease = house.lease().await;
    house.vault.keep_fingerprint(&lease, &[n; 900]).await.unwrap();
    keep_parts(&house.vault, &parts(n)).await;
    house.vault.prepared(&lease, parts(n)).await.unwrap();
    id
}

pub(super) async fn a_pair_waits_for_a_person(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let (one, two, three) = (printed(&house, 1).await, printed(&house, 2).await, printed(&house, 3).await);
    assert_eq!(vault.without_twins(9).await.unwrap(), [one, two, three]);
    vault.found_twins(one, &[]).await.unwrap();
    vault.found_twins(two, &[twin(one, TwinVerdict::Unsure), twin(two, TwinVerdict::Same)]).await.unwrap();
    vault.found_twins(three, &[twin(one, TwinVerdict::Same)]).await.unwrap();
    // Said twice and the other way round it is the same pair.
    vault.found_twins(one, &[twin(two, TwinVerdict::Same)]).await.unwrap();
    vault.found_twins(two, &[twin(one, TwinVerdict::Same)]).await.unwrap();
    assert!(vault.without_twins(9).await.unwrap().is_empty());
    assert_eq!(
        vault.twins(one).await.unwrap(),
        [twin(three, TwinVerdict::Same), twin(two, TwinVerdict::Unsure)],
        "the likeliest first, from either side"
    );
    assert_eq!(vault.twins(two).await.unwrap(), [twin(one, TwinVerdict::Unsure)]);
    let open = [(three, twin(one, TwinVerdict::Same)), (two, twin(one, TwinVerdict::Unsure))];
    assert_eq!(vault.open_twins(9).await.unwrap(), open);
    assert_eq!(vault.open_twins(1).await.unwrap(), open[..1]);
    // A person decides; nothing was decided before.
    vault.duplicate(three, one, &reviewer()).await.unwrap();
    assert_eq!(vault.open_twins(9).await.unwrap(), open[1..]);
    assert_eq!(vault.twins(one).await.unwrap(), [twin(two, TwinVerdict::Unsure)]);
}

pub(super) async fn a_settled_pair_is_not_shown_again(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let (one, two) = (printed(&house, 1).await, printed(&house, 2).await);
    vault.found_twins(two, &[twin(one, TwinVerdict::Same)]).await.unwrap();
    vault.settle_twins(one, two, &reviewer()).await.unwrap();
    assert!(vault.twins(one).await.unwrap().is_empty() && vault.open_twins(9).await.unwrap().is_empty());
    vault.found_twins(one, &[twin(two, TwinVerdict::Same)]).await.unwrap();
    assert!(vault.twins(two).await.unwrap().is_empty());
    let said = vault.custody(Some(one)).await.unwrap().pop().unwrap();
    assert_eq!((said.event, said.detail), (Event::NoDuplicate, format!(r#"{{"of":"{two}"}}"#)));
    assert_eq!(vault.settle_twins(one, two, &reviewer()).await.unwrap_err().code(), "vault-no-message");
    house.agrees().await;
}

pub(super) async fn a_fingerprint_is_kept_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let id = house.stored(1).await;
    let lease = house.lease().await;
    assert_eq!(vault.fingerprint(id).await.unwrap(), None);
    assert_eq!(vault.keep_fingerprint(&lease, b"first").await.unwrap(), b"first");
    assert_eq!(vault.keep_fingerprint(&lease, b"again").await.unwrap(), b"first", "a leaf may name its hash");
    assert!(vault.without_twins(9).await.unwrap().is_empty(), "it is not prepared yet");
    let [print] = &vault.fingerprints(0, 9).await.unwrap()[..] else { panic!("one fingerprint") };
    assert_eq!((print.message, print.sealed.as_slice()), (id, b"first".as_slice()));
    assert!(vault.fingerprints(print.seq, 9).await.unwrap().is_empty());
    keep_parts(vault, &parts(1)).await;
    vault.prepared(&lease, parts(1)).await.unwrap();
    assert_eq!(vault.keep_fingerprint(&lease, b"late").await.unwrap_err().code(), "vault-is-prepared");
}

pub(super) async fn a_withdrawal_takes_fingerprint_and_pairs(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let (one, two, three) = (printed(&house, 1).await, printed(&house, 2).await, printed(&house, 3).await);
    vault.found_twins(two, &[twin(one, TwinVerdict::Same)]).await.unwrap();
    vault.found_twins(three, &[twin(two, TwinVerdict::Same)]).await.unwrap();
    vault.withdraw(two, &Actor::Sender).await.unwrap();
    assert_eq!(vault.fingerprint(two).await.unwrap(), None);
    assert!(vault.twins(one).await.unwrap().is_empty() && vault.twins(three).await.unwrap().is_empty());
    // A worker that compared them meanwhile.
    vault.found_twins(two, &[twin(one, TwinVerdict::Same)]).await.unwrap();
    vault.found_twins(three, &[twin(two, TwinVerdict::Same)]).await.unwrap();
    assert!(vault.twins(three).await.unwrap().is_empty() && vault.open_twins(9).await.unwrap().is_empty());
    house.agrees().await;
}

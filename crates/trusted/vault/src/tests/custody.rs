//! The chain of custody.

use hamseda_store::testing::Fresh;

use super::house::{House, reviewer};
use crate::{Actor, Event, VaultError};

pub(super) async fn custody_tells_everything_in_order(fresh: Fresh) {
    let house = House::open(fresh).await;
    let message = house.released(1).await;
    house.vault.publish(&message, [7; 32]).await.unwrap();
    house.vault.withdraw(message.id(), &Actor::Sender).await.unwrap();
    let events = house.vault.custody(None).await.unwrap();
    let told: Vec<_> = events.iter().map(|e| format!("{} {} {}", e.seq, e.actor, e.event.as_str())).collect();
    let expected = [
        "1 operator received",
        "2 worker:w prepared",
        "3 reviewer:mina accepted",
        "4 operator batch-closed",
        "5 operator published",
        "6 sender withdrawn",
    ];
    assert_eq!(told, expected);
    assert_eq!(house.vault.custody(Some(message.id())).await.unwrap().len(), 5);
    assert_eq!(events[3].event, Event::BatchClosed);
    let head = house.vault.verify_custody().await.unwrap();
    assert_eq!((head.seq, head.hash), (6, events[5].hash));
}

pub(super) async fn a_changed_event_is_found(fresh: Fresh) {
    let house = House::open(fresh).await;
    for n in 1..=3 {
        house.accepted(n).await;
    }
    assert_eq!(house.vault.verify_custody().await.unwrap().seq, 9);
    let forge = async |sql: &'static str| {
        house.vault.db.run("forge", |tx| async move { tx.execute(sql, &[]).await }).await.unwrap();
        match house.vault.verify_custody().await {
            Err(VaultError::Custody { seq }) => seq,
            other => panic!("{sql}: {other:?}"),
        }
    };
    assert_eq!(forge("UPDATE custody SET actor = 'reviewer:someone' WHERE seq = 3").await, 3);
    assert_eq!(forge("UPDATE custody SET actor = 'reviewer:mina', day = day + 1 WHERE seq = 3").await, 3);
    assert_eq!(forge("UPDATE custody SET day = day - 1, detail = '{}' WHERE seq = 3").await, 3);
    assert_eq!(forge("DELETE FROM custody WHERE seq = 2").await, 3);
    assert!(!house.vault.check().await.unwrap().is_empty());
    assert!(
        house
            .vault
            .decide(hamseda_core::MessageId::from_bytes([0; 16]), super::house::REJECT, &reviewer())
            .await
            .is_err()
    );
}

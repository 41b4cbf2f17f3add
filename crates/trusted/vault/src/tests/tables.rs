//! The tables themselves.

use hamseda_store::Db;
use hamseda_store::testing::{Fresh, schema};

use super::house::{House, NOW};
use crate::{Actor, MIGRATIONS};

pub(super) async fn tables_are_the_same(fresh: Fresh) {
    let twin = Db::connect(&format!("sqlite:{}", fresh.path("twin.db").display()), &MIGRATIONS).await.unwrap();
    let (ours, twins) = (schema(&fresh.connect(&MIGRATIONS).await).await, schema(&twin).await);
    assert!(ours.len() > 80);
    assert_eq!(ours, twins);
}

pub(super) async fn no_time_of_a_message_is_finer_than_a_day(fresh: Fresh) {
    let house = House::open(fresh).await;
    let message = house.released(1).await;
    house.vault.publish(&message, [7; 32]).await.unwrap();
    house.close_rest().await;
    house.vault.withdraw(house.released(2).await.id(), &Actor::Sender).await.unwrap();
    house.stored(3).await;
    house.lease().await;
    let db = &house.vault.db;
    for column in schema(db).await {
        let (table, column) = column.trim_end_matches('?').split_once('.').unwrap();
        let sql: &'static str = format!(r#"SELECT "{column}" FROM "{table}""#).leak();
        for row in db.read("look", |tx| async move { tx.all(sql, &[]).await }).await.unwrap() {
            let number = row.get::<i64>(0).ok();
            let text = row.get::<String>(0).unwrap_or_default();
            let told = number.is_some_and(|n| (n - NOW).abs() < 86_400) || text.contains(&NOW.to_string()[..7]);
            // A lease that is held needs its end; nothing of it stays when the job is done.
            assert!(!told || (table, column) == ("job", "expires"), "{table}.{column}: {number:?} {text}");
        }
    }
    let done = "SELECT COUNT(*), COALESCE(MAX(expires), 0) FROM job WHERE open = 0";
    let row = db.read("look", |tx| async move { tx.one(done, &[]).await }).await.unwrap();
    assert_eq!((row.get::<i64>(0).unwrap(), row.get::<i64>(1).unwrap()), (2, 0));
}

//! What a room may rely on, the same on both back ends.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hamseda_core::MessageId;
use hamseda_store::testing::Fresh;
use hamseda_store::{Db, Migrations, StoreError, Value, values};

const TABLES: Migrations = Migrations {
    sqlite: &[("1-start", "CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, b BLOB) STRICT;")],
    postgres: &[("1-start", "CREATE TABLE item (id BIGINT PRIMARY KEY, n BIGINT, t TEXT, b BYTEA);")],
};

hamseda_store::conformance!(
    values_come_back,
    nulls_come_back,
    a_wrong_type_is_an_error,
    an_error_undoes_everything,
    a_reader_cannot_write,
    concurrent_increments_are_all_kept,
    two_programs_may_open_a_database_at_once,
    a_newer_database_is_refused,
    an_edited_step_is_refused,
    a_handle_ends_with_its_transaction,
    a_value_is_never_sql,
);

async fn insert(db: &Db, id: i64, n: i64) -> Result<(), StoreError> {
    db.run("insert", |tx| async move {
        tx.execute("INSERT INTO item (id, n) VALUES ($1, $2)", &values![id, n]).await.map(drop)
    })
    .await
}

async fn values_come_back(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    let id = MessageId::from_bytes([7; 16]);
    let row = db
        .run("put", |tx| async move {
            let row = values![1i64, u64::MAX, "سلام", id];
            tx.one("INSERT INTO item (id, n, t, b) VALUES ($1, $2, $3, $4) RETURNING id, n, t, b", &row).await
        })
        .await
        .unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), 1);
    assert_eq!(row.get::<u64>(1).unwrap(), u64::MAX);
    assert_eq!(row.get::<String>(2).unwrap(), "سلام");
    assert_eq!(row.get::<MessageId>(3).unwrap(), id);
    assert_eq!(row.get::<[u8; 16]>(3).unwrap(), [7; 16]);
}

async fn nulls_come_back(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    let row = db
        .run("put", |tx| async move {
            let row = [1i64.into(), Value::I64(None), Value::Text(None), Value::Bytes(None)];
            tx.execute("INSERT INTO item (id, n, t, b) VALUES ($1, $2, $3, $4)", &row).await?;
            tx.one("SELECT n, t, b, COUNT(*) FROM item GROUP BY n, t, b", &[]).await
        })
        .await
        .unwrap();
    assert_eq!(row.get::<Option<i64>>(0).unwrap(), None);
    assert_eq!(row.get::<Option<String>>(1).unwrap(), None);
    assert_eq!(row.get::<Option<Vec<u8>>>(2).unwrap(), None);
    assert_eq!(row.get::<u64>(3).unwrap(), 1);
}

async fn a_wrong_type_is_an_error(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    insert(&db, 1, 300).await.unwrap();
    let row = db.read("get", |tx| async move { tx.one("SELECT n FROM item", &[]).await }).await.unwrap();
    assert!(matches!(row.get::<u8>(0), Err(StoreError::Column { index: 0, .. })));
    assert!(row.get::<String>(0).is_err() && row.get::<bool>(0).is_err() && row.get::<i64>(1).is_err());
}

async fn an_error_undoes_everything(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    insert(&db, 1, 1).await.unwrap();
    let result: Result<(), StoreError> = db
        .run("twice", |tx| async move {
            tx.execute("UPDATE item SET n = 2", &[]).await?;
            tx.execute("INSERT INTO item (id, n) VALUES (1, 1)", &[]).await?;
            Ok(())
        })
        .await;
    assert!(matches!(result, Err(StoreError::Query { transaction: "twice", .. })), "{result:?}");
    let row = db.read("get", |tx| async move { tx.one("SELECT n FROM item", &[]).await }).await.unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), 1);
}

async fn a_reader_cannot_write(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    let result: Result<u64, StoreError> =
        db.read("peek", |tx| async move { tx.execute("INSERT INTO item (id) VALUES (1)", &[]).await }).await;
    assert!(matches!(result, Err(StoreError::Query { .. })), "{result:?}");
}

async fn concurrent_increments_are_all_kept(fresh: Fresh) {
    insert(&fresh.connect(&TABLES).await, 1, 0).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..4 {
        // A connection each, as processes have.
        let db = fresh.connect(&TABLES).await;
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                db.run("increment", |tx| async move {
                    let row = tx.one("SELECT n FROM item WHERE id = 1", &[]).await?;
                    tx.execute("UPDATE item SET n = $1 WHERE id = 1", &values![row.get::<i64>(0)? + 1]).await
                })
                .await
                .unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let db = fresh.connect(&TABLES).await;
    let row = db.read("get", |tx| async move { tx.one("SELECT n FROM item", &[]).await }).await.unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), 40);
}

async fn two_programs_may_open_a_database_at_once(fresh: Fresh) {
    let opened = futures_util::future::join_all((0..4).map(|_| Db::connect(fresh.url(), &TABLES))).await;
    for db in opened {
        db.unwrap();
    }
}

async fn a_newer_database_is_refused(fresh: Fresh) {
    fresh.connect(&TABLES).await.close().await;
    let older = Migrations { sqlite: &[], postgres: &[] };
    let result = Db::connect(fresh.url(), &older).await;
    assert!(matches!(result, Err(StoreError::Newer { step }) if step == "1-start"));
}

async fn an_edited_step_is_refused(fresh: Fresh) {
    fresh.connect(&TABLES).await.close().await;
    let edited = [("1-start", "CREATE TABLE item (id BIGINT PRIMARY KEY);")];
    let edited = Box::leak(Box::new(edited));
    let result = Db::connect(fresh.url(), &Migrations { sqlite: edited, postgres: edited }).await;
    assert!(matches!(result, Err(StoreError::StepChanged { step }) if step == "1-start"));
}

async fn a_handle_ends_with_its_transaction(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    let kept = db.run("keep", |tx| async move { Ok::<_, StoreError>(tx) }).await.unwrap();
    let result = kept.execute("INSERT INTO item (id) VALUES (1)", &[]).await;
    assert!(matches!(result, Err(StoreError::Ended { transaction: "keep" })));
}

async fn a_value_is_never_sql(fresh: Fresh) {
    let db = fresh.connect(&TABLES).await;
    let text = "'); DROP TABLE item; --";
    let row = db
        .run("put", |tx| async move {
            tx.execute("INSERT INTO item (id, t) VALUES (1, $1)", &values![text]).await?;
            tx.one("SELECT t FROM item", &[]).await
        })
        .await
        .unwrap();
    assert_eq!(row.get::<String>(0).unwrap(), text);
}

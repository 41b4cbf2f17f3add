//! A disk without room ends one transaction, and not the server's life.

use hamseda_store::testing::check;
use hamseda_store::{Backend, Migrations, StoreError, values};

const TABLES: Migrations =
    Migrations { sqlite: &[("1", "CREATE TABLE heap (bytes BLOB NOT NULL)")], postgres: &[("1", "SELECT 1")] };

/// Found by `cargo xtask soak faults`: SQLite had ended the transaction by itself, and every later one was refused.
#[test]
fn a_full_disk_is_forgotten_once_there_is_room() {
    check(Backend::Sqlite, "full", async |fresh| {
        let db = fresh.connect(&TABLES).await;
        let filling = db.run("fill", |tx| async move {
            // As many pages as there are: what a full disk looks like from inside.
            tx.execute("PRAGMA max_page_count = 1", &[]).await?;
            for _ in 0..1_000 {
                tx.execute("INSERT INTO heap (bytes) VALUES ($1)", &values![vec![7_u8; 4_000]]).await?;
            }
            Ok::<(), StoreError>(())
        });
        filling.await.unwrap_err();
        for _ in 0..3 {
            let put = db.run("put", |tx| async move {
                tx.execute("INSERT INTO heap (bytes) VALUES ($1)", &values![vec![7_u8; 4_000]]).await
            });
            assert_eq!(put.await.unwrap(), 1);
        }
        let count = db.read("count", |tx| async move { tx.one("SELECT COUNT(*) FROM heap", &[]).await?.get::<u64>(0) });
        assert_eq!(count.await.unwrap(), 3);
    });
}

//! Status records: what the desk says about a message, under a key that came to it inside the seal. The intake finds them by
//! locator and can't read them.
//!
//! A look-up does the same whether or not the locator exists: it reads the first record from there on (one stands behind
//! all), makes the decoy, and takes one of the two without a branch. The decoy follows from the locator and a secret that is
//! drawn anew whenever the desk replaces all records, so that both change at the same moments.
//!
//! What it can't hide: a desk that replaces single records changes those and nothing else, which somebody who has a locator
//! and looks it up again and again sees. The desk therefore replaces all of them.

use hamseda_core::{Locator, OsRandom, Random, Secret};
use hamseda_store::{StoreError, Tx, values};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

use crate::{Inbox, InboxError};

/// Length of a record, bytes.
pub const RECORD_LEN: usize = 4096;

/// Where a batch of records stands in a replacement of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replacing {
    /// The first batch: whatever is not among those that follow will go.
    pub first: bool,
    /// The last batch: what did not come goes now, and decoys change.
    pub last: bool,
}

impl Inbox {
    /// The record of a locator, or what looks like one.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn record(&self, locator: Locator) -> Result<Vec<u8>, InboxError> {
        let found = self.db.read("inbox record", |tx| async move {
            let next = "SELECT locator, record, generation FROM record WHERE locator >= $1 ORDER BY locator LIMIT 1";
            let next = tx.one(next, &values![locator]).await?;
            let secret = tx.one("SELECT secret FROM decoy", &[]).await?.get::<[u8; 32]>(0)?;
            let real = next.get::<[u8; 32]>(0)?.ct_eq(locator.as_bytes()) & !next.get::<i64>(2)?.ct_eq(&-1);
            Ok::<_, StoreError>((real, next.get::<Vec<u8>>(1)?, Secret::new(secret)))
        });
        let (real, record, secret) = found.await?;
        let mut answer = decoy(&secret, &locator);
        for (byte, other) in answer.iter_mut().zip(&record) {
            byte.conditional_assign(other, real);
        }
        Ok(answer)
    }

    /// Takes records from the desk; a locator that is there gets the new one.
    ///
    /// # Errors
    /// [`InboxError::Store`].
    pub async fn put_records(
        &self,
        records: &[(Locator, [u8; RECORD_LEN])],
        replacing: Replacing,
    ) -> Result<(), InboxError> {
        let put = self.db.run("inbox put records", |tx| async move {
            if replacing.first {
                tx.execute("UPDATE decoy SET generation = generation + 1", &[]).await?;
            }
            let generation = tx.one("SELECT generation FROM decoy", &[]).await?.get::<i64>(0)?;
            let sql = "INSERT INTO record (locator, record, generation) VALUES ($1, $2, $3)
                       ON CONFLICT (locator) DO UPDATE SET record = excluded.record, generation = excluded.generation
                       WHERE record.generation >= 0";
            for (locator, record) in records {
                tx.execute(sql, &values![*locator, record, generation]).await?;
            }
            if replacing.last {
                let old = "DELETE FROM record WHERE generation >= 0 AND generation < $1";
                tx.execute(old, &values![generation]).await?;
                tx.execute("UPDATE decoy SET secret = $1", &values![fresh()]).await?;
            }
            Ok::<_, StoreError>(())
        });
        Ok(put.await?)
    }
}

/// Draws the secret of decoys when the database is new.
pub(crate) async fn begin(tx: &Tx) -> Result<(), StoreError> {
    let sql = "INSERT INTO decoy (one, secret, generation) VALUES (1, $1, 0) ON CONFLICT DO NOTHING";
    tx.execute(sql, &values![fresh()]).await.map(drop)
}

fn fresh() -> [u8; 32] {
    let random: &mut dyn Random = &mut OsRandom;
    random.bytes()
}

/// What a locator gets that nobody has: HKDF-SHA-256 of it under the secret.
#[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes; 4096 are asked")]
fn decoy(secret: &Secret<[u8; 32]>, locator: &Locator) -> Vec<u8> {
    let mut answer = vec![0; RECORD_LEN];
    let expanded = Hkdf::<Sha256>::new(Some(secret.expose()), locator.as_bytes()).expand(b"no record", &mut answer);
    expanded.expect("4096 bytes");
    answer
}

//! Withdrawals that must not be forgotten: by an older copy of the database, or by a stick that comes late.
//!
//! A tombstone is an HMAC, under a key of the vault, of a sealed file's hash or of a w-commitment. It stands in the
//! database, where receiving and opening look, and as an empty blob, which a restored database learns it from again.
//!
//! Refuses: to tell which message it stands for to anybody without the vault's key.

use std::collections::HashSet;

use hamseda_core::{MessageId, MessageState, SealedHash, Secret};
use hamseda_seal::w_commitment;
use hamseda_store::{Bytes, Db, Tx, values};
use hamseda_tally::Hash;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::message::Page;
use crate::{Actor, Vault, VaultError, random};

/// Folder of the blob store.
const FOLDER: &str = "tombstone";

/// Makes tombstones.
#[derive(Clone)]
pub(crate) struct Mason(Secret<[u8; 32]>);

impl Mason {
    /// The one of this database; drawn when it is first opened.
    pub(crate) async fn of(db: &Db) -> Result<Self, VaultError> {
        let fresh = random::<32>();
        let key = db
            .run("tombstone key", |tx| async move {
                let sql = "INSERT INTO vault_key (name, key) VALUES ('tombstone', $1) ON CONFLICT DO NOTHING";
                tx.execute(sql, &values![fresh]).await?;
                let row = tx.one("SELECT key FROM vault_key WHERE name = 'tombstone'", &[]).await?;
                Ok::<_, VaultError>(row.get::<[u8; 32]>(0)?)
            })
            .await?;
        Ok(Self(Secret::new(key)))
    }

    /// The tombstone of a sealed file.
    pub(crate) fn of_sealed(&self, hash: SealedHash) -> Hash {
        self.mac(b"hamseda/tombstone/sealed", hash.as_bytes())
    }

    /// The tombstone of whatever carries a w-commitment.
    pub(crate) fn of_commitment(&self, w_commitment: &Hash) -> Hash {
        self.mac(b"hamseda/tombstone/commitment", w_commitment)
    }

    fn mac(&self, label: &[u8], value: &Hash) -> Hash {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mac = Hmac::<Sha256>::new_from_slice(self.0.expose()).expect("any key length");
        mac.chain_update(label).chain_update(value).finalize().into_bytes().into()
    }
}

/// Whether a tombstone stands, as a transaction sees it.
pub(crate) async fn stands(tx: &Tx, mac: Hash) -> Result<bool, VaultError> {
    Ok(tx.optional("SELECT 1 FROM tombstone WHERE mac = $1", &values![mac]).await?.is_some())
}

/// Sets a tombstone.
pub(crate) async fn set(tx: &Tx, mac: Hash) -> Result<(), VaultError> {
    tx.execute("INSERT INTO tombstone (mac) VALUES ($1) ON CONFLICT DO NOTHING", &values![mac]).await?;
    Ok(())
}

impl Vault {
    /// Takes back whatever carries the commitment of this secret, now or later, by whatever road. Returns the messages.
    ///
    /// The intake may be told "done" when this returns: from then on nothing here opens them.
    ///
    /// # Errors
    /// When files can't be removed; call again.
    pub async fn withdraw_by(&self, secret: &Secret<[u8; 32]>) -> Result<Vec<MessageId>, VaultError> {
        let commitment = w_commitment(secret);
        let mac = self.mason.of_commitment(&commitment);
        // First where an older copy of the database would learn of it.
        self.engrave(mac).await?;
        let found: Vec<MessageId> = self
            .db
            .run("withdraw by secret", |tx| async move {
                set(&tx, mac).await?;
                let sql = "SELECT o.message FROM opening o WHERE o.w_commitment = $1";
                let rows = tx.all(sql, &values![commitment]).await?;
                rows.iter().map(|row| Ok::<_, VaultError>(row.get(0)?)).collect()
            })
            .await?;
        for message in &found {
            self.withdraw(*message, &Actor::Sender).await?;
        }
        Ok(found)
    }

    /// Writes a tombstone where an older copy of the database finds it.
    pub(crate) async fn engrave(&self, mac: Hash) -> Result<(), VaultError> {
        let hex = hex::encode(mac);
        Ok(self.blobs.put(&format!("{FOLDER}/{}/{hex}", &hex[..2]), Bytes::new()).await?)
    }

    /// Withdraws again what this database, being an older copy, does not know to be withdrawn.
    pub(crate) async fn replay_tombstones(&self) -> Result<(), VaultError> {
        let engraved: Vec<Hash> = self.blobs.list(FOLDER).await?.iter().filter_map(|blob| mac_of(&blob.key)).collect();
        if engraved.is_empty() {
            return Ok(());
        }
        let given = &engraved;
        let known: HashSet<Hash> = self
            .db
            .read("tombstones", |tx| async move {
                let rows = tx.all("SELECT mac FROM tombstone", &[]).await?;
                rows.iter().map(|row| Ok::<_, VaultError>(row.get(0)?)).collect()
            })
            .await?;
        let fresh: HashSet<Hash> = given.iter().copied().filter(|mac| !known.contains(mac)).collect();
        if fresh.is_empty() {
            return Ok(());
        }
        for message in self.struck_by(&fresh).await? {
            tracing::warn!(%message, "withdrawn again: this database is older than the withdrawal");
            self.withdraw(message, &Actor::Sender).await?;
        }
        let fresh = &fresh;
        self.db
            .run("learn tombstones", |tx| async move {
                for mac in fresh {
                    set(&tx, *mac).await?;
                }
                Ok(())
            })
            .await
    }

    /// Messages that stand although one of these tombstones is theirs.
    async fn struck_by(&self, macs: &HashSet<Hash>) -> Result<Vec<MessageId>, VaultError> {
        let commitments: std::collections::HashMap<MessageId, Hash> = self
            .db
            .read("commitments", |tx| async move {
                let rows = tx.all("SELECT message, w_commitment FROM opening", &[]).await?;
                rows.iter().map(|row| Ok::<_, VaultError>((row.get(0)?, row.get(1)?))).collect()
            })
            .await?;
        let all = self.messages(None, Page::ALL).await?;
        let struck = |id, sealed| {
            macs.contains(&self.mason.of_sealed(sealed))
                || commitments.get(&id).is_some_and(|w| macs.contains(&self.mason.of_commitment(w)))
        };
        let standing = all.into_iter().filter(|m| m.state != MessageState::Withdrawn);
        Ok(standing.filter(|m| struck(m.id, m.sealed)).map(|m| m.id).collect())
    }
}

fn mac_of(key: &str) -> Option<Hash> {
    let mut mac = [0; 32];
    hex::decode_to_slice(key.rsplit('/').next()?, &mut mac).ok()?;
    Some(mac)
}

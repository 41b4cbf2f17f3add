//! Withdrawals that must not be forgotten: by an older copy of the database, or by a stick that comes late.
//!
//! A tombstone is an HMAC, under a key of the vault, of a sealed file's hash or of a w-commitment. It stands in the
//! database, where receiving and opening look, and on a page among the blobs, from which a restored database learns it again.
//!
//! Refuses: to tell which message it stands for to anybody without the vault's key.

use std::collections::HashSet;

use hamseda_core::{MessageId, MessageState, SealedHash, Secret};
use hamseda_seal::w_commitment;
use hamseda_store::{Bytes, Db, Tx, values};
use hamseda_tally::{Hash, sha256};
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
        let find = |tx: Tx| async move {
            let row = tx.optional("SELECT key FROM vault_key WHERE name = 'tombstone'", &[]).await?;
            row.map(|row| Ok::<_, VaultError>(row.get::<[u8; 32]>(0)?)).transpose()
        };
        if let Some(key) = db.read("tombstone key", find).await? {
            return Ok(Self(Secret::new(key)));
        }
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
    /// Takes back whatever carries the commitments of these secrets, now or later, by whatever road. Returns the messages.
    ///
    /// The intake may be told "done" when this returns: from then on nothing here opens them.
    ///
    /// # Errors
    /// When files can't be removed; what was taken back stays so, call again for the rest.
    pub async fn withdraw_by(&self, secrets: &[Secret<[u8; 32]>]) -> Result<Vec<MessageId>, VaultError> {
        let commitments: Vec<Hash> = secrets.iter().map(w_commitment).collect();
        let macs: Vec<Hash> = commitments.iter().map(|commitment| self.mason.of_commitment(commitment)).collect();
        // First where an older copy of the database would learn of it. Many at a time: random secrets cost nothing to make.
        self.engrave(&macs).await?;
        let (commitments, macs) = (&commitments, &macs);
        let found: Vec<MessageId> = self
            .db
            .run("withdraw by secrets", |tx| async move {
                let mut found = Vec::new();
                for (commitment, mac) in commitments.iter().zip(macs) {
                    set(&tx, *mac).await?;
                    let sql = "SELECT message FROM opening WHERE w_commitment = $1";
                    for row in tx.all(sql, &values![*commitment]).await? {
                        found.push(row.get(0)?);
                    }
                }
                Ok::<_, VaultError>(found)
            })
            .await?;
        let mut failed = None;
        for message in &found {
            // One that fails must not keep the others waiting.
            failed = self.withdraw(*message, &Actor::Sender).await.err().or(failed);
        }
        failed.map_or(Ok(found), Err)
    }

    /// Writes tombstones where an older copy of the database finds them: a page, named by its hash.
    pub(crate) async fn engrave(&self, macs: &[Hash]) -> Result<(), VaultError> {
        if macs.is_empty() {
            return Ok(());
        }
        let page = macs.concat();
        let name = hex::encode(sha256(&page));
        Ok(self.blobs.put(&format!("{FOLDER}/{}/{name}", &name[..2]), Bytes::from(page)).await?)
    }

    /// Withdraws again what this database, being an older copy, does not know to be withdrawn.
    pub(crate) async fn replay_tombstones(&self) -> Result<(), VaultError> {
        let pages = self.blobs.list(FOLDER).await?;
        if pages.is_empty() {
            return Ok(());
        }
        let learned: HashSet<Hash> = self
            .db
            .read("pages", |tx| async move {
                let rows = tx.all("SELECT page FROM tombstone_page", &[]).await?;
                rows.iter().map(|row| Ok::<_, VaultError>(row.get(0)?)).collect()
            })
            .await?;
        let fresh = pages.iter().filter_map(|page| Some((name_of(&page.key)?, page)));
        let fresh: Vec<_> = fresh.filter(|(name, _)| !learned.contains(name)).collect();
        let mut macs = HashSet::new();
        for (_, page) in &fresh {
            let page = self.blobs.get(&page.key).await?;
            macs.extend(page.chunks_exact(32).filter_map(|mac| Hash::try_from(mac).ok()));
        }
        for message in self.struck_by(&macs).await? {
            tracing::warn!(%message, "withdrawn again: this database is older than the withdrawal");
            self.withdraw(message, &Actor::Sender).await?;
        }
        let (macs, names) = (&macs, &fresh.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        self.db
            .run("learn tombstones", |tx| async move {
                for mac in macs {
                    set(&tx, *mac).await?;
                }
                for name in names {
                    let sql = "INSERT INTO tombstone_page (page) VALUES ($1) ON CONFLICT DO NOTHING";
                    tx.execute(sql, &values![*name]).await?;
                }
                Ok(())
            })
            .await
    }

    /// Messages that stand although one of these tombstones is theirs.
    async fn struck_by(&self, macs: &HashSet<Hash>) -> Result<Vec<MessageId>, VaultError> {
        if macs.is_empty() {
            return Ok(Vec::new());
        }
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

fn name_of(key: &str) -> Option<Hash> {
    let mut name = [0; 32];
    hex::decode_to_slice(key.rsplit('/').next()?, &mut name).ok()?;
    Some(name)
}

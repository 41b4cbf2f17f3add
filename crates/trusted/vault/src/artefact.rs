//! Artefacts: results that are named by a hash of everything they were made from, so that no finished work is done twice.
//!
//! `artefacts/ab/<hex>.<kind>.<ext>`, complete whenever it exists: a file is written under another name in the same file
//! system, flushed, and only then linked to its own. The row in the database follows the file; a file whose row was lost
//! to a crash is taken in when it is next asked for.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use hamseda_core::{ArtefactId, MessageId, MessageState};
use hamseda_store::{Row, Tx, values};

use crate::{Vault, VaultError, random};

/// Folder of files that are being written.
const SCRATCH: &str = "scratch";

/// Stands for every message: a wall shows all of them.
const EVERY: MessageId = MessageId::from_bytes([0; MessageId::LEN]);

/// A kind of artefact: a word, and the extension of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArtefactKind {
    name: &'static str,
    ext: &'static str,
}

impl ArtefactKind {
    /// A kind. Both are lower-case letters, digits and `-`.
    #[must_use]
    pub const fn new(name: &'static str, ext: &'static str) -> Self {
        Self { name, ext }
    }

    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// How often artefacts of a kind were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Different artefacts.
    pub artefacts: u64,
    /// Times one was made; more than `artefacts` means that finished work was done again.
    pub times: u64,
}

/// What keeping an artefact means for the count of how often it was made.
#[derive(Clone, Copy)]
enum Count {
    /// It exists; somebody made it before.
    AtLeastOnce,
    /// It was made, and had been before.
    OnceMore,
}

impl Vault {
    /// A path for a new file of this kind. It is not created; one that is never kept is removed after some days.
    #[must_use]
    pub fn scratch(&self, kind: ArtefactKind) -> PathBuf {
        let name = format!("{}.{}.{}", hex::encode(random::<8>()), kind.name, kind.ext);
        self.artefacts.join(SCRATCH).join(name)
    }

    /// The file of an artefact, if it was made.
    ///
    /// # Errors
    /// When the database or the folder can't be read.
    pub async fn artefact(&self, id: ArtefactId) -> Result<Option<PathBuf>, VaultError> {
        let row = self
            .db
            .read("artefact", |tx| async move {
                tx.optional("SELECT kind, ext FROM artefact WHERE id = $1", &values![id]).await
            })
            .await?;
        if let Some(row) = row {
            let path = self.path(id, &row.get::<String>(0)?, &row.get::<String>(1)?);
            return Ok(exists(&path).await?.then_some(path));
        }
        let Some((path, kind, ext)) = find(self.folder(id), id).await? else { return Ok(None) };
        self.count(id, &kind, &ext, Count::AtLeastOnce).await?;
        Ok(Some(path))
    }

    /// Makes the file at `scratch` the artefact `id`; on the disk when this returns. When it exists already (two workers
    /// made it at once), the first one stays.
    ///
    /// # Errors
    /// When the file can't be flushed or linked.
    pub async fn keep_artefact(
        &self,
        id: ArtefactId,
        kind: ArtefactKind,
        scratch: &Path,
    ) -> Result<PathBuf, VaultError> {
        let known = self.has_row(id).await?;
        let (path, from) = (self.path(id, kind.name, kind.ext), scratch.to_owned());
        let to = path.clone();
        let first = blocking(scratch, move || settle(&from, &to)).await?;
        let count = if first && !known { Count::AtLeastOnce } else { Count::OnceMore };
        self.count(id, kind.name, kind.ext, count).await?;
        Ok(path)
    }

    /// Like [`Vault::keep_artefact`] for a result that shows something of a message: it goes when its sender takes the message
    /// back, also when that happens meanwhile.
    ///
    /// # Errors
    /// [`VaultError::State`] when the message was withdrawn: nothing was kept.
    pub async fn keep_artefact_of(
        &self,
        message: MessageId,
        id: ArtefactId,
        kind: ArtefactKind,
        scratch: &Path,
    ) -> Result<PathBuf, VaultError> {
        self.keep_shown(&[message], false, (id, kind), scratch).await
    }

    /// Like [`Vault::keep_artefact_of`] for a result made from masters, such as a segment of the film. One that is made
    /// from many (a wall) goes when any released message is taken back.
    ///
    /// # Errors
    /// [`VaultError::State`] when one of the masters' messages was withdrawn: nothing was kept.
    pub async fn keep_artefact_from(
        &self,
        masters: &[ArtefactId],
        id: ArtefactId,
        kind: ArtefactKind,
        scratch: &Path,
    ) -> Result<PathBuf, VaultError> {
        let owners = self.db.read("owners", |tx| async move { owners(&tx, masters).await }).await?;
        self.keep_shown(&owners, masters.len() > 1, (id, kind), scratch).await
    }

    async fn keep_shown(
        &self,
        messages: &[MessageId],
        of_every: bool,
        (id, kind): (ArtefactId, ArtefactKind),
        scratch: &Path,
    ) -> Result<PathBuf, VaultError> {
        let noted = self
            .db
            .run("artefact of", |tx| async move {
                standing(&tx, messages).await?;
                for message in if of_every { &[EVERY] } else { messages } {
                    own(&tx, *message, id).await?;
                }
                Ok::<_, VaultError>(())
            })
            .await;
        let kept = match noted {
            Ok(()) => self.keep_artefact(id, kind, scratch).await,
            Err(error) => Err(error),
        };
        // A withdrawal may have passed between the note and the file; then the file must not stay.
        let still = self.db.read("artefact of", |tx| async move { standing(&tx, messages).await }).await;
        match (kept, still) {
            (Ok(path), Ok(())) => Ok(path),
            (Ok(_), Err(error)) => {
                self.remove_artefact(id).await?;
                Err(error)
            }
            (Err(error), _) => {
                remove(scratch).await?;
                Err(error)
            }
        }
    }

    /// How often artefacts of a kind were made, ever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn made(&self, kind: ArtefactKind) -> Result<Made, VaultError> {
        self.db
            .read("made", |tx| async move {
                let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM artefact_made WHERE kind = $1";
                let row = tx.one(sql, &values![kind.name]).await?;
                Ok(Made { artefacts: row.get(0)?, times: row.get(1)? })
            })
            .await
    }

    /// [`Vault::made`] of every kind there is, by its word.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn made_of_every_kind(&self) -> Result<BTreeMap<String, Made>, VaultError> {
        self.db
            .read("made of every kind", |tx| async move {
                let sql = "SELECT kind, COUNT(*), CAST(SUM(times) AS BIGINT) FROM artefact_made GROUP BY kind";
                let read = |row: &Row| Ok((row.get(0)?, Made { artefacts: row.get(1)?, times: row.get(2)? }));
                tx.all(sql, &[]).await?.iter().map(read).collect()
            })
            .await
    }

    /// Removes an artefact that holds something withdrawn. That it was made stays counted.
    pub(crate) async fn remove_artefact(&self, id: ArtefactId) -> Result<(), VaultError> {
        let Some(path) = self.artefact(id).await? else { return Ok(()) };
        remove(&path).await?;
        let forget = |tx: Tx| async move { tx.execute("DELETE FROM artefact WHERE id = $1", &values![id]).await };
        self.db.run("remove artefact", forget).await?;
        Ok(())
    }

    /// Removes every artefact that shows a withdrawn message and nothing that stands. That they belong together stays noted:
    /// a worker that was at it meanwhile is found out by it.
    pub(crate) async fn remove_artefacts_of(&self, message: MessageId) -> Result<(), VaultError> {
        let alone: Vec<ArtefactId> = self
            .db
            .read("artefacts of", |tx| async move {
                let sql = "SELECT a.artefact FROM artefact_of a WHERE a.message = $1 AND NOT EXISTS
                           (SELECT 1 FROM artefact_of b JOIN message m ON m.id = b.message
                            WHERE b.artefact = a.artefact AND m.state <> 'withdrawn')
                           UNION SELECT artefact FROM artefact_of WHERE message = $2
                           AND EXISTS (SELECT 1 FROM leaf WHERE message = $1)";
                let rows = tx.all(sql, &values![message, EVERY]).await?;
                rows.iter().map(|row| Ok::<_, VaultError>(row.get(0)?)).collect()
            })
            .await?;
        for artefact in alone {
            self.remove_artefact(artefact).await?;
        }
        Ok(())
    }

    /// Finishes withdrawals that a crash cut short, and removes what a worker made of a message meanwhile.
    pub(crate) async fn remove_leftovers(&self) -> Result<(), VaultError> {
        let withdrawn: Vec<MessageId> = self
            .db
            .read("leftovers", |tx| async move {
                let sql = "SELECT DISTINCT a.message FROM artefact_of a JOIN message m ON m.id = a.message
                           WHERE m.state = 'withdrawn'";
                tx.all(sql, &[]).await?.iter().map(|row| Ok::<_, VaultError>(row.get(0)?)).collect()
            })
            .await?;
        for message in withdrawn {
            self.remove_artefacts_of(message).await?;
        }
        Ok(())
    }

    /// Removes scratch files of processes that died days ago.
    pub(crate) async fn sweep_scratch(&self) -> Result<(), VaultError> {
        let (folder, now) = (self.artefacts.join(SCRATCH), self.clock.now());
        let swept = folder.clone();
        blocking(&folder, move || hamseda_store::sweep_unfinished(&swept, now)).await
    }

    async fn has_row(&self, id: ArtefactId) -> Result<bool, VaultError> {
        let row = |tx: Tx| async move { tx.optional("SELECT 1 FROM artefact WHERE id = $1", &values![id]).await };
        Ok(self.db.read("artefact", row).await?.is_some())
    }

    async fn count(&self, id: ArtefactId, kind: &str, ext: &str, count: Count) -> Result<(), VaultError> {
        self.db
            .run("keep artefact", |tx| async move {
                let sql = "INSERT INTO artefact (id, kind, ext) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
                tx.execute(sql, &values![id, kind, ext]).await?;
                let sql = "INSERT INTO artefact_made (kind, id, times) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING";
                tx.execute(sql, &values![kind, id]).await?;
                if let Count::OnceMore = count {
                    let sql = "UPDATE artefact_made SET times = times + 1 WHERE kind = $1 AND id = $2";
                    tx.execute(sql, &values![kind, id]).await?;
                }
                Ok(())
            })
            .await
    }

    fn folder(&self, id: ArtefactId) -> PathBuf {
        self.artefacts.join(&id.to_string()[..2])
    }

    fn path(&self, id: ArtefactId, kind: &str, ext: &str) -> PathBuf {
        self.folder(id).join(format!("{id}.{kind}.{ext}"))
    }
}

/// Standing messages that these masters show. A master whose messages were all withdrawn is refused; a supporter's is
/// nobody's message.
async fn owners(tx: &Tx, masters: &[ArtefactId]) -> Result<Vec<MessageId>, VaultError> {
    let mut owners = Vec::new();
    for master in masters {
        let sql = "SELECT m.id, m.state FROM artefact_of a JOIN message m ON m.id = a.message WHERE a.artefact = $1";
        let rows = tx.all(sql, &values![*master]).await?;
        let before = owners.len();
        for row in &rows {
            if row.parse::<MessageState>(1)? != MessageState::Withdrawn {
                owners.push(row.get(0)?);
            }
        }
        if let (Some(row), true) = (rows.first(), owners.len() == before) {
            return Err(VaultError::State { message: row.get(0)?, state: MessageState::Withdrawn, step: "shown" });
        }
    }
    Ok(owners)
}

/// Notes that an artefact shows something of a message.
pub(crate) async fn own(tx: &Tx, message: MessageId, id: ArtefactId) -> Result<(), VaultError> {
    let sql = "INSERT INTO artefact_of (message, artefact) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(sql, &values![message, id]).await?;
    Ok(())
}

/// Refuses when one of these messages was withdrawn.
async fn standing(tx: &Tx, messages: &[MessageId]) -> Result<(), VaultError> {
    for message in messages {
        let row = tx.optional("SELECT state FROM message WHERE id = $1", &values![*message]).await?;
        let state = row.ok_or(VaultError::NoMessage(*message))?.parse(0)?;
        if state == MessageState::Withdrawn {
            return Err(VaultError::State { message: *message, state, step: "shown" });
        }
    }
    Ok(())
}

/// Removes a file; one that isn't there is as good as removed.
async fn remove(path: &Path) -> Result<(), VaultError> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(VaultError::file(path)(error)),
        _ => Ok(()),
    }
}

pub(crate) fn create_folders(artefacts: &Path) -> Result<(), VaultError> {
    let scratch = artefacts.join(SCRATCH);
    std::fs::create_dir_all(&scratch).map_err(VaultError::file(&scratch))
}

/// Flushes `from` and gives it its name, unless somebody has it; `from` is gone afterwards. Returns whether it was first.
fn settle(from: &Path, to: &Path) -> io::Result<bool> {
    std::fs::File::open(from)?.sync_all()?;
    let folder = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.exists() {
        std::fs::create_dir_all(folder)?;
        sync_folder(folder.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    }
    // A link, not a rename: it fails when the name is taken, so exactly one of two workers is first.
    let first = match std::fs::hard_link(from, to) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error),
    };
    sync_folder(folder)?;
    std::fs::remove_file(from)?;
    Ok(first)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// The file of an artefact that has no row: its path, kind and extension.
async fn find(folder: PathBuf, id: ArtefactId) -> Result<Option<(PathBuf, String, String)>, VaultError> {
    let searched = folder.clone();
    blocking(&folder, move || {
        let entries = match std::fs::read_dir(&searched) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            entries => entries?,
        };
        let prefix = format!("{id}.");
        for entry in entries {
            let name = entry?.file_name();
            let rest = name.to_str().and_then(|name| name.strip_prefix(&prefix));
            if let Some((kind, ext)) = rest.and_then(|rest| rest.split_once('.')) {
                // Its link may not have been flushed before the crash.
                sync_folder(&searched)?;
                return Ok(Some((searched.join(&name), kind.to_owned(), ext.to_owned())));
            }
        }
        Ok(None)
    })
    .await
}

async fn exists(path: &Path) -> Result<bool, VaultError> {
    tokio::fs::try_exists(path).await.map_err(VaultError::file(path))
}

/// Runs file work off the async threads; errors name `path`.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, VaultError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(io::Error::other(e)));
    done.map_err(VaultError::file(path))
}

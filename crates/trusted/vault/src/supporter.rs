//! Named supporters, whose clips and quotes stand beside the messages.

use hamseda_core::{ArtefactId, Lang, Local, SupporterId};
use hamseda_store::{Row, values};

use crate::{Vault, VaultError};

/// A supporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supporter {
    /// Their id.
    pub id: SupporterId,
    /// Their place in the order.
    pub position: i64,
    /// Name.
    pub name: Local,
    /// What they are.
    pub role: Local,
    /// Where.
    pub country: Local,
    /// What they say, in writing; may be empty when they have a clip.
    pub quote: Local,
    /// The language they speak or wrote in.
    pub lang: Lang,
    /// Portrait: JPEG, 320×320.
    pub portrait: Option<ArtefactId>,
    /// Their clip as a master.
    pub master: Option<ArtefactId>,
    /// Length of the clip, lattice units.
    pub units: u32,
    /// Whether anything is heard in it.
    pub sound: bool,
}

impl Vault {
    /// Adds a supporter, or replaces the one of the same id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_supporter(&self, supporter: &Supporter) -> Result<(), VaultError> {
        let Supporter { name, role, country, quote, .. } = supporter;
        let text = |local: &Local| serde_json::to_string(local).map_err(|e| VaultError::damaged(e.to_string()));
        let row = &values![
            supporter.id,
            supporter.position,
            text(name)?,
            text(role)?,
            text(country)?,
            text(quote)?,
            supporter.lang.code(),
            supporter.portrait,
            supporter.master,
            supporter.units,
            supporter.sound,
        ];
        self.db
            .run("put supporter", |tx| async move {
                tx.execute(
                    "INSERT INTO supporter (id, position, name, role, country, quote, lang, portrait, master, units, sound)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                     ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name,
                       role = excluded.role, country = excluded.country, quote = excluded.quote, lang = excluded.lang,
                       portrait = excluded.portrait, master = excluded.master, units = excluded.units,
                       sound = excluded.sound",
                    row,
                )
                .await?;
                Ok(())
            })
            .await
    }

    /// Removes a supporter; one that isn't there is as good as removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_supporter(&self, id: SupporterId) -> Result<(), VaultError> {
        self.db
            .run("remove supporter", |tx| async move {
                tx.execute("DELETE FROM supporter WHERE id = $1", &values![id]).await?;
                Ok(())
            })
            .await
    }

    /// All supporters, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn supporters(&self) -> Result<Vec<Supporter>, VaultError> {
        self.db
            .read("supporters", |tx| async move {
                let sql = "SELECT id, position, name, role, country, quote, lang, portrait, master, units, sound
                           FROM supporter ORDER BY position, id";
                tx.all(sql, &[]).await?.iter().map(from_row).collect()
            })
            .await
    }
}

fn from_row(row: &Row) -> Result<Supporter, VaultError> {
    let text = |index| -> Result<Local, VaultError> {
        serde_json::from_str(&row.get::<String>(index)?)
            .map_err(|e| VaultError::damaged(format!("text of a supporter: {e}")))
    };
    Ok(Supporter {
        id: row.get(0)?,
        position: row.get(1)?,
        name: text(2)?,
        role: text(3)?,
        country: text(4)?,
        quote: text(5)?,
        lang: row.parse(6)?,
        portrait: row.get(7)?,
        master: row.get(8)?,
        units: row.get(9)?,
        sound: row.get(10)?,
    })
}

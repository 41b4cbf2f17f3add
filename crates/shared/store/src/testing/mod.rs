//! Fresh databases for tests, so that one suite runs on both back ends.
//!
//! ```ignore
//! async fn a_message_is_kept(fresh: Fresh) { let db = fresh.connect(&MIGRATIONS).await; … }
//! hamseda_store::conformance!(a_message_is_kept, …);
//! ```
//!
//! PostgreSQL is started once a test program, as a user that is not root, on a socket in a temporary folder; it ends with
//! the program, however that ends. Where it is not installed its tests print so and pass, except when `CI=true`.

mod postgres;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Backend, Db, Migrations};

/// An empty database and an empty folder, gone when dropped.
#[derive(Debug)]
pub struct Fresh {
    url: String,
    folder: TempDir,
}

impl Fresh {
    /// Address of the database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder; a SQLite database lies in it too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Address of a blob store in the folder.
    #[must_use]
    pub fn blobs_url(&self) -> String {
        format!("file:{}", self.path("blobs").display())
    }

    /// A path in the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Connects.
    ///
    /// # Panics
    /// When that fails.
    #[expect(clippy::expect_used, reason = "only tests use this, and a test fails by panicking")]
    pub async fn connect(&self, migrations: &Migrations) -> Db {
        Db::connect(&self.url, migrations).await.expect("a fresh database opens")
    }
}

/// Runs one check on a fresh database of `backend`, in a runtime of its own.
///
/// # Panics
/// When the check does, when no database can be made, or when PostgreSQL is missing in CI.
#[expect(clippy::expect_used, reason = "only tests use this, and a test fails by panicking")]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
pub fn check<Fut: Future<Output = ()>>(backend: Backend, name: &str, body: impl FnOnce(Fresh) -> Fut) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = match backend {
        Backend::Sqlite => format!("sqlite:{}", folder.path().join("test.db").display()),
        Backend::Postgres => match postgres::server() {
            Ok(server) => runtime.block_on(server.fresh_database()),
            Err(reason) => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "{name} on PostgreSQL: {reason}");
                eprintln!("{name} on PostgreSQL: skipped, {reason}");
                return;
            }
        },
    };
    runtime.block_on(body(Fresh { url, folder }));
}

/// Makes a test of every named `async fn(Fresh)`, on SQLite and on PostgreSQL: `conformance!(a, b)` of functions beside
/// it, `conformance!(message { a, b } job { c })` of functions in modules beside it.
#[macro_export]
macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() {
                $crate::testing::check($crate::Backend::Sqlite, stringify!($name), super::$name);
            })*
        }
        mod postgres {
            $(#[test] fn $name() {
                $crate::testing::check($crate::Backend::Postgres, stringify!($name), super::$name);
            })*
        }
    };
    ($($module:ident { $($name:ident),* $(,)? })*) => {
        mod sqlite {
            $(mod $module {
                $(#[test] fn $name() {
                    $crate::testing::check($crate::Backend::Sqlite, stringify!($name), super::super::$module::$name);
                })*
            })*
        }
        mod postgres {
            $(mod $module {
                $(#[test] fn $name() {
                    $crate::testing::check($crate::Backend::Postgres, stringify!($name), super::super::$module::$name);
                })*
            })*
        }
    };
}

/// Tables and columns as `table.column` plus `?` where NULL is allowed: must be the same on both back ends.
///
/// # Panics
/// When the database can't be asked.
#[expect(clippy::expect_used, reason = "only tests use this, and a test fails by panicking")]
pub async fn schema(db: &Db) -> Vec<String> {
    let sql = match db.backend() {
        // A SQLite primary key may be NULL unless it says otherwise; nobody writes one, so it counts as NOT NULL.
        Backend::Sqlite => {
            "SELECT t.name || '.' || c.name || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN '' ELSE '?' END
             FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        Backend::Postgres => {
            "SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN '' ELSE '?' END
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    let rows = db.read("schema", |tx| async move { tx.all(sql, &[]).await }).await.expect("the schema can be read");
    let mut names: Vec<String> = rows.iter().map(|row| row.get(0).expect("a name")).collect();
    names.sort();
    names
}

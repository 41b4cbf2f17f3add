//! One PostgreSQL server a test program.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Starts a server in a folder of its own, prints the folder, and stops the server when its input ends: the kernel
/// closes that when the test program is gone, however it went.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d /tmp/hamseda-postgres-XXXXXX)
server=
clean() { [ -z "$server" ] || { kill -QUIT "$server"; wait "$server" || true; }; rm -rf "$folder"; }
trap clean EXIT
trap 'exit 1' HUP INT PIPE TERM
cd "$folder"
initdb -D data -U hamseda -A trust -E UTF8 --locale=C --no-sync >log 2>&1
postgres -D data -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=200 >>log 2>&1 &
server=$!
for _ in $(seq 300); do pg_isready -q -h "$folder" && break; sleep 0.1; done
pg_isready -q -h "$folder"
echo "$folder"
cat >/dev/null
"#;

/// The server of this test program.
pub(super) struct Server {
    /// Where its socket is.
    folder: String,
    databases: AtomicU32,
    /// Holds the script's input open.
    _script: Child,
}

/// The server, started on first use; or why there is none.
pub(super) fn server() -> Result<&'static Server, &'static str> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref().map_err(String::as_str)
}

impl Server {
    /// Creates a database and returns its address.
    #[expect(clippy::expect_used, reason = "only tests use this, and a test fails by panicking")]
    pub(super) async fn fresh_database(&self) -> String {
        let address = |name: &str| format!("postgres://hamseda@localhost/{name}?host={}", self.folder);
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&address("postgres")).await.expect("the test server answers");
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut admin).await.expect("a database is created");
        address(&name)
    }
}

fn start() -> Result<Server, String> {
    let programs = programs().ok_or("it is not installed (apt-get install postgresql)")?;
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut script = as_ordinary_user()?
        .args(["sh", "-c", SCRIPT])
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("it can't be started: {e}"))?;
    let mut folder = String::new();
    let output = script.stdout.take().ok_or("it has no output")?;
    BufReader::new(output).read_line(&mut folder).map_err(|e| format!("it can't be started: {e}"))?;
    if folder.is_empty() {
        return Err("it did not start".into());
    }
    Ok(Server { folder: folder.trim_end().into(), databases: AtomicU32::new(0), _script: script })
}

/// The newest installed version's programs; Debian keeps them out of `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(Result::ok).map(|version| version.path().join("bin"));
    folders.filter(|bin| bin.join("postgres").exists() && bin.join("initdb").exists()).max()
}

/// PostgreSQL refuses to run as root.
#[expect(clippy::disallowed_methods, reason = "a test helper: starts PostgreSQL, reads nothing hostile")]
fn as_ordinary_user() -> Result<Command, String> {
    use std::os::unix::fs::MetadataExt;
    let me = std::fs::metadata("/proc/self").map_err(|e| format!("/proc can't be read: {e}"))?.uid();
    let mut command = Command::new(if me == 0 { "setpriv" } else { "env" });
    if me == 0 {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
    }
    Ok(command)
}

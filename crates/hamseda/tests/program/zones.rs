//! What the public machine's process can reach.

use std::io::Read as _;
use std::process::Stdio;

use crate::common::{free_port, hamseda, init, intake};

/// An intake whose settings point its database into the folder of keys is refused by the kernel, although the user who runs
/// it may write there.
#[test]
fn the_intake_process_can_not_read_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("campaign");
    init(&dir);
    {
        let _running = intake(&dir, free_port());
    }
    let settings = std::fs::read_to_string(dir.join("intake.toml")).unwrap();
    std::fs::write(dir.join("intake.toml"), settings.replace("sqlite:inbox/inbox.db", "sqlite:keys/inbox.db")).unwrap();
    let mut child = hamseda()
        .args(["intake", "--listen", "127.0.0.1:0", "--dir"])
        .arg(&dir)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(status.code(), Some(1), "a process that opened a file among the keys: {said}");
    assert!(!dir.join("keys/inbox.db").exists());
}

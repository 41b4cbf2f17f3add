//! Rule 2 against `kill -9`: a real process dies in the middle of requests.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use hamseda_core::{OsRandom, Random};
use hamseda_intake::Pace;
use tokio::net::TcpListener;

use crate::support::{Line, Site, request, run, sealed};

/// Tells the child where its inbox is.
const FOLDER: &str = "HAMSEDA_TEST_INTAKE";
const ROUNDS: usize = 12;

/// Not a test of its own: the server that the test below kills. It is this test program, started again.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut site = Site::at(&format!("sqlite:{folder}/inbox.db"), &format!("file:{folder}/blobs"));
        // Many parts in one request, so that most kills come between them.
        site.pace = Pace { part_bytes: 40_000, ..Pace::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("\nlistening {}", listener.local_addr().unwrap());
        hamseda_intake::serve(site.config().await, listener, std::future::pending()).await.unwrap();
    });
}

#[expect(clippy::disallowed_methods, reason = "a server that can be killed has to be a process")]
fn start(folder: &std::path::Path) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.map(Result::unwrap).find_map(|line| line.strip_prefix("listening ").map(str::to_owned));
    (child, address.expect("the child listens").parse().unwrap())
}

async fn offset(server: SocketAddr, path: &str) -> u64 {
    request(server, "HEAD", path, &[("Tus-Resumable", "1.0.0")], b"").await.offset()
}

#[test]
fn rule_2_what_was_acknowledged_survives_kill_9() {
    run(async |fresh| {
        let whole = sealed();
        let (mut child, mut server) = start(fresh.folder());
        let path = crate::support::create(server, whole.len()).await;
        let mut acknowledged = 0;
        for round in 0..ROUNDS {
            let at = usize::try_from(offset(server, &path).await).unwrap();
            assert!(at as u64 >= acknowledged, "round {round}: {acknowledged} bytes were acknowledged, {at} are left");
            if at == whole.len() {
                break;
            }
            // Part of the rest, then the kill, at a moment nobody chose.
            let [random] = (&mut OsRandom as &mut dyn Random).bytes();
            let until = at + (whole.len() - at) * usize::from(random) / 1_000;
            let mut line = Line::patch(server, &path, at as u64, whole.len() - at).await;
            for piece in whole[at..until].chunks(10_000) {
                line.send(piece).await;
            }
            acknowledged = offset(server, &path).await;
            child.kill().unwrap();
            child.wait().unwrap();
            drop(line);
            (child, server) = start(fresh.folder());
        }
        let at = offset(server, &path).await;
        let rest = &whole[usize::try_from(at).unwrap()..];
        let mut line = Line::patch(server, &path, at, rest.len()).await;
        line.send(rest).await;
        assert_eq!(line.answer().await.offset(), whole.len() as u64);
        // Acknowledged whole, killed at once, still there.
        child.kill().unwrap();
        child.wait().unwrap();
        (child, server) = start(fresh.folder());
        let bearer = format!("Bearer {}", crate::support::TOKEN);
        let pull = path.replace("/upload/", "/pull/v1/");
        let answer = request(server, "GET", &pull, &[("Authorization", &bearer)], b"").await;
        assert_eq!(answer.body, whole);
        child.kill().unwrap();
        child.wait().unwrap();
    });
}

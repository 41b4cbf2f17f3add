//! Clients that others wrote, each sending a really sealed message over a line that breaks.

#![expect(clippy::print_stdout, reason = "a skipped test says why")]

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use crate::finished::ForgetfulLine;
use crate::road::{arrived, bad_line, file};
use crate::support::{Site, run, sealed};

const INTEROP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../e2e/interop");

/// Runs `program script client ENDPOINT FILE` against a server, and looks at what arrived.
fn sends(program: OsString, script: &'static str, client: &'static str) {
    run(async move |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let endpoint = format!("{}upload", bad_line(server.address, 300_000, 4).await);
        let done = tokio::task::spawn_blocking(move || {
            let script = Path::new(INTEROP).join(script);
            foreign(&program, &[script.as_os_str(), client.as_ref(), endpoint.as_ref(), path.as_os_str()])
        });
        let output = done.await.unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{client}: {out}{err}");
        assert_eq!(arrived(&server).await, sealed(), "{client} sent something else");
        server.stop().await;
    });
}

#[expect(clippy::disallowed_methods, reason = "a client of another language is another program")]
fn foreign(program: &OsStr, words: &[&OsStr]) -> std::process::Output {
    Command::new(program).args(words).output().unwrap()
}

fn node(client: &'static str, package: &str) {
    if installed(package) {
        sends("node".into(), "tus.mjs", client);
    }
}

/// Whether a package is there; says where it comes from if it is not.
fn installed(package: &str) -> bool {
    let there = Path::new(INTEROP).join("../node_modules").join(package).exists();
    if !there {
        println!("skipped: e2e/node_modules/{package} is not installed (cargo xtask setup --tests)");
    }
    there
}

fn python(client: &'static str) {
    match std::env::var_os("HAMSEDA_TUS_PYTHON") {
        Some(python) => sends(python, "tus.py", client),
        None => println!("skipped: HAMSEDA_TUS_PYTHON names no Python with e2e/interop/tus-requirements.txt"),
    }
}

#[test]
fn tus_js_client_sends_over_a_line_that_breaks() {
    node("tus-js-client", "tus-js-client");
}

#[test]
fn uppy_sends_over_a_line_that_breaks() {
    node("uppy", "@uppy/tus");
}

#[test]
fn tuspy_sends_over_a_line_that_breaks() {
    python("tuspy");
}

#[test]
fn aiotus_sends_over_a_line_that_breaks() {
    python("aiotus");
}

#[test]
fn tus_js_client_hears_of_a_message_that_the_desk_has_already() {
    if !installed("tus-js-client") {
        return;
    }
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = file(&fresh, &sealed()).await;
        let (line, url) = ForgetfulLine::open(server.address, sealed().len()).await;
        let done = tokio::task::spawn_blocking(move || {
            let (script, endpoint) = (Path::new(INTEROP).join("tus.mjs"), format!("{url}upload"));
            let words = [script.as_os_str(), "tus-js-client".as_ref(), endpoint.as_ref(), path.as_os_str()];
            foreign("node".as_ref(), &words)
        });
        let output = done.await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        line.was_taken_once().await;
    });
}

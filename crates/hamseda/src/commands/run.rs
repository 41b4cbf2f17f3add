//! `hamseda run`: intake, worker, desk and site of one folder on loopback, each its own process, to try things out. A
//! deployment is two machines; this refuses every address but 127.0.0.1.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use hamseda_cage::{Process, spawn_self};

use crate::cli;
use crate::failure::{At, Failure};
use crate::folder::Folder;
use crate::output::Output;

const PATIENCE: Duration = Duration::from_secs(25);
const LOOK: Duration = Duration::from_millis(250);

pub(crate) async fn run(args: cli::Run, out: Output) -> Result<(), Failure> {
    let folder = Folder::open(&args.dir.dir)?;
    let dir = folder.root();
    let address = |offset: u16| format!("127.0.0.1:{}", args.port + offset);
    let intake_url = format!("http://{}/", address(0));
    let mut processes = vec![
        ("intake", start(&["intake", "--listen", &address(0)], dir)?),
        ("worker", start(&["worker", "--records-every", "0", "--intake", &intake_url], dir)?),
        ("desk", start(&["desk", "--listen", &address(1)], dir)?),
    ];
    let site = folder.path("site");
    if site.join("index.html").is_file() {
        let serve =
            [OsStr::new("serve"), "--listen".as_ref(), address(2).as_ref(), site.as_os_str()].map(OsString::from);
        processes.push(("site", spawn(&serve)?));
        out.note(&format!("site   http://{}/", address(2)));
    }
    out.note(&format!("intake {intake_url}\ndesk   http://{}/\nCtrl-C ends all of them.", address(1)));

    let ended = tokio::select! {
        () = super::stopped() => None,
        ended = first_end(&mut processes) => Some(ended?),
    };
    for (name, process) in &mut processes {
        process.terminate(PATIENCE).at(Path::new(name))?;
    }
    match ended {
        None => Ok(()),
        Some(name) => Err(Failure::refused("run-ended", format!("{name} ended by itself; its last lines say why"))),
    }
}

async fn first_end(processes: &mut [(&'static str, Process)]) -> Result<&'static str, Failure> {
    loop {
        for (name, process) in &mut *processes {
            if process.try_wait().at(Path::new(name))?.is_some() {
                return Ok(name);
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn start(arguments: &[&str], dir: &Path) -> Result<Process, Failure> {
    let mut all: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    all.extend([OsString::from("--dir"), dir.into()]);
    spawn(&all)
}

/// No environment but what finds ffmpeg and sets the log.
fn spawn(arguments: &[OsString]) -> Result<Process, Failure> {
    let kept: Vec<(&str, OsString)> =
        ["PATH", "HAMSEDA_LOG"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))).collect();
    let kept: Vec<(&str, &OsStr)> = kept.iter().map(|(name, value)| (*name, value.as_os_str())).collect();
    Ok(spawn_self(arguments, &kept)?)
}

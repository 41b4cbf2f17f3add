//! One module a command. They read settings, open rooms, call one verb and report; no rule of the domain is here.

#[cfg(feature = "trusted")]
mod archive;
#[cfg(feature = "trusted")]
mod batch;
#[cfg(feature = "trusted")]
mod build;
mod bundle;
#[cfg(feature = "trusted")]
pub(crate) mod cage;
#[cfg(feature = "trusted")]
mod circle;
mod code;
#[cfg(feature = "trusted")]
mod desk;
mod doctor;
mod handover;
#[cfg(feature = "intake")]
mod import;
#[cfg(feature = "trusted")]
mod init;
#[cfg(feature = "intake")]
mod intake;
mod keyset;
mod parts;
#[cfg(feature = "trusted")]
mod prepare;
#[cfg(feature = "trusted")]
mod publish;
#[cfg(feature = "trusted")]
mod review;
#[cfg(feature = "trusted")]
mod run;
mod seal;
mod sealer;
mod send;
mod serve;
#[cfg(feature = "trusted")]
mod site;
#[cfg(feature = "trusted")]
mod status;
#[cfg(feature = "trusted")]
mod supporter;
mod tally;
#[cfg(feature = "trusted")]
mod unseal;
#[cfg(feature = "trusted")]
mod worker;

use std::net::SocketAddr;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::output::Output;

/// Where the desk asks workers for originals, in the campaign folder.
#[cfg(feature = "trusted")]
const HATCH: &str = "hatch";

/// Runs one command.
pub(crate) async fn dispatch(cli: Cli, out: Output) -> Result<(), Failure> {
    #[cfg(feature = "trusted")]
    if matches!(cli.command, Command::Worker(_) | Command::Desk(_) | Command::Prepare(_) | Command::Unseal(_)) {
        crate::memory::shut();
    }
    match cli.command {
        #[cfg(feature = "trusted")]
        Command::Init(args) => init::run(&args, out),
        #[cfg(feature = "trusted")]
        Command::Run(args) => run::run(args, out).await,
        #[cfg(feature = "intake")]
        Command::Intake(args) => intake::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Desk(args) => desk::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Worker(args) => worker::run(args, out).await,
        Command::Seal(args) => seal::run(args, out).await,
        Command::Sealer(args) => sealer::run(&args, out),
        #[cfg(feature = "trusted")]
        Command::Unseal(args) => unseal::run(&args, out),
        Command::KeySet(args) => keyset::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Archive(args) => archive::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Circle(args) => circle::run(args, out).await,
        Command::Send(args) => send::run(args, out).await,
        Command::Bundle(args) => bundle::run(&args, out),
        Command::Handover(args) => handover::run(&args, out),
        Command::Code(args) => code::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Prepare(args) => prepare::run(&args, out),
        #[cfg(feature = "trusted")]
        Command::Review(args) => review::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Supporter(args) => supporter::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Batch(args) => batch::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Publish(args) => publish::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Film(args) => build::film(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Wall(args) => build::wall(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Site(args) => site::run(args, out).await,
        Command::Tally(args) => tally::run(&args, out),
        #[cfg(feature = "trusted")]
        Command::Status(args) => status::run(args, out).await,
        Command::Serve(args) => serve::run(args, out).await,
        #[cfg(feature = "trusted")]
        Command::Cage(args) => cage::run(&args, out),
        Command::Doctor(args) => doctor::run(&args, out),
    }
}

/// One line on standard output that says a server is ready; whoever started it waits for this line.
fn say_listening(out: Output, address: SocketAddr) {
    let url = format!("http://{address}/");
    out.result(&serde_json::json!({ "listening": url }), || format!("listening {url}"));
}

/// Resolves when the process is asked to end (Ctrl-C or SIGTERM).
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        // Without a SIGTERM handler its default still ends the process.
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

//! One binary, many roles. `main` only wires: it reads the command line, sets logging up, runs one command and turns its
//! outcome into an exit code (0 done, 1 refused or failed check, 2 usage).

mod cli;
mod commands;
#[cfg(feature = "intake")]
mod confine;
mod failure;
mod folder;
mod keysets;
#[cfg(feature = "trusted")]
mod memory;
mod output;
#[cfg(feature = "trusted")]
mod rooms;
#[cfg(feature = "trusted")]
mod secrets;

use std::process::ExitCode;

use clap::Parser;
use hamseda_core::Exit;
use tracing_subscriber::EnvFilter;

/// What is freed is wiped: when a request has ended, nothing of it is left in memory.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    #[cfg(feature = "trusted")]
    if matches!(cli.command, cli::Command::Cage(cli::cage::Cage::StandIn)) {
        return commands::cage::stand_in();
    }
    let out = output::Output::new(cli.json, cli.quiet);
    let filter = EnvFilter::try_from_env("HAMSEDA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(commands::dispatch(cli, out)),
        Err(e) => Err(failure::Failure::refused("runtime", format!("can't start: {e}"))),
    };
    match outcome {
        Ok(()) => Exit::Ok.into(),
        Err(failure) => out.failure(&failure).into(),
    }
}

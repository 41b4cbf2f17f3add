//! Arguments of `hamseda code`. The code itself is never one: arguments stand in process lists and shell histories.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Code {
    /// Look up where your message stands, and read replies
    Status {
        #[command(flatten)]
        way: Way,
        /// Open an answer that was fetched by other means (4,096 bytes)
        #[arg(long, value_name = "FILE", conflicts_with_all = ["intake", "to_file"])]
        from_file: Option<PathBuf>,
    },
    /// Write to the desk: after the code, what you want to say, up to the end of input
    Reply(Way),
    /// Take your message back: off the count, its keys destroyed
    Withdraw(Way),
}

/// How it gets there.
#[derive(Debug, Args)]
pub(crate) struct Way {
    /// The intake, such as http://…onion/
    #[arg(long, value_name = "URL", conflicts_with = "to_file")]
    pub(crate) intake: Option<String>,
    /// The campaign's key set: a file, or a URL; the intake's where it is left out
    #[arg(long, value_name = "FILE_OR_URL", required_unless_present = "intake")]
    pub(crate) keyset: Option<String>,
    /// SOCKS proxy, such as socks5h://127.0.0.1:9050 (Tor)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Write a file for the campaign's plain form instead of sending anything
    #[arg(long, value_name = "FILE")]
    pub(crate) to_file: Option<PathBuf>,
}

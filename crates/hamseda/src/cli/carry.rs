//! What is carried: bundles, a stick's hand-over, its receipt.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// Sealed files, parts, small files, letters
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Where the bundle goes
    #[arg(long, short, value_name = "OUT")]
    pub(crate) output: PathBuf,
}

#[cfg(feature = "intake")]
#[derive(Debug, Subcommand)]
pub(crate) enum IntakeRoad {
    /// Take in what a stick brings: sealed files, parts and bundles of a folder; the intake may serve meanwhile
    Import(Import),
}

#[cfg(feature = "intake")]
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Folder on the stick
    #[arg(value_name = "DIR")]
    pub(crate) stick: PathBuf,
    /// Campaign folder
    #[arg(long, value_name = "CAMPAIGN")]
    pub(crate) dir: PathBuf,
    /// Where the signed hand-over receipt goes; else into the stick's folder
    #[arg(long, value_name = "FILE")]
    pub(crate) receipt: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Handover {
    /// Check a hand-over receipt's signature and say what it says
    Verify(VerifyHandover),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyHandover {
    /// The receipt
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The intake's key, from somewhere else than the receipt; without it only wholeness is checked
    #[arg(long, value_name = "HEX")]
    pub(crate) key: Option<String>,
}

//! Arguments of `hamseda sealer`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Sealer {
    /// Where the page goes; a name that says nothing is a good one
    #[arg(long, short, value_name = "FILE", required_unless_present = "hash")]
    pub(crate) output: Option<PathBuf>,
    /// Print the page's SHA-256, for paper and for comparing with a copy from elsewhere
    #[arg(long)]
    pub(crate) hash: bool,
}

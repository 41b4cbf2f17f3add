//! Arguments of `hamseda cage`: the sandbox in which clips are decoded.

use clap::{Args, Subcommand, ValueEnum};
use hamseda_cage::CageKind;

#[derive(Debug, Subcommand)]
pub(crate) enum Cage {
    /// Try this machine's sandbox: a stand-in for a decoder that a clip took over tries to get out
    Test(Test),
    /// Play that stand-in; started inside by `cage test`
    #[command(hide = true)]
    StandIn,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Which walls to try; those that decode here are tried when left out
    #[arg(long, value_enum)]
    pub(crate) walls: Option<Walls>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Walls {
    /// Namespaces, an empty root, system call filter, limits
    Bubblewrap,
    /// Landlock, system call filter, limits: where user namespaces are switched off
    Landlock,
}

impl From<Walls> for CageKind {
    fn from(walls: Walls) -> Self {
        match walls {
            Walls::Bubblewrap => Self::Bubblewrap,
            Walls::Landlock => Self::Landlock,
        }
    }
}

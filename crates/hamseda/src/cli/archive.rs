//! Arguments of `hamseda archive`.

use std::path::PathBuf;

use clap::Subcommand;
use hamseda_core::MessageId;

use super::{Dir, parse};

#[derive(Debug, Subcommand)]
pub(crate) enum Archive {
    /// Copy a message's sealed file and its wrapped key out of the vault, to carry to the archive's machine
    Export {
        /// The message, by id
        #[arg(value_name = "MESSAGE", value_parser = parse::<MessageId>)]
        message: MessageId,
        #[command(flatten)]
        dir: Dir,
        /// Folder for MESSAGE.hamseda (unchanged) and MESSAGE.key
        #[arg(long, short, value_name = "OUT")]
        output: PathBuf,
    },
    /// Open a sealed file with the archive key (on the archive's machine)
    Open {
        /// The sealed file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Its wrapped key
        #[arg(long, value_name = "FILE")]
        wrapped: PathBuf,
        /// The archive key's file
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where the bare clip goes: it is written unprotected, so say where on purpose
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// File whose first line is the passphrase of the archive key; else the one beside the key (trial), else it is asked for
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
}

//! Arguments of `hamseda keyset`.

use std::path::PathBuf;

use clap::Subcommand;
#[cfg(feature = "trusted")]
use hamseda_core::Day;
use hamseda_core::{CampaignPin, Lang};

#[cfg(feature = "trusted")]
use super::Passphrase;
use super::{Dir, parse};

#[derive(Debug, Subcommand)]
pub(crate) enum KeySet {
    /// Show a campaign folder's key sets: epochs, last days, hashes
    Show {
        #[command(flatten)]
        dir: Dir,
        /// Print the current one's hash in words of this language, too
        #[arg(long, value_name = "LANG", value_parser = parse::<Lang>)]
        lang: Option<Lang>,
    },
    /// Check a key set as a contributor's device does
    Check {
        /// The key set: a file, or a URL such as http://…/keyset
        #[arg(value_name = "FILE_OR_URL")]
        keyset: String,
        /// The campaign's key, from paper; else the one in campaign.toml beside the key set
        #[arg(long, value_name = "HEX", value_parser = parse::<CampaignPin>)]
        campaign_key: Option<CampaignPin>,
        /// SOCKS proxy, such as socks5h://127.0.0.1:9050 (Tor)
        #[arg(long, value_name = "URL")]
        proxy: Option<String>,
        /// Print the hash in words of this language, too
        #[arg(long, value_name = "LANG", value_parser = parse::<Lang>)]
        lang: Option<Lang>,
    },
    /// Put a signed key set in place, on either machine; a running intake takes it up by itself
    Install {
        /// The signed key set
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        dir: Dir,
    },
    /// Make the desk keys of the next epoch, and an unsigned key set to carry to the offline machine
    #[cfg(feature = "trusted")]
    Next {
        #[command(flatten)]
        dir: Dir,
        /// Where the unsigned key set goes
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Last day on which anything may be sealed to it; 30 days after the campaign's last, or after today, when left out
        #[arg(long, value_name = "DAY", value_parser = parse::<Day>)]
        expires: Option<Day>,
        /// Number of desk keys
        #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=8))]
        keys: u8,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Sign a key set with the campaign key (on the offline machine)
    #[cfg(feature = "trusted")]
    Sign {
        /// The unsigned key set
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The campaign key's file
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where the signed key set goes
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// File whose first line is the passphrase of the campaign key; else the one beside the key (trial), else it is asked for
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Destroy the secrets of an epoch, once nothing needs them: its messages then open with the archive key only
    #[cfg(feature = "trusted")]
    Destroy {
        /// The epoch
        #[arg(value_name = "EPOCH")]
        epoch: u32,
        #[command(flatten)]
        dir: Dir,
        /// The intake, to see that nothing waits there
        #[arg(long, value_name = "URL")]
        intake: Option<String>,
        /// Destroy them although something still needs them: what can't be opened then is lost
        #[arg(long)]
        force: bool,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

//! Arguments of `hamseda circle`: the issuer's and the circle's.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hamseda_core::{CampaignPin, Lang};

use super::{Passphrase, parse};

#[derive(Debug, Subcommand)]
pub(crate) enum Circle {
    /// Make an issuer's key and name it in campaign.toml (issuer, once)
    Issuer {
        /// Campaign folder
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Name of the issuer, for people
        #[arg(long, value_name = "NAME")]
        name: String,
        /// A partner's issuer: its key goes into this folder, and the lines for campaign.toml are printed only
        #[arg(long, value_name = "OUT")]
        output: Option<PathBuf>,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Ask for invites: draws them, blinds them, writes the request (circle)
    New {
        /// The circle's name, as the issuer counts it; it is on no invite
        #[arg(long, value_name = "NAME")]
        circle: String,
        /// How many
        #[arg(long, value_name = "N")]
        count: usize,
        #[command(flatten)]
        campaign: CampaignFile,
        /// Which of the campaign's issuers is asked, by name; not needed where there is one
        #[arg(long, value_name = "NAME")]
        issuer: Option<String>,
        /// Where the request goes: send it to the issuer
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Where the secrets go: keep them to yourself until the sheet is printed
        #[arg(long, value_name = "FILE")]
        secrets: PathBuf,
    },
    /// Sign a circle's request without seeing the invites, and write down how many (issuer)
    Issue {
        /// The circle's request
        #[arg(value_name = "FILE")]
        request: PathBuf,
        #[command(flatten)]
        place: IssuerPlace,
        /// Where the answer goes: send it back to the circle
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Refuse a request for more than this
        #[arg(long, value_name = "N", default_value_t = 200)]
        limit: usize,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Make the printable sheet of the invites (circle)
    Sheet {
        /// The issuer's answer
        #[arg(value_name = "FILE")]
        answer: PathBuf,
        /// The secrets of the request
        #[arg(long, value_name = "FILE")]
        secrets: PathBuf,
        #[command(flatten)]
        campaign: CampaignFile,
        /// The campaign's key set, whose hash the cards print: a file, or a URL; keyset.json beside campaign.toml when left out
        #[arg(long, value_name = "FILE_OR_URL")]
        keyset: Option<String>,
        /// The campaign's key, from paper: refuse a campaign file or key set of another
        #[arg(long, value_name = "HEX", value_parser = parse::<CampaignPin>)]
        campaign_key: Option<CampaignPin>,
        /// Language of the cards and of the page they lead to
        #[arg(long, value_name = "LANG", value_parser = parse::<Lang>)]
        lang: Lang,
        /// Address of the intake's first page; the campaign's when left out
        #[arg(long, value_name = "URL")]
        address: Option<String>,
        /// Where the sheet goes (HTML, to print)
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Write the links here, one a line, to send by messenger
        #[arg(long, value_name = "FILE")]
        links: Option<PathBuf>,
    },
    /// How many invites were signed for which circle (issuer)
    Count {
        #[command(flatten)]
        place: IssuerPlace,
    },
}

/// The campaign's public description.
#[derive(Debug, Args)]
pub(crate) struct CampaignFile {
    /// The campaign: its campaign.toml, or a URL such as http://…onion/campaign.toml
    #[arg(long, value_name = "FILE_OR_URL")]
    pub(crate) campaign: String,
    /// SOCKS proxy, such as socks5h://127.0.0.1:9050 (Tor)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}

/// Where an issuer's key and ledger lie.
#[derive(Debug, Args)]
pub(crate) struct IssuerPlace {
    /// Campaign folder
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// A partner's folder of issuer.key and issued.jsonl; those of the campaign when left out
    #[arg(long, value_name = "DIR")]
    pub(crate) issuer: Option<PathBuf>,
}

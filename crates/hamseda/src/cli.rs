//! The command line: what can be asked. Nothing is decided here; help texts are tested as they are printed.

#[cfg(feature = "trusted")]
pub(crate) mod archive;
#[cfg(feature = "trusted")]
pub(crate) mod cage;
pub(crate) mod carry;
#[cfg(feature = "trusted")]
pub(crate) mod circle;
pub(crate) mod code;
pub(crate) mod keyset;
pub(crate) mod sealer;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use hamseda_core::{CampaignPin, Handle, Lang, Picture, PlaceId, Voice};
#[cfg(feature = "trusted")]
use hamseda_core::{MessageId, RejectCode};

/// Of one voice: sealed video messages, a film, a wall, and a number anyone can recount.
#[derive(Debug, Parser)]
#[command(name = "hamseda", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Print one JSON object for machines instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Say nothing but errors and results
    #[arg(long, global = true)]
    pub(crate) quiet: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a campaign folder: settings, keys, key set
    #[cfg(feature = "trusted")]
    Init(Init),
    /// Run intake, worker and desk on this machine, on loopback, to try things out
    #[cfg(feature = "trusted")]
    Run(Run),
    /// Serve the public machine: pages, uploads, pull API (holds no secret)
    #[cfg(feature = "intake")]
    Intake(Intake),
    /// Serve the reviewers' pages on loopback
    #[cfg(feature = "trusted")]
    Desk(Desk),
    /// Pull sealed messages, open them, prepare protected masters
    #[cfg(feature = "trusted")]
    Worker(Worker),

    /// Seal a clip to a campaign's keys, as a contributor's device does
    Seal(Seal),
    /// Write the offline sealer: one page that seals without network, or print its hash
    Sealer(sealer::Sealer),
    /// Open a sealed file with a desk key (trusted machine only)
    #[cfg(feature = "trusted")]
    Unseal(Unseal),
    /// Key sets: which desk keys messages are sealed to, epoch after epoch
    #[command(name = "keyset", subcommand)]
    KeySet(keyset::KeySet),
    /// The archive: what opens a message once the desk's keys are destroyed
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Archive(archive::Archive),
    /// Invites: ask for them, sign them, print them
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Circle(circle::Circle),
    /// Send a sealed file; a cut line is resumed
    Send(Send),
    /// Put sealed files and parts into one file for a stick
    Bundle(carry::Bundle),
    /// Receipts of sticks that were handed over
    #[command(subcommand)]
    Handover(carry::Handover),
    /// Status, replies and withdrawal with a code
    #[command(subcommand)]
    Code(code::Code),
    /// Make the protected master of one clip, outside any campaign
    #[cfg(feature = "trusted")]
    Prepare(Prepare),

    /// Decide about messages from the command line
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Review(Review),
    /// Named supporters
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Supporter(Supporter),
    /// Batches of the log
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Batch(Batch),
    /// Choose which released messages the site shows, and log their clips
    #[cfg(feature = "trusted")]
    Publish(Dir),
    /// The film
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Film(Build),
    /// The wall
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Wall(Build),
    /// The static site
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Site(Site),
    /// The public log
    #[command(subcommand)]
    Tally(Tally),

    /// Where the campaign stands
    #[cfg(feature = "trusted")]
    Status(Dir),
    /// Look at a finished site in a browser, from this machine
    Serve(Serve),
    /// The sandbox in which clips are decoded
    #[cfg(feature = "trusted")]
    #[command(subcommand)]
    Cage(cage::Cage),
    /// Say what this machine lacks, and the command that mends it
    Doctor(Doctor),
}

/// The campaign folder.
#[derive(Debug, Args)]
pub(crate) struct Dir {
    /// Campaign folder
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder to make; must not hold a campaign already
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The campaign's public description; an example is written where none is given
    #[arg(long, value_name = "FILE")]
    pub(crate) campaign: Option<PathBuf>,
    /// The film's plan; an example is written where none is given
    #[arg(long, value_name = "FILE")]
    pub(crate) programme: Option<PathBuf>,
    /// Keep the passphrase of the desk keys beside them, so that nobody is asked: for trials only
    #[arg(long)]
    pub(crate) trial: bool,
    /// File whose first line is the passphrase that protects the desk keys
    #[arg(long, value_name = "FILE", conflicts_with = "trial")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// First of three ports on 127.0.0.1: intake, desk, site
    #[arg(long, value_name = "PORT", default_value_t = 8480)]
    pub(crate) port: u16,
}

#[cfg(feature = "intake")]
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Intake {
    #[command(subcommand)]
    pub(crate) road: Option<carry::IntakeRoad>,
    /// Campaign folder
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) dir: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8480")]
    pub(crate) listen: SocketAddr,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Desk {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// Address to listen on; only loopback is taken; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8481")]
    pub(crate) listen: SocketAddr,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Worker {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// Pull sealed messages from this intake; without it only waiting work is done
    #[arg(long, value_name = "URL")]
    pub(crate) intake: Option<String>,
    /// End when nothing is left to pull and nothing to do
    #[arg(long)]
    pub(crate) until_idle: bool,
    /// Messages prepared at the same time
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) jobs: usize,
    /// Hours between two handings over of all status records, which go whether anything changed or not; 0 hands them over at
    /// every change, for trials (somebody who watches the intake then sees whose status changed)
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub(crate) records_every: u32,
    /// Name of this process among the campaign's workers; each needs its own
    #[arg(long, value_name = "NAME", default_value = "worker")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

/// Where the passphrase of the desk keys comes from.
#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Passphrase {
    /// File whose first line is the passphrase of the desk keys; else keys/passphrase (trial), else it is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The clip
    #[arg(value_name = "CLIP")]
    pub(crate) clip: PathBuf,
    /// The campaign's key set: a file, or a URL such as http://…/keyset
    #[arg(long, value_name = "FILE_OR_URL")]
    pub(crate) keyset: String,
    /// Where the sealed file goes
    #[arg(long, short, value_name = "FILE", required_unless_present = "parts")]
    pub(crate) output: Option<PathBuf>,
    /// Cut the sealed file into parts of at most 8 MiB, for the plain form, and put them into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) parts: Option<PathBuf>,
    /// Refuse the key set unless its hash starts with these digits (as printed by the campaign)
    #[arg(long, value_name = "HEX")]
    pub(crate) keyset_hash: Option<String>,
    /// Refuse a key set that this campaign key (from paper) didn't sign; else the key in campaign.toml beside it is asked
    #[arg(long, value_name = "HEX", value_parser = parse::<CampaignPin>)]
    pub(crate) campaign_key: Option<CampaignPin>,
    /// Draw a code of ten words, printed once: with it the message's status is read, and it can be taken back
    #[arg(long)]
    pub(crate) code: bool,
    #[command(flatten)]
    pub(crate) choices: Choices,
}

/// A contributor's choices; the safest is the default.
#[derive(Debug, Args)]
pub(crate) struct Choices {
    /// Picture
    #[arg(long, value_enum, default_value_t = PictureArg::Hide)]
    pub(crate) picture: PictureArg,
    /// Voice
    #[arg(long, value_enum, default_value_t = VoiceArg::Mute)]
    pub(crate) voice: VoiceArg,
    /// Language spoken
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = parse::<Lang>)]
    pub(crate) lang: Lang,
    /// Place shown, by its short name; none where it is left out
    #[arg(long, value_name = "PLACE", value_parser = parse::<PlaceId>)]
    pub(crate) place: Option<PlaceId>,
    /// Pseudonym shown; none where it is left out
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What it may be used for
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [UseArg::Film, UseArg::Wall, UseArg::Count])]
    pub(crate) uses: Vec<UseArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PictureArg {
    /// No picture: the message becomes a card
    Hide,
    /// Heads under an opaque mask
    Mask,
    /// As filmed
    Show,
}

impl From<PictureArg> for Picture {
    fn from(arg: PictureArg) -> Self {
        match arg {
            PictureArg::Hide => Self::Hide,
            PictureArg::Mask => Self::Mask,
            PictureArg::Show => Self::Show,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum VoiceArg {
    /// Words only
    Mute,
    /// Altered, so that the speaker can't be recognised
    Alter,
    /// As recorded
    Keep,
}

impl From<VoiceArg> for Voice {
    fn from(arg: VoiceArg) -> Self {
        match arg {
            VoiceArg::Mute => Self::Mute,
            VoiceArg::Alter => Self::Alter,
            VoiceArg::Keep => Self::Keep,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UseArg {
    /// In the film
    Film,
    /// On the wall and the site
    Wall,
    /// In the number
    Count,
    /// Kept as testimony, neither shown nor counted
    Testimony,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Unseal {
    /// The sealed file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Campaign folder that holds the keys
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Where the bare clip goes: it is written unprotected, so say where on purpose
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(crate) struct Send {
    /// The sealed file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The intake, such as http://…onion/
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// SOCKS proxy, such as socks5h://127.0.0.1:9050 (Tor)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Invite: the link of the card, or what follows #t= in it; - reads it from standard input
    #[arg(long, value_name = "INVITE")]
    pub(crate) token: Option<String>,
    /// The message's handle, as hamseda seal printed it: with it a withdrawal deletes the file at the intake too
    #[arg(long, value_name = "HEX", value_parser = parse::<Handle>)]
    pub(crate) handle: Option<Handle>,
    /// Refuse an intake whose key set this campaign key (from paper) didn't sign
    #[arg(long, value_name = "HEX", value_parser = parse::<CampaignPin>)]
    pub(crate) campaign_key: Option<CampaignPin>,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Prepare {
    /// The clip
    #[arg(value_name = "CLIP")]
    pub(crate) clip: PathBuf,
    /// Folder for master.mp4, poster.jpg and report.json
    #[arg(long, short, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Face
    #[arg(long, value_enum, default_value_t = PictureArg::Hide)]
    pub(crate) face: PictureArg,
    /// Voice
    #[arg(long, value_enum, default_value_t = VoiceArg::Mute)]
    pub(crate) voice: VoiceArg,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Subcommand)]
pub(crate) enum Review {
    /// List messages that wait for a decision
    List(Dir),
    /// Accept messages: they will be counted with the next batch
    Accept(Decide),
    /// Put messages aside
    Hold(Decide),
    /// Refuse messages
    Reject {
        #[command(flatten)]
        decide: Decide,
        /// Why; batches publish how many of each
        #[arg(long, value_name = "CODE", value_parser = parse::<RejectCode>)]
        code: RejectCode,
    },
}

#[cfg(feature = "trusted")]
#[derive(Debug, Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    pub(crate) dir: Dir,
    /// Messages, by id
    #[arg(value_name = "MESSAGE", value_parser = parse::<MessageId>, required_unless_present = "all")]
    pub(crate) messages: Vec<MessageId>,
    /// Every message that waits
    #[arg(long, conflicts_with = "messages")]
    pub(crate) all: bool,
    /// Name of the rule that decides; the custody record keeps it
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: String,
}

#[cfg(feature = "trusted")]
#[derive(Debug, Subcommand)]
pub(crate) enum Supporter {
    /// Take in supporters from a list (TOML) with their clips and portraits
    Import {
        #[command(flatten)]
        dir: Dir,
        /// The list; clips and portraits are named relative to it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[cfg(feature = "trusted")]
#[derive(Debug, Subcommand)]
pub(crate) enum Batch {
    /// Close the open batch: its messages enter the log and a checkpoint is signed
    Close {
        #[command(flatten)]
        dir: Dir,
        /// The campaign ends: close at any size; verifiers see that this was done
        #[arg(long)]
        closing: bool,
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

#[cfg(feature = "trusted")]
#[derive(Debug, Subcommand)]
pub(crate) enum Build {
    /// Build it; what did not change is not made again
    Build(Dir),
}

#[cfg(feature = "trusted")]
#[derive(Debug, Subcommand)]
pub(crate) enum Site {
    /// Build the site; only files that changed are written
    Build {
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Check every file of a copy against its signed manifest
    Verify(SiteFolder),
}

/// A finished site.
#[derive(Debug, Args)]
pub(crate) struct SiteFolder {
    /// Folder of the site
    #[arg(value_name = "SITE")]
    pub(crate) site: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Tally {
    /// Recount from the static files alone, and check every published clip
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) site: SiteFolder,
    /// The log's verifier key, from somewhere else than the site (paper, a friend); without it the site's own is used
    #[arg(long, value_name = "VKEY")]
    pub(crate) log_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) site: SiteFolder,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8482")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Campaign folder, to check its disk and settings too
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Say how much disk this many messages need
    #[arg(long, value_name = "N")]
    pub(crate) plan: Option<u64>,
    /// Also check the onion service that Tor's settings file describes, such as /etc/tor/torrc
    #[arg(long, value_name = "FILE")]
    pub(crate) torrc: Option<PathBuf>,
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: T::Err| e.to_string())
}

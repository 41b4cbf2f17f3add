//! Invites: an issuer signs without seeing, a circle asks and hands out, a contributor is invited and nobody can tell by
//! whom.
//!
//! Three hands, three files. The **circle** draws nonces, blinds them ([`Ask`]) and sends the request; the **issuer** signs
//! it ([`IssuerSecret`]) and writes down how many it signed for which circle ([`Ledger`]); the circle unblinds the answer
//! ([`AskSecrets::finish`]) and prints the tokens on a [`Sheet`]. The issuer saw no token, and a token that is used says
//! nothing of the circle it was given to.
//!
//! Blind RSA by RFC 9474, variant RSABSSA-SHA384-PSS-Randomized. OpenSSL computes with the secret key, in constant time;
//! this is the only room that links it.
//!
//! Refuses: to sign for another campaign or key, anything out of range, more than the issuer allows at a time; to keep a
//! token, a nonce or a blinding factor on the issuer's side; a sheet with a token that doesn't verify.

mod ask;
mod blind;
mod error;
mod issuer;
mod ledger;
mod pss;
mod sheet;

pub use ask::{Answer, Ask, AskSecrets};
pub use error::InviteError;
pub use issuer::IssuerSecret;
pub use ledger::{Entry, Ledger};
pub use sheet::{Sheet, SheetTexts};

/// Most invites in one request.
pub const MOST: usize = 1000;

//! The static site: pages in every language of the campaign, the log beside them, clips, pictures, and a signed list of all
//! files. It works from a stick, without script and without asking anybody else for anything.
//!
//! Refuses: to start programs (pictures are scaled in Rust), to print a figure that is not a [`hamseda_tally::Claim`], and
//! to link a published message with its A leaf, its tag or its batch.

mod chrome;
mod data;
mod error;
mod folder;
mod gather;
mod images;
pub mod manifest;
mod page_id;
mod pages;
pub mod places;
mod site;
mod words;

pub use data::{Clip, Film, KeySetFile, Log, SiteData, Supporter, Wall};
pub use error::PressError;
pub use folder::Changes;
pub use gather::{SiteInputs, build_site, gather};
pub use manifest::{SiteCheck, SiteFault, verify_manifest};
pub use page_id::{PageId, ParsePageError};
pub use pages::PageFile;
pub use site::{Signer, SiteReport, write_site};

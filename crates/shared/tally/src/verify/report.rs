//! What a recount found, for people and (as JSON) for machines.

use hamseda_core::campaign::Floors;
use serde::Serialize;

use crate::hash::hex32_option;
use crate::{Claim, Count, Hash};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $code:literal,)*) => {
        /// What kind of fault it is. Codes are stable and never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum FaultCode { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl FaultCode {
            /// The code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

codes! {
    /// A file that must be there isn't.
    FileMissing "file-missing",
    /// A file is longer than it can be.
    FileTooLong "file-too-long",
    /// A file can't be read.
    FileUnreadable "file-unreadable",
    /// A file under `log/` that belongs to nothing.
    FileUnknown "file-unknown",
    /// The policy is not a policy.
    PolicyMalformed "policy-malformed",
    /// The policy is not the one the last batch committed to.
    PolicyChanged "policy-changed",
    /// The policy or the log key is not the one the caller expects.
    PolicyUnexpected "policy-unexpected",
    /// The checkpoint is not a checkpoint.
    CheckpointMalformed "checkpoint-malformed",
    /// A signature or cosignature on the checkpoint does not verify, or the log's is missing.
    CheckpointSignature "checkpoint-signature",
    /// A signature by a key that the policy doesn't know.
    CheckpointSigner "checkpoint-signer",
    /// Fewer witnesses than the policy asks for.
    CheckpointQuorum "checkpoint-quorum",
    /// The checkpoint's root is not that of the files beside it.
    CheckpointRoot "checkpoint-root",
    /// The log is smaller than it was.
    LogShrunk "log-shrunk",
    /// The log no longer contains what was seen before: it was forked.
    LogForked "log-forked",
    /// No leaves, or more than this program takes.
    LogSize "log-size",
    /// Entries differ from the log.
    EntriesChanged "entries-changed",
    /// A hash tile differs from the log.
    TileChanged "tile-changed",
    /// A leaf breaks a rule of the log.
    LeafRule "leaf-rule",
    /// A batch file is not the one its B leaf commits to.
    BatchChanged "batch-changed",
    /// A batch file is committed to, but breaks a rule.
    BatchRule "batch-rule",
    /// The list of receipt tags differs from the leaves.
    TagsChanged "tags-changed",
    /// The index of published clips is malformed or does not fit the leaves.
    PublishedIndex "published-index",
    /// A published clip is not the file its leaf commits to.
    ClipChanged "clip-changed",
    /// A script does not hold the files it must.
    ScriptChanged "script-changed",
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which kind.
    pub code: FaultCode,
    /// The file, from the site's root.
    pub path: String,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// A witness whose cosignature verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenWitness {
    /// Its name in the policy.
    pub name: String,
    /// When it says it saw the tree, seconds since 1970.
    pub time: u64,
}

/// Published clips.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ClipReport {
    /// Listed in the index.
    pub listed: u64,
    /// Whose file was read and is the one its leaf commits to.
    pub verified: u64,
    /// Listed as taken down.
    pub taken_down: u64,
}

/// The result of a recount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether everything that was asked for was checked and nothing is wrong.
    pub ok: bool,
    /// Whether the recount reached its end; if not, files behind the last fault were not checked.
    pub finished: bool,
    /// The log's origin.
    pub origin: Option<String>,
    /// SHA-256 of the policy file: compare it with the one printed in the film's credits.
    #[serde(serialize_with = "hex32_option::serialize")]
    pub policy_sha256: Option<Hash>,
    /// The log's size, from a signed checkpoint.
    pub size: Option<u64>,
    /// The log's root, from a signed checkpoint.
    #[serde(serialize_with = "hex32_option::serialize")]
    pub root: Option<Hash>,
    /// The count; only when every leaf is authentic.
    pub count: Option<Count>,
    /// The lowest floors any batch was closed under.
    pub floors: Option<Floors>,
    /// Whether those are lower than the default: pages must say so.
    pub floors_lowered: bool,
    /// Messages received, as the last batch says.
    pub received: Option<u64>,
    /// Published clips.
    pub clips: ClipReport,
    /// Witnesses of the policy that cosigned.
    pub witnesses: Vec<SeenWitness>,
    /// What is wrong; empty is what one hopes for.
    pub faults: Vec<Fault>,
}

impl Report {
    /// The count as a claim; only when nothing is wrong.
    #[must_use]
    pub fn claim(&self) -> Option<Claim> {
        self.count.as_ref().filter(|_| self.ok).map(Claim::logged)
    }

    pub(super) fn close(&mut self, finished: bool) {
        self.finished = finished;
        self.ok = finished && self.faults.is_empty();
    }
}

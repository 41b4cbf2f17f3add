//! Where a message stands. The vault alone changes it, one named transaction a step.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $error:ident, $what:literal; $($(#[$vdoc:meta])* $variant:ident $word:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word kept in databases and JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, $error> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| $error { given: text.into() })
            }
        }

        /// A word that is none of these.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("{given:?} is not {}", $what)]
        pub struct $error {
            given: String,
        }
    };
}

words! {
    /// A message's place on its way: `Stored → Prepared → Accepted → Released`, and the side exits.
    MessageState, ParseStateError, "a message state";
    /// The sealed bytes are durable on the trusted machine; nobody has opened them.
    Stored "stored";
    /// A protected master exists; it waits for a decision.
    Prepared "prepared";
    /// A reviewer (or a recorded rule) accepted it: it will be counted with the next batch.
    Accepted "accepted";
    /// Its leaf is in the log; the film and the site may use it as far as its sender allowed.
    Released "released";
    /// Put aside by a reviewer, or kept as testimony.
    Held "held";
    /// Refused by a reviewer, with a code.
    Rejected "rejected";
    /// It can't be opened or decoded; the reason is kept in words. Counted nowhere.
    Unreadable "unreadable";
    /// The same message as another one.
    Duplicate "duplicate";
    /// Taken back by its sender.
    Withdrawn "withdrawn";
}

words! {
    /// Why a message was rejected; batches publish how many of each.
    RejectCode, ParseRejectError, "a reject code";
    /// Not a message of this campaign.
    OffTopic "off-topic";
    /// Shows somebody who did not consent, or puts somebody at risk.
    Risk "risk";
    /// Calls for violence or hatred.
    Harm "harm";
    /// Can't be understood.
    Unclear "unclear";
    /// Advertising, noise, machine-made filler.
    Junk "junk";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_parse_back() {
        for state in MessageState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        assert!("Stored".parse::<MessageState>().is_err());
    }
}

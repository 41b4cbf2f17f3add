//! C2SP tlog-policy: which log key, which witnesses, how many of them. Hamseda's floors stand in comment lines, which other
//! people's tools ignore.
//!
//! ```text
//! # hamseda batch-floor 64
//! # hamseda k 20
//! log orvana.example/we-can+1a2b3c4d+AQ…
//! witness north witness.example/n+5e6f7a8b+BA…
//! quorum north
//! ```
//!
//! Refuses: every other way of writing the same policy, because its hash stands in B leaves and on printed pages.

use std::collections::HashSet;

use hamseda_core::campaign::Floors;

use crate::checkpoint::decimal;
use crate::keys::KeyUse;
use crate::{Hash, TallyError, VerifierKey, sha256};

/// A witness, as the policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name inside the policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
}

/// A group of witnesses or of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name inside the policy.
    pub name: String,
    /// How many members must have cosigned.
    pub threshold: u64,
    /// Names defined above it.
    pub members: Vec<String>,
}

/// A log's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Floors of the campaign.
    pub floors: Floors,
    /// The log's key; its name is the origin of the checkpoints.
    pub log: VerifierKey,
    /// Witnesses.
    pub witnesses: Vec<Witness>,
    /// Groups, each after its members.
    pub groups: Vec<Group>,
    /// The witness or group that must have cosigned; `None` asks for nobody.
    pub quorum: Option<String>,
}

/// What the policy word for "nobody" is.
const NONE: &str = "none";

impl Policy {
    /// A policy without witnesses.
    #[must_use]
    pub const fn unwitnessed(log: VerifierKey, floors: Floors) -> Self {
        Self { floors, log, witnesses: Vec::new(), groups: Vec::new(), quorum: None }
    }

    /// The file `log/policy`.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = format!("# hamseda batch-floor {}\n# hamseda k {}\n", self.floors.batch, self.floors.k);
        out.push_str(&format!("log {}\n", self.log));
        for Witness { name, key } in &self.witnesses {
            out.push_str(&format!("witness {name} {key}\n"));
        }
        for Group { name, threshold, members } in &self.groups {
            out.push_str(&format!("group {name} {threshold} {}\n", members.join(" ")));
        }
        out.push_str(&format!("quorum {}\n", self.quorum.as_deref().unwrap_or(NONE)));
        out
    }

    /// SHA-256 of the file: what B leaves commit to and pages print.
    #[must_use]
    pub fn sha256(&self) -> Hash {
        sha256(self.encode().as_bytes())
    }

    /// Reads a policy.
    ///
    /// # Errors
    /// [`TallyError::Policy`] with the line, for anything [`Policy::encode`] would not write of a sound policy.
    pub fn parse(bytes: &[u8]) -> Result<Self, TallyError> {
        let whole = |why: &str| TallyError::Policy { line: 0, why: why.into() };
        let text = std::str::from_utf8(bytes).map_err(|_| whole("it is not UTF-8"))?;
        let mut draft = Draft::default();
        for (line, content) in (1..).zip(text.lines()) {
            draft.line(content).map_err(|why| TallyError::Policy { line, why })?;
        }
        let policy = draft.finish().map_err(whole)?;
        if policy.encode() == text { Ok(policy) } else { Err(whole("it is not written in the one canonical way")) }
    }

    /// Whether witnesses with these policy names are enough.
    #[must_use]
    pub fn is_met_by(&self, cosigned: &HashSet<&str>) -> bool {
        let mut met = cosigned.clone();
        for group in &self.groups {
            let present = group.members.iter().filter(|m| met.contains(m.as_str())).count();
            if present as u64 >= group.threshold {
                met.insert(&group.name);
            }
        }
        self.quorum.as_deref().is_none_or(|name| met.contains(name))
    }
}

#[derive(Default)]
struct Draft {
    batch: Option<u32>,
    k: Option<u32>,
    log: Option<VerifierKey>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Option<String>>,
}

impl Draft {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["#", "hamseda", "batch-floor", n] => set(&mut self.batch, floor(n)?, "batch-floor"),
            ["#", "hamseda", "k", n] => set(&mut self.k, floor(n)?, "k"),
            ["log", key] => set(&mut self.log, parse_key(key, KeyUse::Log)?, "log"),
            ["witness", name, key] => self.witness(name, parse_key(key, KeyUse::Witness)?),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            _ => Err("it is not a line of a policy: log, witness, group, quorum or a floor".into()),
        }
    }

    fn witness(&mut self, name: &str, key: VerifierKey) -> Result<(), String> {
        self.fresh(name)?;
        if self.witnesses.iter().any(|w| w.key.as_bytes() == key.as_bytes()) {
            return Err("two witnesses share one key".into());
        }
        self.witnesses.push(Witness { name: name.into(), key });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), String> {
        self.fresh(name)?;
        let threshold = decimal(threshold).filter(|k| (1..=members.len() as u64).contains(k));
        let threshold = threshold.ok_or("a group asks for at least one and at most all of its members")?;
        for (i, member) in members.iter().enumerate() {
            let taken = self.groups.iter().any(|g| g.members.iter().any(|m| m == member));
            if !self.defined(member) || taken || members[..i].contains(member) {
                return Err(format!("{member} is not defined above, or already in a group"));
            }
        }
        let members = members.iter().map(|m| (*m).to_owned()).collect();
        self.groups.push(Group { name: name.into(), threshold, members });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), String> {
        if name != NONE && !self.defined(name) {
            return Err(format!("{name} is not defined above"));
        }
        set(&mut self.quorum, (name != NONE).then(|| name.to_owned()), "quorum")
    }

    fn fresh(&self, name: &str) -> Result<(), String> {
        if name.is_empty() || name == NONE || self.defined(name) {
            return Err(format!("the name {name:?} can't be used here, or is used already"));
        }
        Ok(())
    }

    fn defined(&self, name: &str) -> bool {
        self.witnesses.iter().any(|w| w.name == name) || self.groups.iter().any(|g| g.name == name)
    }

    fn finish(self) -> Result<Policy, &'static str> {
        let floors = Floors {
            batch: self.batch.ok_or("the line '# hamseda batch-floor' is missing")?,
            k: self.k.ok_or("the line '# hamseda k' is missing")?,
        };
        let log = self.log.ok_or("no log is named")?;
        let quorum = self.quorum.ok_or("the quorum line is missing")?;
        Ok(Policy { floors, log, witnesses: self.witnesses, groups: self.groups, quorum })
    }
}

fn set<T>(slot: &mut Option<T>, value: T, what: &str) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{what} stands twice")),
    }
}

fn floor(text: &str) -> Result<u32, String> {
    let number = decimal(text).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    number.ok_or_else(|| "a floor is a number of at least 1".into())
}

fn parse_key(text: &str, usage: KeyUse) -> Result<VerifierKey, String> {
    let key: VerifierKey = text.parse().map_err(|e: TallyError| e.to_string())?;
    if key.usage() == usage { Ok(key) } else { Err("the key is of the wrong type for this line".into()) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{cosignature::tests::witness, keys::tests::log_key};

    pub(crate) fn witnessed() -> Policy {
        let witnesses = (1..=3).map(|n| Witness { name: format!("w{n}"), key: witness(n).1 }).collect();
        let two = Group { name: "two".into(), threshold: 2, members: vec!["w1".into(), "w2".into(), "w3".into()] };
        let log = log_key().verifier().clone();
        Policy { floors: Floors::default(), log, witnesses, groups: vec![two], quorum: Some("two".into()) }
    }

    #[test]
    fn a_policy_reads_back() {
        for policy in [witnessed(), Policy::unwitnessed(log_key().verifier().clone(), Floors { batch: 1, k: 1 })] {
            assert_eq!(Policy::parse(policy.encode().as_bytes()), Ok(policy));
        }
    }

    #[test]
    fn a_quorum_counts_members() {
        let policy = witnessed();
        assert!(!policy.is_met_by(&HashSet::from(["w1"])));
        assert!(policy.is_met_by(&HashSet::from(["w1", "w3"])));
        let nobody = Policy::unwitnessed(policy.log, policy.floors);
        assert!(nobody.is_met_by(&HashSet::new()));
    }

    #[test]
    fn unsound_policies_are_refused_with_their_line() {
        let good = witnessed().encode();
        for (from, to, line) in [
            ("batch-floor 64", "batch-floor 0", 1),
            ("k 20", "k 020", 2),
            ("log ", "log  ", 3),
            ("witness w2", "witness w1", 5),
            ("witness w2", "witness none", 5),
            ("group two 2", "group two 4", 7),
            ("w1 w2 w3", "w1 w2 w2", 7),
            ("w1 w2 w3", "w1 w2 w4", 7),
            ("quorum two", "quorum three", 8),
            ("quorum two\n", "quorum two\nquorum two\n", 9),
            ("quorum two\n", "quorum two", 0),
            ("quorum two\n", "", 0),
        ] {
            let text = good.replace(from, to);
            assert_ne!(text, good);
            match Policy::parse(text.as_bytes()) {
                Err(TallyError::Policy { line: at, .. }) => assert_eq!(at, line, "{to}"),
                other => panic!("{to}: {other:?}"),
            }
        }
    }
}

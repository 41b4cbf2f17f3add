//! Reads `--name value` and `--flag` words.

use std::str::FromStr;

use crate::server::Kind;

/// What was asked for, in order.
#[derive(Debug, Default)]
pub(crate) struct Options(Vec<(String, String)>);

impl Options {
    /// # Errors
    /// A word that isn't known, or lacks its value.
    pub(crate) fn read(words: &[String], with_value: &[&str], flags: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").unwrap_or_default();
            let value = match name {
                _ if flags.contains(&name) => String::new(),
                _ if with_value.contains(&name) => words.next().ok_or_else(|| format!("{word} needs a value"))?.clone(),
                _ => return Err(format!("{word} is not known here\n{}", crate::USAGE)),
            };
            options.0.push((name.to_owned(), value));
        }
        Ok(options)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A number.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let parse = |text: &str| text.parse().map_err(|_| format!("--{name} {text}: expected a number"));
        self.get(name).map(parse).transpose()
    }

    /// The servers that were named; ours, where none was.
    ///
    /// # Errors
    /// A name nobody has.
    pub(crate) fn servers(&self) -> Result<Vec<Kind>, String> {
        let named: Vec<_> = self.0.iter().filter(|(name, _)| name == "server").collect();
        if named.is_empty() {
            return Ok(vec![Kind::Ours]);
        }
        named.into_iter().map(|(_, value)| Kind::parse(value)).collect()
    }
}

//! Reads `--name value` and `--flag` words.

use std::collections::BTreeMap;

use crate::shell::Res;

/// What was asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    values: BTreeMap<String, String>,
    flags: Vec<String>,
    /// Words that belong to no option.
    pub(crate) words: Vec<String>,
}

impl Options {
    /// Reads words. `with_value` and `flags` are the options that are known.
    ///
    /// # Errors
    /// An option that isn't known, or lacks its value.
    pub(crate) fn read(words: &[String], with_value: &[&str], flags: &[&str]) -> Res<Self> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                options.words.push(word.clone());
                continue;
            };
            if flags.contains(&name) {
                options.flags.push(name.to_owned());
            } else if with_value.contains(&name) {
                let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
                options.values.insert(name.to_owned(), value.clone());
            } else {
                return Err(format!("{word} is not known here; see cargo xtask help"));
            }
        }
        Ok(options)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f == flag)
    }

    /// A whole number.
    ///
    /// # Errors
    /// Not a number from 1 to 100,000.
    pub(crate) fn count(&self, name: &str) -> Res<Option<usize>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let fine = text.parse().ok().filter(|n| (1..=100_000).contains(n));
        fine.map(Some).ok_or_else(|| format!("--{name} {text}: expected a number from 1 to 100000"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Res<Options> {
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&words, &["dir", "messages"], &["no-serve"])
    }

    #[test]
    fn options_are_read() {
        let options = read("--dir x --no-serve rest --messages 7").unwrap();
        assert_eq!((options.get("dir"), options.has("no-serve")), (Some("x"), true));
        assert_eq!((options.count("messages").unwrap(), options.words), (Some(7), vec!["rest".to_owned()]));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, part) in [("--colour red", "--colour"), ("--dir", "needs a value")] {
            let error = read(line).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
        assert!(read("--messages many").unwrap().count("messages").is_err());
        assert!(read("--messages 0").unwrap().count("messages").is_err());
    }
}

//! Reads the demo's lists: the part of TOML that is `[[tables]]` of strings and comments. Everything else is an error
//! that names the line, so that a list never says more than it is understood to say.

use std::collections::BTreeMap;

use crate::shell::Res;

/// One `[[table]]`.
#[derive(Debug, Default)]
pub(crate) struct Table {
    fields: BTreeMap<String, String>,
    line: usize,
}

impl Table {
    /// A field that must be there.
    ///
    /// # Errors
    /// Names the field and the line of its table.
    pub(crate) fn need(&self, key: &str) -> Res<&str> {
        self.get(key).ok_or_else(|| format!("line {}: {key} is missing", self.line))
    }

    /// A field that may be missing.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.fields.get(key).map(String::as_str)
    }
}

/// All tables called `name`.
///
/// # Errors
/// The line that isn't understood.
pub(crate) fn parse(text: &str, name: &str) -> Res<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == format!("[[{name}]]") {
            tables.push(Table { fields: BTreeMap::new(), line: number });
            continue;
        }
        let wrong = || format!("line {number}: expected key = \"text\" or [[{name}]], found {line:?}");
        let (key, value) = line.split_once('=').ok_or_else(wrong)?;
        let value = value.trim().strip_prefix('"').and_then(|v| v.strip_suffix('"')).ok_or_else(wrong)?;
        if value.contains(['"', '\\']) {
            return Err(wrong());
        }
        let table = tables.last_mut().ok_or_else(wrong)?;
        if table.fields.insert(key.trim().to_owned(), value.to_owned()).is_some() {
            return Err(format!("line {number}: {} is given twice", key.trim()));
        }
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_their_fields_are_read() {
        let tables = parse("# people\n[[who]]\nname = \"سارا\"\n\n[[who]]\nname = \"Mara = M\"\n", "who").unwrap();
        assert_eq!(tables.len(), 2);
        assert_eq!(tables[1].need("name").unwrap(), "Mara = M");
        assert!(tables[1].need("place").unwrap_err().starts_with("line 5"));
    }

    #[test]
    fn what_is_not_understood_is_named_by_line() {
        for text in [
            "name = \"x\"",
            "[[who]]\nname = x",
            "[[who]]\nname",
            "[[who]]\na = \"1\"\na = \"2\"",
            "[[who]]\na = \"\\n\"",
        ] {
            let error = parse(text, "who").unwrap_err();
            assert!(error.starts_with(&format!("line {}", text.lines().count())), "{error}");
        }
    }
}

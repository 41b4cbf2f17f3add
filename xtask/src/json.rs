//! Reads JSON: what cargo and our own programs print. Small and strict enough for that.

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

static NOTHING: Json = Json::Null;

impl Json {
    /// Reads one value that fills the text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
        let value = reader.value(0)?;
        reader.blank();
        (reader.at == reader.bytes.len()).then_some(value)
    }

    /// A field of an object; null where there is none.
    pub(crate) fn get(&self, key: &str) -> &Self {
        let Self::Object(fields) = self else { return &NOTHING };
        fields.iter().find(|(k, _)| k == key).map_or(&NOTHING, |(_, v)| v)
    }

    /// The elements of a list; none of anything else.
    pub(crate) fn list(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// A text; empty for anything else.
    pub(crate) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    /// A number.
    pub(crate) fn number(&self) -> Option<f64> {
        if let Self::Number(n) = self { Some(*n) } else { None }
    }
}

/// Deeper nesting is refused.
const DEEPEST: usize = 64;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        self.blank();
        match *self.bytes.get(self.at)? {
            b'n' => self.take(b"null").map(|()| Json::Null),
            b't' => self.take(b"true").map(|()| Json::Bool(true)),
            b'f' => self.take(b"false").map(|()| Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => self.items(b']', |r| r.value(depth + 1)).map(Json::List),
            b'{' => self.items(b'}', |r| r.field(depth + 1)).map(Json::Object),
            _ => self.number(),
        }
    }

    fn field(&mut self, depth: usize) -> Option<(String, Json)> {
        self.blank();
        let key = self.string()?;
        self.blank();
        self.take(b":")?;
        Some((key, self.value(depth)?))
    }

    fn items<T>(&mut self, end: u8, each: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.take(&[end]).is_some() {
            return Some(items);
        }
        loop {
            items.push(each(self)?);
            self.blank();
            if self.take(&[end]).is_some() {
                return Some(items);
            }
            self.take(b",")?;
        }
    }

    fn number(&mut self) -> Option<Json> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|b| b"+-.eE0123456789".contains(b)).count();
        let number = std::str::from_utf8(&rest[..length]).ok()?.parse().ok()?;
        self.at += length;
        Some(Json::Number(number))
    }

    fn string(&mut self) -> Option<String> {
        self.take(b"\"")?;
        let mut out = Vec::new();
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(out).ok(),
                b'\\' => {
                    let letter = self.escape()?;
                    out.extend(letter.encode_utf8(&mut [0; 4]).bytes());
                }
                0..0x20 => return None,
                _ => out.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.unit()?;
                if !(0xd800..0xdc00).contains(&high) {
                    return char::from_u32(high);
                }
                self.take(b"\\u")?;
                let low = self.unit()?.checked_sub(0xdc00)?;
                return char::from_u32(0x10000 + ((high - 0xd800) << 10) + low);
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = std::str::from_utf8(self.bytes.get(self.at..self.at + 4)?).ok()?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read() {
        let json = Json::parse(r#" {"a": [1, -2.5e1, true, null], "b": {"c": "x\n\u0645\ud83d\ude00\"ی"}} "#).unwrap();
        assert_eq!(json.get("a").list()[1].number(), Some(-25.0));
        assert_eq!(json.get("b").get("c").text(), "x\nم😀\"ی");
        assert_eq!(json.get("b").get("nothing").get("at all"), &Json::Null);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"\\x\"", "\"a\nb\"", "\"\\ud800x\""] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(100_000)), None);
    }
}

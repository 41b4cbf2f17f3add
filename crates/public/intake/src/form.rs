//! A form with files (multipart/form-data, RFC 7578), read as it arrives: bytes go in as the line brings them, events come
//! out, and no more than one delimiter's length of a file's bytes waits here.
//!
//! Refuses: to keep a file's name or media type, which confess; anything but the one shape that browsers write; heads and
//! fields without end.

use bytes::{Buf as _, Bytes, BytesMut};
use hamseda_core::Coded;

/// Longest head of a field, bytes: a browser writes the file's whole name there.
const HEAD_MAX: usize = 8 * 1024;
/// Most fields of a form.
const FIELDS_MAX: u32 = 4096;
/// Longest delimiter that a form may name (RFC 2046).
const BOUNDARY_MAX: usize = 70;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A field begins.
    Begin {
        /// The name that the form's author gave it.
        name: String,
        /// Whether it is a file.
        file: bool,
    },
    /// Bytes of the field.
    Data(Bytes),
    /// The field is whole.
    End,
}

/// A body that is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The request's content type names no form.
    #[error("this is not the form of the page; open the page again and choose the files there")]
    NotAForm,
    /// Bytes that no browser writes.
    #[error("the form was damaged on its way; send it again")]
    Malformed,
    /// It ends in the middle.
    #[error("the form was cut; files that came whole are safe, send the others again")]
    Cut,
    /// Too many fields.
    #[error("too many files at once; send them in several forms")]
    TooMany,
}

impl Coded for FormError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAForm => "form-not-a-form",
            Self::Malformed => "form-malformed",
            Self::Cut => "form-cut",
            Self::TooMany => "form-too-many",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first delimiter.
    Preamble,
    /// Behind a delimiter: a field or the end follows.
    Delimited,
    Head,
    Data,
    /// After the last delimiter; whatever follows means nothing.
    Over,
}

/// The reader.
#[derive(Debug)]
pub struct Form {
    /// CR LF, two hyphens, the boundary.
    delimiter: Vec<u8>,
    buffer: BytesMut,
    state: State,
    fields: u32,
}

impl Form {
    /// A reader for a request with this `Content-Type`.
    ///
    /// # Errors
    /// [`FormError::NotAForm`].
    pub fn new(content_type: &str) -> Result<Self, FormError> {
        let boundary = boundary(content_type).ok_or(FormError::NotAForm)?;
        let delimiter = [b"\r\n--", boundary].concat();
        // The first delimiter has no line end before it; with one, all are alike.
        Ok(Self { delimiter, buffer: BytesMut::from(&b"\r\n"[..]), state: State::Preamble, fields: 0 })
    }

    /// Adds bytes of the body. Take all events before adding more.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next event; `None` when more bytes are needed, or the form is over.
    ///
    /// # Errors
    /// [`FormError::Malformed`], [`FormError::TooMany`].
    pub fn next_event(&mut self) -> Result<Option<Event>, FormError> {
        loop {
            match self.state {
                State::Over => {
                    self.buffer.clear();
                    return Ok(None);
                }
                State::Preamble => match self.field_bytes() {
                    Some(Found::Bytes(_)) => {}
                    Some(Found::Delimiter) => self.state = State::Delimited,
                    None => return Ok(None),
                },
                State::Data => match self.field_bytes() {
                    Some(Found::Bytes(bytes)) => return Ok(Some(Event::Data(bytes))),
                    Some(Found::Delimiter) => {
                        self.state = State::Delimited;
                        return Ok(Some(Event::End));
                    }
                    None => return Ok(None),
                },
                State::Delimited => match self.buffer.first_chunk::<2>() {
                    Some(b"--") => self.state = State::Over,
                    Some(b"\r\n") => {
                        // The line end stays: a head without lines is two of them.
                        self.state = State::Head;
                        self.fields += 1;
                        if self.fields > FIELDS_MAX {
                            return Err(FormError::TooMany);
                        }
                    }
                    Some(_) => return Err(FormError::Malformed),
                    None => return Ok(None),
                },
                State::Head => return self.head(),
            }
        }
    }

    /// Whether the end of the form was seen.
    ///
    /// # Errors
    /// [`FormError::Cut`] when it was not.
    pub fn finish(&self) -> Result<(), FormError> {
        if self.state == State::Over { Ok(()) } else { Err(FormError::Cut) }
    }

    fn head(&mut self) -> Result<Option<Event>, FormError> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = find(&self.buffer, END) else {
            return if self.buffer.len() > HEAD_MAX { Err(FormError::Malformed) } else { Ok(None) };
        };
        if end > HEAD_MAX {
            return Err(FormError::Malformed);
        }
        let mut head = self.buffer.split_to(end + END.len());
        let field = disposition(&head);
        // It holds the file's name.
        head.fill(0);
        self.state = State::Data;
        let (name, file) = field.ok_or(FormError::Malformed)?;
        // An empty field ends right behind its head: the line end before its delimiter is the head's last one.
        Ok(Some(Event::Begin { name, file }))
    }

    /// Bytes of the field up to its delimiter, or as far as they certainly belong to it.
    fn field_bytes(&mut self) -> Option<Found> {
        match find(&self.buffer, &self.delimiter) {
            Some(0) => {
                self.buffer.advance(self.delimiter.len());
                Some(Found::Delimiter)
            }
            Some(at) => Some(Found::Bytes(self.buffer.split_to(at).freeze())),
            None => {
                let sure = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
                (sure > 0).then(|| Found::Bytes(self.buffer.split_to(sure).freeze()))
            }
        }
    }
}

enum Found {
    Bytes(Bytes),
    Delimiter,
}

/// Where `needle`, which begins with CR, stands first.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|&byte| byte == needle[0]) {
        if bytes[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// The boundary of `multipart/form-data; boundary=…`.
fn boundary(content_type: &str) -> Option<&[u8]> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').as_bytes())
    })?;
    let allowed = |&byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    let fine = (1..=BOUNDARY_MAX).contains(&value.len()) && value.iter().all(allowed);
    (fine && !value.ends_with(b" ")).then_some(value)
}

/// The field's name and whether it is a file, from its head.
fn disposition(head: &[u8]) -> Option<(String, bool)> {
    const HEADER: &[u8] = b"content-disposition:";
    let line = head
        .split(|&byte| byte == b'\n')
        .find(|line| line.len() >= HEADER.len() && line[..HEADER.len()].eq_ignore_ascii_case(HEADER))?;
    let mut rest = line[HEADER.len()..].trim_ascii();
    rest = rest.get(b"form-data".len()..).filter(|_| rest[..b"form-data".len()].eq_ignore_ascii_case(b"form-data"))?;
    let (mut name, mut file) = (None, false);
    while let Some(parameter) = rest.trim_ascii_start().strip_prefix(b";") {
        let equals = parameter.iter().position(|&byte| byte == b'=')?;
        let key = parameter[..equals].trim_ascii();
        let (value, after) = value(&parameter[equals + 1..])?;
        if key.eq_ignore_ascii_case(b"name") && name.is_none() {
            name = Some(String::from_utf8_lossy(value).into_owned()).filter(|name| name.len() <= 64);
        }
        file |= key.eq_ignore_ascii_case(b"filename") || key.eq_ignore_ascii_case(b"filename*");
        rest = after;
    }
    Some((name?, file)).filter(|_| rest.trim_ascii().is_empty())
}

/// A parameter's value, quoted or not, and what follows it.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = text.iter().position(|&byte| byte == b';').unwrap_or(text.len());
        return Some((text[..end].trim_ascii(), &text[end..]));
    };
    // Browsers write a quote inside as %22; older ones put a backslash before it.
    let mut escaped = false;
    let end = quoted.iter().position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some((&quoted[..end], &quoted[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Fields = Vec<(String, bool, Vec<u8>)>;

    const TYPE: &str = "multipart/form-data; boundary=";

    fn write(fields: &Fields, boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, file, bytes) in fields {
            let file = if *file { "; filename=\"a \\\"b; c.mp4\"\r\nContent-Type: video/mp4" } else { "" };
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        body
    }

    /// All fields of a body that arrives in pieces, and how it ended. Also: how much waited at most.
    fn read(body: &[u8], boundary: &str, step: usize) -> (Fields, Result<(), FormError>) {
        let (mut fields, mut open): (Fields, bool) = (Vec::new(), false);
        let end = (|| {
            let mut form = Form::new(&format!("{TYPE}{boundary}"))?;
            for piece in body.chunks(step) {
                form.push(piece);
                while let Some(event) = form.next_event()? {
                    open = !matches!(event, Event::End);
                    match event {
                        Event::Begin { name, file } => fields.push((name, file, Vec::new())),
                        Event::Data(bytes) => fields.last_mut().unwrap().2.extend_from_slice(&bytes),
                        Event::End => {}
                    }
                }
                assert!(form.state == State::Head || form.buffer.len() < form.delimiter.len() + 2, "bytes wait");
            }
            form.finish()
        })();
        if open {
            fields.pop();
        }
        (fields, end)
    }

    /// Bytes that look like what a reader must not fall for.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\r\n--".to_vec()),
            Just(b"\r\n--xY".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\r\n\r\n".to_vec()),
            Just(b"--".to_vec()),
            prop::collection::vec(any::<u8>(), 0..40),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn fields() -> impl Strategy<Value = Fields> {
        prop::collection::vec(("[a-z]{1,9}", any::<bool>(), content()), 0..6)
    }

    proptest! {
        #[test]
        fn a_form_is_read_however_it_arrives(fields in fields(), step in 1usize..200) {
            let boundary = "xYz0123456789";
            let body = write(&fields, boundary);
            let clash = fields.iter().any(|(.., bytes)| find(bytes, b"\r\n--xYz0123456789").is_some());
            prop_assume!(!clash);
            let (found, end) = read(&body, boundary, step);
            prop_assert_eq!(end, Ok(()));
            prop_assert_eq!(found, fields);
        }

        #[test]
        fn a_cut_form_gives_the_fields_that_came_whole(fields in fields(), at: prop::sample::Index, step in 1usize..90) {
            let body = write(&fields, "xYz0123456789");
            let cut = at.index(body.len().saturating_sub(4).max(1));
            let (found, end) = read(&body[..cut], "xYz0123456789", step);
            prop_assert_eq!(end, Err(FormError::Cut));
            prop_assert!(fields.starts_with(&found));
        }

        #[test]
        fn any_bytes_end_in_some_way(bytes in prop::collection::vec(any::<u8>(), 0..600), step in 1usize..90) {
            let _ = read(&bytes, "x", step);
            let _ = read(&[b"--x\r\n", bytes.as_slice()].concat(), "x", step);
        }
    }

    #[test]
    fn what_names_no_form_is_refused() {
        for text in [
            "",
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=\"a b \"",
            "multipart/form-data; boundary=ä",
        ] {
            assert_eq!(Form::new(text).map(drop), Err(FormError::NotAForm), "{text:?}");
        }
        for text in [
            "multipart/form-data; boundary=----WebKitFormBoundaryAz",
            "Multipart/Form-Data;charset=x; BOUNDARY=\"a b\"",
        ] {
            assert!(Form::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn heads_that_no_browser_writes_are_refused() {
        for head in [
            "",
            "Content-Type: text/plain",
            "Content-Disposition: attachment; name=\"a\"",
            "Content-Disposition: form-data",
            "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; name",
        ] {
            let body = format!("--x\r\n{head}\r\n\r\nbytes\r\n--x--");
            assert_eq!(read(body.as_bytes(), "x", 7).1, Err(FormError::Malformed), "{head:?}");
        }
        let endless = format!("--x\r\nContent-Disposition: form-data; name=\"{}", "a".repeat(2 * HEAD_MAX));
        assert_eq!(read(endless.as_bytes(), "x", 999).1, Err(FormError::Malformed));
        let many = write(&vec![("a".into(), false, vec![]); FIELDS_MAX as usize + 1], "x");
        assert_eq!(read(&many, "x", 4_096).1, Err(FormError::TooMany));
        assert_eq!(read(b"--xx\r\n", "x", 9).1, Err(FormError::Malformed));
    }
}

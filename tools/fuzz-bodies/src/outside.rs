//! Files and forms that people bring.

use hamseda_intake::form::{Event, Form};
use hamseda_seal::bundle::{BundleReader, BundleWriter};
use hamseda_seal::parts::{PART_HEADER_LEN, PartHeader};
use hamseda_seal::token::Token;
use hamseda_seal::{Code, KeySet, LETTER_PLAIN_LEN, Letter, Receipt, SmallFile};

/// Most bytes of a bundle that are read again.
const BUNDLE_MAX: usize = 1 << 20;

/// `keyset.json`: what is taken is byte for byte what is written.
pub fn keyset(data: &[u8]) {
    if let Ok(set) = KeySet::verify(data, None) {
        assert_eq!(set.to_json().as_bytes(), data);
        assert!(KeySet::verify(data, Some(&[0x5a; 32])).is_err(), "another campaign's key was taken");
    }
}

/// Small files.
pub fn small(data: &[u8]) {
    if let Ok(file) = SmallFile::parse(data) {
        assert_eq!(file.to_bytes(), data);
    }
}

/// The plaintext of a letter: `data` with the zeros that follow it.
pub fn letter(data: &[u8]) {
    let mut plain = data.to_vec();
    plain.resize(plain.len().max(LETTER_PLAIN_LEN), 0);
    if let Ok(letter) = Letter::from_plain(&plain) {
        assert_eq!(letter.to_plain().expect("what was read can be written").as_slice(), plain);
    }
}

/// Invite tokens.
pub fn token(data: &[u8]) {
    if let Ok(token) = Token::from_bytes(data) {
        assert_eq!(token.to_bytes(), data);
    }
}

/// Headers of parts.
pub fn parts(data: &[u8]) {
    if let Ok(header) = PartHeader::parse(data) {
        assert_eq!(header.to_bytes(), data[..PART_HEADER_LEN]);
        assert!(header.index() < header.count() && header.offset() + u64::from(header.payload_len()) <= header.total());
    }
}

/// Name and whether it is a file, bytes, whether its end came.
type Field = (Option<(String, bool)>, Vec<u8>, bool);

/// A form, whole and in crumbs: the same fields with the same bytes, or a refusal both times. The first byte says how
/// large the crumbs are.
pub fn form(data: &[u8]) {
    let Some((&crumb, body)) = data.split_first() else { return };
    let read = |size: usize| {
        let mut form = Form::new("multipart/form-data; boundary=x-boundary").expect("a good content type");
        let mut fields: Vec<Field> = Vec::new();
        for piece in body.chunks(size) {
            form.push(piece);
            loop {
                match form.next_event() {
                    Ok(Some(Event::Begin { name, file })) => fields.push((Some((name, file)), Vec::new(), false)),
                    Ok(Some(Event::Data(bytes))) => {
                        fields.last_mut().expect("a field began").1.extend_from_slice(&bytes)
                    }
                    Ok(Some(Event::End)) => fields.last_mut().expect("a field began").2 = true,
                    Ok(None) => break,
                    Err(error) => return Err((error, fields)),
                }
            }
        }
        Ok((fields, form.finish().is_ok()))
    };
    assert_eq!(read(body.len().max(1)), read(usize::from(crumb).max(1)));
}

/// A bundle that reads to its end is the one that its entries make.
pub fn bundle(data: &[u8]) {
    let Ok(entries) = entries(data) else { return };
    let mut writer = BundleWriter::new(Vec::new()).expect("memory");
    for (head, bytes) in &entries {
        writer.add(head, bytes.as_slice()).expect("what was read can be written");
    }
    assert_eq!(writer.finish().expect("memory"), data);
}

type Entries = Vec<(hamseda_seal::bundle::EntryHead, Vec<u8>)>;

fn entries(data: &[u8]) -> Result<Entries, hamseda_seal::bundle::BundleError> {
    let mut reader = BundleReader::new(data)?;
    let (mut entries, mut buffer) = (Vec::new(), vec![0; 4096]);
    while let Some(head) = reader.next_entry()? {
        let mut bytes = Vec::new();
        loop {
            match reader.read(&mut buffer)? {
                0 => break,
                n if bytes.len() + n <= BUNDLE_MAX => bytes.extend_from_slice(&buffer[..n]),
                _ => panic!("more bytes than were given"),
            }
        }
        assert_eq!(bytes.len() as u64, head.length);
        entries.push((head, bytes));
    }
    Ok(entries)
}

/// Codes and receipts as people write them.
pub fn written(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(code) = Code::parse(&text) {
        let again = Code::parse(code.digits().expose()).expect("digits of a code are a code");
        assert_eq!(again.indices(), code.indices());
    }
    if let Ok(receipt) = Receipt::parse(&text) {
        assert_eq!(Receipt::parse(&receipt.to_string()).ok(), Some(receipt));
    }
}

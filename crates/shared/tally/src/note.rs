//! C2SP signed-note: a text and the signatures under it.
//!
//! Refuses: more than [`MAX_BYTES`], control characters, and lines that are not signatures.

use crate::keys::{KeyId, KeyUse, VerifierKey, valid_name};
use crate::{LogKey, TallyError, base64};

/// Largest note that is read: sixteen post-quantum signatures of other people's witnesses fit.
pub const MAX_BYTES: usize = 128 * 1024;
const MAX_SIGNATURES: usize = 64;
const DASH: &str = "\u{2014} ";

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: KeyId,
    /// What the algorithm of the key makes of the text.
    pub signature: Vec<u8>,
}

/// A text with signatures. Parsing does not verify anything: ask [`Note::verified_by`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`TallyError::Note`] for anything [`Note::encode`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, TallyError> {
        if bytes.len() > MAX_BYTES {
            return Err(TallyError::Note("it is too long"));
        }
        let whole = std::str::from_utf8(bytes).map_err(|_| TallyError::Note("it is not UTF-8"))?;
        if whole.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(TallyError::Note("it holds control characters"));
        }
        let at = whole.rfind("\n\n").ok_or(TallyError::Note("no blank line ends its text"))?;
        let (text, lines) = (&whole[..=at], &whole[at + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(TallyError::Note("its last line is cut off"))?;
        let signatures = lines.split('\n').map(signature_line).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(TallyError::Note("it has too many signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Signs a text that ends in a newline.
    ///
    /// # Errors
    /// [`TallyError::Note`] when the text is none a note can have.
    pub fn sign(text: &str, key: &LogKey) -> Result<Self, TallyError> {
        let verifier = key.verifier();
        let signature = key.sign(text.as_bytes()).to_vec();
        let line = NoteSignature { name: verifier.name().to_owned(), id: verifier.id(), signature };
        let note = Self { text: text.to_owned(), signatures: vec![line] };
        // Reading it back refuses a text without a last newline or with control characters.
        if Self::parse(note.encode().as_bytes()).as_ref() == Ok(&note) {
            Ok(note)
        } else {
            Err(TallyError::Note("this text can't be signed: it needs a last newline and no control characters"))
        }
    }

    /// The note's text form.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = format!("{}\n", self.text);
        for line in &self.signatures {
            let mut blob = line.id.to_vec();
            blob.extend(&line.signature);
            out.push_str(&format!("{DASH}{} {}\n", line.name, base64::encode(&blob)));
        }
        out
    }

    /// The signed text, with its last newline. Means nothing before a signature of a trusted key is verified.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature line, as a witness's answer brings it.
    pub fn add(&mut self, signature: NoteSignature) {
        self.signatures.push(signature);
    }

    /// Signatures by a key's name and id, verified or not.
    pub(crate) fn by<'a>(&'a self, key: &'a VerifierKey) -> impl Iterator<Item = &'a NoteSignature> {
        self.signatures.iter().filter(|s| s.name == key.name() && s.id == key.id())
    }

    /// Checks that a log's key signed the text.
    ///
    /// # Errors
    /// [`TallyError::Signature`] when there is no signature by the key, or one that does not verify.
    pub fn verified_by(&self, key: &VerifierKey) -> Result<&str, TallyError> {
        let error = |why| TallyError::Signature { name: key.name().to_owned(), why };
        if key.usage() != KeyUse::Log {
            return Err(error("the key is a witness's, not a log's"));
        }
        let mut found = false;
        for line in self.by(key) {
            if !key.accepts(self.text.as_bytes(), &line.signature) {
                return Err(error("it does not verify"));
            }
            found = true;
        }
        if found { Ok(&self.text) } else { Err(error("there is none by this key")) }
    }
}

/// Reads one signature line, without its newline.
///
/// # Errors
/// [`TallyError::Note`].
pub fn signature_line(line: &str) -> Result<NoteSignature, TallyError> {
    let bad = TallyError::Note("a signature line is: dash, key name, base64");
    let (name, blob) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(bad.clone())?;
    let blob = base64::decode(blob).ok_or(bad.clone())?;
    match blob.split_first_chunk::<4>() {
        Some((id, signature)) if valid_name(name) && !signature.is_empty() => {
            Ok(NoteSignature { name: name.to_owned(), id: *id, signature: signature.to_vec() })
        }
        _ => Err(bad),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::tests::log_key;

    const EXAMPLE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    #[test]
    fn the_example_of_the_specification_verifies() {
        let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap();
        let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(note.verified_by(&key), Ok("This is an example message.\n"));
        assert_eq!(note.encode(), EXAMPLE);
    }

    #[test]
    fn a_text_with_blank_lines_is_signed_whole() {
        let note = Note::sign("one\n\ntwo\n", &log_key()).unwrap();
        let read = Note::parse(note.encode().as_bytes()).unwrap();
        assert_eq!(read.verified_by(log_key().verifier()), Ok("one\n\ntwo\n"));
        assert!(Note::sign("no newline", &log_key()).is_err());
        assert!(Note::sign("tab\there\n", &log_key()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_flipped_bit_is_refused_or_unsigned(bit in 0usize..EXAMPLE.len() * 8) {
            let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap();
            let mut bytes = EXAMPLE.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(note) = Note::parse(&bytes) {
                proptest::prop_assert!(note.verified_by(&key).is_err());
                proptest::prop_assert_eq!(note.encode().into_bytes(), bytes);
            }
        }
    }
}

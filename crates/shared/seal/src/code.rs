//! A code: ten words that open a message's status and replies, and take it back. Optional.
//!
//! 110 random bits, drawn on the device. Everything follows from them by HKDF alone: a memory-hard function would take
//! minutes in a browser without JIT, and 110 bits need none. The campaign's origin salts it, so the same words in two
//! campaigns have nothing in common.
//!
//! Refuses: to be printed by `Debug`, and to leave the device. What a server gets is a locator, or the withdrawal
//! secret of one message when that is to be taken back.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};

use hamseda_core::{Lang, Locator, Random, Secret};

use crate::error::WrittenError;
use crate::words;
use crate::written::Written;

const WORDS: usize = 10;
const WORD_BITS: usize = 11;
const DIGITS: usize = 4;
/// 110 bits, big endian, after two zero bits.
const LEN: usize = 14;

/// A code.
#[derive(Debug, Clone)]
pub struct Code(Secret<[u8; LEN]>);

/// What a code gives within one campaign.
#[derive(Debug, Clone)]
pub struct CodeKeys {
    /// Key for status and replies; travels inside the seal.
    pub reply_key: Secret<[u8; 32]>,
    /// What takes the message back; the log and the desk know a hash of it.
    pub withdrawal: Secret<[u8; 32]>,
}

impl Code {
    /// Draws a code.
    #[must_use]
    pub fn draw(random: &mut dyn Random) -> Self {
        let mut bytes: [u8; LEN] = random.bytes();
        bytes[0] &= 0x3f;
        Self(Secret::new(bytes))
    }

    /// Reads ten words of one list, or ten groups of four digits, forgivingly.
    ///
    /// # Errors
    /// See [`WrittenError`].
    pub fn parse(text: &str) -> Result<Self, WrittenError> {
        match Written::read(text)? {
            Written::Words(places) => Self::of_indices(&places, WrittenError::words(places.len(), WORDS)),
            Written::Digits(digits) if digits.len() == WORDS * DIGITS => {
                let group = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + u16::from(*digit));
                let groups: Vec<u16> = digits.chunks(DIGITS).map(group).collect();
                match groups.iter().position(|group| usize::from(*group) >= words::COUNT) {
                    Some(at) => Err(WrittenError::Range { place: at + 1 }),
                    None => Self::of_indices(&groups, WrittenError::Mixed),
                }
            }
            Written::Digits(digits) => Err(WrittenError::digits(digits.len(), WORDS * DIGITS)),
        }
    }

    fn of_indices(indices: &[u16], wrong: WrittenError) -> Result<Self, WrittenError> {
        if indices.len() != WORDS {
            return Err(wrong);
        }
        let mut bits = indices.iter().fold(0u128, |all, index| all << WORD_BITS | u128::from(*index)).to_be_bytes();
        let mut bytes = [0; LEN];
        bytes.copy_from_slice(&bits[16 - LEN..]);
        zeroize::Zeroize::zeroize(&mut bits);
        Ok(Self(Secret::new(bytes)))
    }

    /// Places of the ten words in a list of 2,048, in reading order.
    #[must_use]
    pub fn indices(&self) -> [u16; WORDS] {
        let mut bits = [0; 16];
        bits[16 - LEN..].copy_from_slice(self.0.expose());
        let bits = u128::from_be_bytes(bits);
        std::array::from_fn(|at| (bits >> (WORD_BITS * (WORDS - 1 - at)) & 0x7ff) as u16)
    }

    /// The ten words, parted by blanks; `None` where the language has no list.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Option<Secret<String>> {
        let list = words::of(lang)?;
        Some(Secret::new(self.indices().map(|index| list.word(index)).join(" ")))
    }

    /// Ten groups of four digits.
    #[must_use]
    pub fn digits(&self) -> Secret<String> {
        Secret::new(self.indices().map(|index| format!("{index:0DIGITS$}")).join(" "))
    }

    /// What the code gives in the campaign of this origin.
    #[must_use]
    pub fn keys(&self, origin: &str) -> CodeKeys {
        let salt = Sha256::new().chain_update("hamseda/code/v1\n").chain_update(origin).finalize();
        let root = Hkdf::<Sha256>::new(Some(&salt), self.0.expose());
        CodeKeys { reply_key: expand(&root, b"reply key"), withdrawal: expand(&root, b"withdrawal") }
    }
}

/// Where the status record of a reply key is found. The desk finds it too: the reply key came inside the seal.
#[must_use]
pub fn locator(reply_key: &Secret<[u8; 32]>) -> Locator {
    Locator::from_bytes(*expand(&Hkdf::new(None, reply_key.expose()), b"locator").expose())
}

pub(crate) fn expand(root: &Hkdf<Sha256>, info: &[u8]) -> Secret<[u8; 32]> {
    let mut key = [0; 32];
    #[expect(clippy::expect_used, reason = "HKDF-SHA-256 gives up to 8160 bytes; 32 are asked")]
    root.expand(info, &mut key).expect("32 bytes");
    Secret::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hamseda_core::OsRandom;

    proptest::proptest! {
        #[test]
        fn a_code_survives_its_digits_and_its_words(indices: [u16; WORDS], lang in 0usize..Lang::ALL.len()) {
            let indices = indices.map(|index| index & 0x7ff);
            let code = Code::of_indices(&indices, WrittenError::Mixed).unwrap();
            proptest::prop_assert_eq!(code.indices(), indices);
            proptest::prop_assert_eq!(Code::parse(code.digits().expose()).unwrap().indices(), indices);
            if let Some(words) = code.words(Lang::ALL[lang]) {
                let numbered: Vec<_> = words.expose().split(' ').zip(1..).map(|(w, n)| format!("{n}. {w}")).collect();
                for text in [words.expose().clone(), words.expose().to_uppercase(), numbered.join("\n")] {
                    proptest::prop_assert_eq!(Code::parse(&text).unwrap().indices(), indices, "{}", text);
                }
            }
        }

        #[test]
        fn no_text_upsets_the_reader(text in ".{0,80}") {
            let _ = Code::parse(&text);
        }
    }

    #[test]
    fn codes_are_drawn_from_all_110_bits_and_no_more() {
        let (mut any, mut all) = ([0u8; LEN], [0xffu8; LEN]);
        for _ in 0..200 {
            let code = Code::draw(&mut OsRandom);
            for ((any, all), byte) in any.iter_mut().zip(&mut all).zip(code.0.expose()) {
                *any |= byte;
                *all &= byte;
            }
        }
        assert_eq!((any[0], any[1..].iter().all(|b| *b == 0xff), all), (0x3f, true, [0; LEN]));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        use hamseda_core::Coded as _;
        let code = Code::parse("0000 0001 0002 0003 0004 0005 0006 0007 0008 0009").unwrap();
        let words = code.words(Lang::En).unwrap().expose().clone();
        let slip = words.replacen(" about ", " abuot ", 1);
        let error = Code::parse(&slip).unwrap_err();
        assert_eq!(error.code(), "word-unknown");
        assert!(error.to_string().contains("word 4") && error.to_string().contains("about"), "{error}");
        let short = words.rsplit_once(' ').unwrap().0;
        assert!(Code::parse(short).unwrap_err().to_string().contains('9'));
        assert_eq!(Code::parse(&format!("{short} 2047")).unwrap_err().code(), "word-mixed");
        assert!(!format!("{code:?}").contains("00"), "{code:?}");
    }
}

//! The receipt: a short form of a message's public tag, which shows that the message is counted.
//!
//! 44 bits: four words of a list of 2,048, or 14 digits where there is no list. It opens nothing, proves no content,
//! and any public tag has one, so that a coerced person can read out another.

use std::fmt;
use std::str::FromStr;

use hamseda_core::Lang;

use crate::error::{ParseReceiptError, WrittenError};
use crate::words;
use crate::written::{Written, digit};

const BITS: u32 = 44;
const WORD_BITS: u32 = 11;
const WORDS: usize = 4;
const DIGITS: usize = 14;

/// The first 44 bits of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Receipt(u64);

impl Receipt {
    /// The receipt of a tag.
    #[must_use]
    pub const fn of(tag: &[u8; 16]) -> Self {
        let first = u64::from_be_bytes([tag[0], tag[1], tag[2], tag[3], tag[4], tag[5], tag[6], tag[7]]);
        Self(first >> (u64::BITS - BITS))
    }

    /// Whether this is the tag's receipt; how a list of public tags is searched locally.
    #[must_use]
    pub const fn fits(self, tag: &[u8; 16]) -> bool {
        self.0 == Self::of(tag).0
    }

    /// The four words, parted by blanks; `None` where the language has no list.
    #[must_use]
    pub fn words_in(self, lang: Lang) -> Option<String> {
        let list = words::of(lang)?;
        Some(self.words().map(|index| list.word(index)).join(" "))
    }

    /// Reads four words of one list, or 14 digits, forgivingly.
    ///
    /// # Errors
    /// See [`WrittenError`].
    pub fn parse(text: &str) -> Result<Self, WrittenError> {
        match Written::read(text)? {
            Written::Words(places) => match places[..] {
                [_, _, _, _] => Ok(Self(places.iter().fold(0, |all, place| all << WORD_BITS | u64::from(*place)))),
                _ => Err(WrittenError::words(places.len(), WORDS)),
            },
            Written::Digits(digits) if digits.len() == DIGITS => {
                let number = digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit));
                if number >> BITS == 0 { Ok(Self(number)) } else { Err(WrittenError::Range { place: 1 }) }
            }
            Written::Digits(digits) => Err(WrittenError::digits(digits.len(), DIGITS)),
        }
    }

    /// Positions of the four words in a list of 2,048, in reading order.
    #[must_use]
    pub fn words(self) -> [u16; 4] {
        [3, 2, 1, 0].map(|place| ((self.0 >> (WORD_BITS * place)) & 0x7ff) as u16)
    }
}

/// Fourteen digits in groups: `0123 4567 8901 23`.
impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0DIGITS$}", self.0);
        write!(f, "{} {} {} {}", &digits[..4], &digits[4..8], &digits[8..12], &digits[12..])
    }
}

impl FromStr for Receipt {
    type Err = ParseReceiptError;

    /// Reads 14 digits, Western, Arabic or Persian; blanks and hyphens are ignored: it was copied by hand.
    fn from_str(text: &str) -> Result<Self, ParseReceiptError> {
        let mut number = 0u64;
        let mut digits = 0;
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            digits += 1;
            if digits > DIGITS {
                return Err(ParseReceiptError);
            }
            number = number * 10 + u64::from(digit(c).ok_or(ParseReceiptError)?);
        }
        if digits == DIGITS && number >> BITS == 0 { Ok(Self(number)) } else { Err(ParseReceiptError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_receipt_survives_its_text_and_fits_its_tag(tag: [u8; 16]) {
            let receipt = Receipt::of(&tag);
            proptest::prop_assert!(receipt.fits(&tag));
            proptest::prop_assert_eq!(receipt.to_string().parse(), Ok(receipt));
            let words = receipt.words().into_iter().fold(0, |all, word| all << WORD_BITS | u64::from(word));
            proptest::prop_assert_eq!(words, receipt.0);
        }
    }

    #[test]
    fn a_receipt_is_read_in_words_and_digits() {
        let receipt = Receipt(1_234_567_890_123);
        let words = receipt.words_in(Lang::En).unwrap();
        for text in [words.as_str(), &words.to_uppercase(), "0123 4567 8901 23", "۰۱۲۳ ۴۵۶۷ ۸۹۰۱ ۲۳"] {
            assert_eq!(Receipt::parse(text), Ok(receipt), "{text}");
        }
        assert_eq!(Receipt::parse("99999999999999"), Err(WrittenError::Range { place: 1 }));
        assert_eq!(Receipt::parse("acid"), Err(WrittenError::words(1, 4)));
        assert_eq!(Receipt::parse("0123"), Err(WrittenError::digits(4, 14)));
    }

    #[test]
    fn a_receipt_is_read_in_three_scripts_and_nothing_else() {
        let receipt = Receipt(1_234_567_890_123);
        for text in ["0123 4567 8901 23", "01234567890123", "۰۱۲۳-۴۵۶۷-۸۹۰۱-۲۳", "٠١٢٣ ٤٥٦٧ ٨٩٠١ ٢٣"]
        {
            assert_eq!(text.parse(), Ok(receipt), "{text}");
        }
        for text in ["", "1234", "0123 4567 8901 2x", "99999999999999", "012345678901230"] {
            assert_eq!(text.parse::<Receipt>(), Err(ParseReceiptError), "{text}");
        }
    }
}

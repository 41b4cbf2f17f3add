//! Bech32 without a length limit: a hybrid recipient is about 1,960 characters long, BIP 173 stops at 90.

use std::ops::RangeInclusive;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Checksum, Hrp};

/// Bech32's own checksum over strings of any length. It still detects errors, it just can't correct them.
enum LongBech32 {}

impl Checksum for LongBech32 {
    type MidstateRepr = <Bech32 as Checksum>::MidstateRepr;
    type CorrectionField = <Bech32 as Checksum>::CorrectionField;
    const ROOT_GENERATOR: Self::CorrectionField = Bech32::ROOT_GENERATOR;
    const ROOT_EXPONENTS: RangeInclusive<usize> = Bech32::ROOT_EXPONENTS;
    const CODE_LENGTH: usize = 4096;
    const CHECKSUM_LENGTH: usize = Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = Bech32::TARGET_RESIDUE;
}

/// Text of `data`, lower case; `None` where it doesn't fit the code.
pub(crate) fn encode(prefix: &str, data: &[u8]) -> Option<String> {
    bech32::encode_lower::<LongBech32>(Hrp::parse(prefix).ok()?, data).ok()
}

/// Data of a text with exactly this prefix.
pub(crate) fn decode(prefix: &str, text: &str) -> Option<Vec<u8>> {
    let checked = CheckedHrpstring::new::<LongBech32>(text).ok()?;
    (checked.hrp().as_str() == prefix).then(|| checked.byte_iter().collect())
}

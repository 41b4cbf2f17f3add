//! CBOR in its one form, followed by zeros: read, written again, compared.

use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode};

use crate::error::WireError;

/// The one field that every version of every kind has.
#[derive(Decode)]
#[cbor(map)]
struct Version {
    #[n(0)]
    version: u8,
}

/// Appends the value.
pub(crate) fn write<T: Encode<()>>(value: &T, out: &mut Vec<u8>) -> Result<(), WireError> {
    minicbor::encode(value, out).map_err(|error| WireError::Cbor(error.to_string()))
}

/// Reads a value that fills `bytes` but for zeros at the end.
pub(crate) fn read<T: for<'b> Decode<'b, ()> + Encode<()>>(bytes: &[u8], version: u8) -> Result<T, WireError> {
    let cbor = |error: minicbor::decode::Error| WireError::Cbor(error.to_string());
    let found = minicbor::decode::<Version>(bytes).map_err(cbor)?.version;
    if found != version {
        return Err(WireError::Version(found));
    }
    let mut decoder = Decoder::new(bytes);
    let value: T = decoder.decode().map_err(cbor)?;
    let (given, rest) = bytes.split_at(decoder.position());
    let mut same = Same { given, so_far: true };
    // Compared while it is written, so that no second copy of what may be secret is left behind.
    minicbor::encode(&value, &mut same).map_err(|error| WireError::Cbor(error.to_string()))?;
    if !(same.so_far && same.given.is_empty()) {
        return Err(WireError::NotCanonical);
    }
    if rest.iter().any(|&byte| byte != 0) { Err(WireError::Trailing) } else { Ok(value) }
}

struct Same<'a> {
    given: &'a [u8],
    so_far: bool,
}

impl Write for Same<'_> {
    type Error = std::convert::Infallible;

    fn write_all(&mut self, written: &[u8]) -> Result<(), Self::Error> {
        match self.given.strip_prefix(written) {
            Some(rest) => self.given = rest,
            None => self.so_far = false,
        }
        Ok(())
    }
}

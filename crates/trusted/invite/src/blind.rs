//! Blinding and unblinding (RFC 9474, sections 4.2 and 4.4): the circle's arithmetic, which needs no secret key.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::error::ErrorStack;
use zeroize::Zeroizing;

use hamseda_core::Random;

use crate::error::InviteError;
use crate::pss;

/// A public key as numbers.
pub(crate) struct PublicKey {
    n: BigNum,
    e: BigNum,
}

/// A blinded message and what takes the blinding off again.
pub(crate) struct Blinded {
    /// For the issuer: uniform among the numbers below the modulus, whatever was blinded.
    pub(crate) message: Vec<u8>,
    /// Stays with the circle.
    pub(crate) inverse: Zeroizing<Vec<u8>>,
}

impl PublicKey {
    /// A key from its modulus (big endian) and exponent.
    pub(crate) fn new(modulus: &[u8], exponent: u32) -> Result<Self, ErrorStack> {
        Ok(Self { n: BigNum::from_slice(modulus)?, e: BigNum::from_u32(exponent)? })
    }

    /// Length of the modulus, bytes.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.n.num_bytes()).unwrap_or_default()
    }

    /// Blinds a prepared message with a salt and a blinding factor of one's own.
    ///
    /// # Errors
    /// [`InviteError::Arithmetic`]; never for an honest key.
    pub(crate) fn blind(&self, prepared: &[u8], salt: &[u8], factor: &BigNumRef) -> Result<Blinded, InviteError> {
        let bits = usize::try_from(self.n.num_bits()).unwrap_or_default();
        let encoded = pss::encode(prepared, salt, bits).ok_or(InviteError::NoIssuer)?;
        let mut context = BigNumContext::new_secure()?;
        let message = BigNum::from_slice(&encoded)?;
        // A message that shares a factor with the modulus would betray the key; inverting finds it out.
        BigNum::new()?.mod_inverse(&message, &self.n, &mut context)?;
        let mut inverse = BigNum::new_secure()?;
        inverse.mod_inverse(factor, &self.n, &mut context)?;
        let (mut power, mut blinded) = (BigNum::new_secure()?, BigNum::new()?);
        power.mod_exp(factor, &self.e, &self.n, &mut context)?;
        blinded.mod_mul(&message, &power, &self.n, &mut context)?;
        Ok(Blinded { message: self.bytes(&blinded)?, inverse: Zeroizing::new(self.bytes(&inverse)?) })
    }

    /// Draws a blinding factor: uniform from 1 to the modulus.
    pub(crate) fn factor(&self, random: &mut dyn Random) -> Result<BigNum, ErrorStack> {
        let mut bytes = Zeroizing::new(vec![0; self.len()]);
        loop {
            random.fill(&mut bytes);
            let factor = BigNum::from_slice(&bytes)?;
            // The modulus fills its bytes, so every second draw fits at least.
            if factor < self.n && factor.num_bits() > 0 {
                return Ok(factor);
            }
        }
    }

    /// Takes the blinding off a signature. Whether it is one, the caller checks.
    pub(crate) fn unblind(&self, signature: &[u8], inverse: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut context = BigNumContext::new_secure()?;
        let mut plain = BigNum::new()?;
        plain.mod_mul(&*BigNum::from_slice(signature)?, &*BigNum::from_slice(inverse)?, &self.n, &mut context)?;
        self.bytes(&plain)
    }

    /// Whether a number can be a blinded message: from 2 to the modulus less two. The others would be signed to themselves.
    pub(crate) fn takes(&self, blinded: &[u8]) -> Result<bool, ErrorStack> {
        let number = BigNum::from_slice(blinded)?;
        let mut last = BigNum::new()?;
        last.checked_sub(&self.n, &*BigNum::from_u32(1)?)?;
        Ok(blinded.len() == self.len() && number > BigNum::from_u32(1)? && number < last)
    }

    /// A number as long as the modulus.
    fn bytes(&self, number: &BigNumRef) -> Result<Vec<u8>, ErrorStack> {
        number.to_vec_padded(i32::try_from(self.len()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use openssl::pkey::Private;
    use openssl::rsa::{Rsa, RsaPrivateKeyBuilder};
    use serde::Deserialize;

    use super::*;
    use crate::issuer::sign_raw;

    #[derive(Deserialize)]
    struct Vector {
        name: String,
        p: String,
        q: String,
        n: String,
        e: String,
        d: String,
        msg: String,
        msg_prefix: String,
        salt: String,
        encoded_msg: String,
        inv: String,
        blinded_msg: String,
        blind_sig: String,
        sig: String,
    }

    impl Vector {
        fn key(&self) -> Rsa<Private> {
            let number = |text: &str| BigNum::from_hex_str(text).unwrap();
            let builder = RsaPrivateKeyBuilder::new(number(&self.n), number(&self.e), number(&self.d)).unwrap();
            let key = builder.set_factors(number(&self.p), number(&self.q)).unwrap();
            let (p, q, d) = (number(&self.p), number(&self.q), number(&self.d));
            let mut context = BigNumContext::new().unwrap();
            let mut crt = |of: &BigNum| {
                let (mut less, mut rest) = (BigNum::new().unwrap(), BigNum::new().unwrap());
                less.checked_sub(of, &BigNum::from_u32(1).unwrap()).unwrap();
                rest.nnmod(&d, &less, &mut context).unwrap();
                rest
            };
            let (dp, dq) = (crt(&p), crt(&q));
            let mut qi = BigNum::new().unwrap();
            qi.mod_inverse(&q, &p, &mut context).unwrap();
            key.set_crt_params(dp, dq, qi).unwrap().build()
        }
    }

    #[test]
    fn the_vectors_of_rfc_9474() {
        let file = include_str!("../../../../vectors/invite/rfc9474.json");
        for vector in serde_json::from_str::<Vec<Vector>>(file).unwrap() {
            let bytes = |text: &str| hex::decode(text).unwrap();
            let public = PublicKey::new(&bytes(&vector.n), 65537).unwrap();
            let prepared = [bytes(&vector.msg_prefix), bytes(&vector.msg)].concat();
            let encoded = pss::encode(&prepared, &bytes(&vector.salt), 4096).unwrap();
            assert_eq!(hex::encode(encoded), vector.encoded_msg, "{}", vector.name);

            let (inverse, mut factor) = (BigNum::from_hex_str(&vector.inv).unwrap(), BigNum::new().unwrap());
            factor.mod_inverse(&inverse, &public.n, &mut BigNumContext::new().unwrap()).unwrap();
            let blinded = public.blind(&prepared, &bytes(&vector.salt), &factor).unwrap();
            assert_eq!(hex::encode(&blinded.message), vector.blinded_msg, "{}", vector.name);
            assert_eq!(hex::encode(&*blinded.inverse), vector.inv, "{}", vector.name);
            let signed = sign_raw(&vector.key(), &blinded.message).unwrap();
            assert_eq!(hex::encode(&signed), vector.blind_sig, "{}", vector.name);
            assert_eq!(hex::encode(public.unblind(&signed, &blinded.inverse).unwrap()), vector.sig, "{}", vector.name);
        }
    }
}

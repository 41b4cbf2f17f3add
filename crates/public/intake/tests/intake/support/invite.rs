//! Invites, signed with the test issuer's key of the vectors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hamseda_core::{OsRandom, Random};
use hamseda_seal::token::{IssuerKey, SIGNATURE_LEN, Token, signed_bytes};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA384, RsaKeyPair};

fn vector(name: &str) -> String {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../../vectors/invite/tokens.json")).unwrap();
    file["issuer"][name].as_str().unwrap().to_owned()
}

/// What the campaign file says of the issuer.
pub(crate) fn issuers() -> String {
    format!("\n[[issuers]]\nname = \"A partner\"\nspki = \"{}\"\n", vector("spki"))
}

/// Signs, as an issuer who sees the token would: whether a signature was made blindly can't be told from it.
pub(crate) struct Issuer(RsaKeyPair);

impl Issuer {
    pub(crate) fn new() -> Self {
        let pem = vector("private_key");
        let der: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        Self(RsaKeyPair::from_pkcs8(&STANDARD.decode(der).unwrap()).unwrap())
    }

    /// A fresh good token.
    pub(crate) fn token(&self) -> Token {
        let key = IssuerKey::from_text(&vector("spki")).unwrap();
        let (randomizer, nonce) = (random(), random());
        let mut signature = [0; SIGNATURE_LEN];
        let signed = signed_bytes(&randomizer, &nonce);
        self.0.sign(&RSA_PSS_SHA384, &SystemRandom::new(), &signed, &mut signature).unwrap();
        Token { issuer: key.id(), randomizer, nonce, signature }
    }
}

fn random() -> [u8; 32] {
    (&mut OsRandom as &mut dyn Random).bytes()
}

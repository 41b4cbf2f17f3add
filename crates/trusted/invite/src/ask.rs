//! A circle's request, the issuer's answer, and what the circle keeps in between.
//!
//! All three are JSON files. The request and the answer hold numbers that say nothing of the tokens; the secrets are as good
//! as the tokens themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use hamseda_core::{Random, Secret};
use hamseda_seal::token::{IssuerKey, SIGNATURE_LEN, Token, signed_bytes};

use crate::MOST;
use crate::blind::PublicKey;
use crate::error::InviteError;
use crate::pss::HASH_LEN;

const ASK: &str = "hamseda/invite-request/v1";
const ANSWER: &str = "hamseda/invite-answer/v1";
const SECRETS: &str = "hamseda/invite-secrets/v1";
const EXPONENT: u32 = 65537;

/// A circle's request: so many blinded numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    format: String,
    origin: String,
    issuer: String,
    circle: String,
    blinded: Vec<String>,
}

/// The issuer's answer: as many signatures, still blinded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    format: String,
    origin: String,
    issuer: String,
    /// SHA-256 of the request.
    request: String,
    signatures: Vec<String>,
}

/// What the circle keeps until the answer comes. Whoever has it and the answer has the invites.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskSecrets {
    format: String,
    origin: String,
    /// The issuer's public key, base64.
    spki: String,
    circle: String,
    /// SHA-256 of the request.
    request: String,
    tokens: Vec<TokenSecret>,
}

#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct TokenSecret {
    randomizer: String,
    nonce: String,
    inverse: String,
}

impl Ask {
    /// Draws `count` tokens for a circle and blinds them.
    ///
    /// # Errors
    /// [`InviteError::Count`], [`InviteError::Circle`].
    pub fn draw(
        origin: &str,
        issuer: &IssuerKey,
        circle: &str,
        count: usize,
        random: &mut dyn Random,
    ) -> Result<(Self, AskSecrets), InviteError> {
        if !(1..=MOST).contains(&count) {
            return Err(InviteError::Count(MOST));
        }
        let circle = circle.trim();
        check_circle(circle)?;
        let key = PublicKey::new(issuer.modulus(), EXPONENT)?;
        let (mut blinded, mut tokens) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            let (randomizer, nonce) = (random.bytes(), random.bytes());
            let salt: [u8; HASH_LEN] = random.bytes();
            let one = key.blind(&signed_bytes(&randomizer, &nonce), &salt, &*key.factor(random)?)?;
            blinded.push(STANDARD.encode(one.message));
            tokens.push(TokenSecret {
                randomizer: hex::encode(randomizer),
                nonce: hex::encode(nonce),
                inverse: STANDARD.encode(&*one.inverse),
            });
        }
        let (origin, circle) = (origin.to_owned(), circle.to_owned());
        let (id, spki) = (issuer.id().to_string(), issuer.to_text());
        let ask = Self { format: ASK.into(), origin: origin.clone(), issuer: id, circle: circle.clone(), blinded };
        let secrets = AskSecrets { format: SECRETS.into(), origin, spki, circle, request: ask.hash(), tokens };
        Ok((ask, secrets))
    }

    /// Reads a request file for this campaign.
    ///
    /// # Errors
    /// [`InviteError::File`], [`InviteError::Format`], [`InviteError::Origin`], [`InviteError::Count`],
    /// [`InviteError::Circle`].
    pub fn parse(json: &[u8], origin: &str) -> Result<Self, InviteError> {
        let ask: Self = parse(json, "request for invites")?;
        check(&ask.format, ASK, "request for invites", &ask.origin, origin)?;
        if !(1..=MOST).contains(&ask.blinded.len()) {
            return Err(InviteError::Count(MOST));
        }
        check_circle(&ask.circle)?;
        Ok(ask)
    }

    /// The request file.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }

    /// Who asks.
    #[must_use]
    pub fn circle(&self) -> &str {
        &self.circle
    }

    /// How many invites it asks for.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.blinded.len()
    }

    /// SHA-256 of the request: the same request twice is one.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.to_json()))
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn blinded(&self) -> Result<Vec<Vec<u8>>, InviteError> {
        let numbers = self.blinded.iter().enumerate();
        numbers.map(|(at, text)| STANDARD.decode(text).map_err(|_| InviteError::Blinded(at + 1))).collect()
    }
}

impl Answer {
    pub(crate) fn new(ask: &Ask, signatures: &[Vec<u8>]) -> Self {
        Self {
            format: ANSWER.into(),
            origin: ask.origin.clone(),
            issuer: ask.issuer.clone(),
            request: ask.hash(),
            signatures: signatures.iter().map(|signature| STANDARD.encode(signature)).collect(),
        }
    }

    /// Reads an answer file.
    ///
    /// # Errors
    /// [`InviteError::File`], [`InviteError::Format`].
    pub fn parse(json: &[u8]) -> Result<Self, InviteError> {
        let answer: Self = parse(json, "issuer's answer")?;
        if answer.format == ANSWER { Ok(answer) } else { Err(InviteError::Format("issuer's answer")) }
    }

    /// The answer file.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

impl AskSecrets {
    /// Reads a file of secrets.
    ///
    /// # Errors
    /// [`InviteError::File`], [`InviteError::Format`], [`InviteError::Origin`].
    pub fn parse(json: &[u8], origin: &str) -> Result<Self, InviteError> {
        let secrets: Self = parse(json, "circle's file of secrets")?;
        check(&secrets.format, SECRETS, "circle's file of secrets", &secrets.origin, origin)?;
        Ok(secrets)
    }

    /// The file of secrets.
    #[must_use]
    pub fn to_json(&self) -> Secret<String> {
        Secret::new(to_json(self))
    }

    /// Who asked.
    #[must_use]
    pub fn circle(&self) -> &str {
        &self.circle
    }

    /// Takes the blinding off an answer and checks every token. In the order in which they were drawn, which the issuer knows
    /// too: mix them before they are handed out ([`crate::Sheet`] does).
    ///
    /// # Errors
    /// [`InviteError::OtherAnswer`]; [`InviteError::Signature`] with the first that doesn't verify.
    pub fn finish(&self, answer: &Answer) -> Result<Vec<Token>, InviteError> {
        let issuer = IssuerKey::from_text(&self.spki)?;
        let fits = answer.origin == self.origin
            && answer.issuer == issuer.id().to_string()
            && answer.request == self.request
            && answer.signatures.len() == self.tokens.len();
        if !fits {
            return Err(InviteError::OtherAnswer);
        }
        let key = PublicKey::new(issuer.modulus(), EXPONENT)?;
        let pairs = self.tokens.iter().zip(&answer.signatures).enumerate();
        pairs.map(|(at, (secret, signature))| token(&key, &issuer, secret, signature, at + 1)).collect()
    }
}

impl std::fmt::Debug for AskSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AskSecrets({} of {:?}, …)", self.tokens.len(), self.circle)
    }
}

/// One finished token.
fn token(
    key: &PublicKey,
    issuer: &IssuerKey,
    secret: &TokenSecret,
    signature: &str,
    number: usize,
) -> Result<Token, InviteError> {
    let other = |_| InviteError::OtherAnswer;
    let (mut randomizer, mut nonce) = ([0; 32], [0; 32]);
    hex::decode_to_slice(&secret.randomizer, &mut randomizer).map_err(other)?;
    hex::decode_to_slice(&secret.nonce, &mut nonce).map_err(other)?;
    let inverse = STANDARD.decode(&secret.inverse).map_err(|_| InviteError::OtherAnswer)?;
    let signature = STANDARD.decode(signature).map_err(|_| InviteError::Signature(number))?;
    let plain = key.unblind(&signature, &inverse)?;
    let signature = <[u8; SIGNATURE_LEN]>::try_from(plain).map_err(|_| InviteError::Signature(number))?;
    let token = Token { issuer: issuer.id(), randomizer, nonce, signature };
    if issuer.signed(&token) { Ok(token) } else { Err(InviteError::Signature(number)) }
}

fn check_circle(circle: &str) -> Result<(), InviteError> {
    let fine = (1..=60).contains(&circle.chars().count()) && !circle.chars().any(char::is_control);
    if fine { Ok(()) } else { Err(InviteError::Circle) }
}

fn check(format: &str, expected: &str, kind: &'static str, found: &str, origin: &str) -> Result<(), InviteError> {
    if format != expected {
        return Err(InviteError::Format(kind));
    }
    if found == origin {
        Ok(())
    } else {
        Err(InviteError::Origin { found: found.to_owned(), expected: origin.to_owned() })
    }
}

fn parse<T: DeserializeOwned>(json: &[u8], kind: &'static str) -> Result<T, InviteError> {
    serde_json::from_slice(json).map_err(|error| InviteError::File(kind, error))
}

/// Our own structs of strings always have a text.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

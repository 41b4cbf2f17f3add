//! What the tests share: exact randomness, the public test keys, and a second hand that reseals changed plaintexts.

use std::path::PathBuf;
use std::sync::LazyLock;

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use sha2::{Digest, Sha256};

use hamseda_core::{Choices, Day, Lang, Limits, Picture, Random, Uses, Voice};
use hamseda_open::{CampaignKey, DeskKey, FileKey};
use hamseda_seal::format::{
    CHUNK_LEN, MAC_LINE_LEN, NONCE_LEN, SEALED_CHUNK_LEN, chunk_nonce, header_len, header_mac, payload_key,
};
use hamseda_seal::{Draft, KeySet, Sealed, seal};

pub(crate) const TODAY: Day = Day(20_600);
/// Small enough that a test of "too large" is quick: classes of 1, 2, 3 and 4 MiB.
pub(crate) const LIMITS: Limits = Limits { clip_bytes: 4 * 1024 * 1024, ..Limits::DEFAULT };

/// The folder of the vectors.
pub(crate) fn vectors() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../vectors/seal"))
}

/// SHA-256 in counter mode over a seed.
pub(crate) struct Seeded {
    seed: String,
    counter: u64,
}

impl Seeded {
    pub(crate) fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned(), counter: 0 }
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for block in bytes.chunks_mut(32) {
            let hash = Sha256::new().chain_update(&self.seed).chain_update(self.counter.to_be_bytes()).finalize();
            block.copy_from_slice(&hash[..block.len()]);
            self.counter += 1;
        }
    }
}

/// A clip of pseudo-random bytes.
pub(crate) fn clip(seed: &str, len: usize) -> Vec<u8> {
    let mut clip = vec![0; len];
    Seeded::new(seed).fill(&mut clip);
    clip
}

/// The public test keys.
pub(crate) struct Keys {
    pub(crate) desk: Vec<DeskKey>,
    pub(crate) stranger: DeskKey,
    pub(crate) set: KeySet,
}

pub(crate) fn keys() -> &'static Keys {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| {
        let file = std::fs::read(vectors().join("keys.json")).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let desk: Vec<_> = json["desk"].as_array().unwrap().iter().map(desk_key).collect();
        Keys { stranger: desk_key(&json["stranger"]), set: key_set(&desk), desk }
    });
    &KEYS
}

fn desk_key(pair: &serde_json::Value) -> DeskKey {
    let key = DeskKey::from_text(pair["identity"].as_str().unwrap()).unwrap();
    assert_eq!(key.recipient().unwrap().to_string(), pair["recipient"].as_str().unwrap());
    key
}

/// The message that most tests change.
pub(crate) fn base() -> &'static [u8] {
    static BASE: LazyLock<Vec<u8>> = LazyLock::new(|| sealed(&clip("clip", 70_000), &keys().set, "base").out);
    &BASE
}

fn key_set(desk: &[DeskKey]) -> KeySet {
    let campaign = CampaignKey::generate(&mut Seeded::new("campaign"));
    let recipients = desk.iter().map(|key| key.recipient().unwrap()).collect();
    campaign.sign_key_set("orvana.example/we-can", 1, Day::from_civil(2099, 12, 31), recipients).unwrap()
}

pub(crate) fn choices() -> Choices {
    Choices {
        picture: Picture::Mask,
        voice: Voice::Alter,
        lang: Lang::Fa,
        place: Some("miravan".parse().unwrap()),
        pseudonym: Some("دریا".into()),
        uses: Uses::PUBLIC,
    }
}

/// Seals with everything fixed by the seed.
pub(crate) fn sealed(clip: &[u8], set: &KeySet, seed: &str) -> Sealed<Vec<u8>> {
    let keys = set.current(TODAY).unwrap();
    seal(clip, Vec::new(), Draft::new(choices()), keys, &LIMITS, &mut Seeded::new(seed)).unwrap()
}

/// A sealed file taken apart with its file key, so that its inside can be changed and sealed again.
pub(crate) struct Parts {
    pub(crate) header: Vec<u8>,
    pub(crate) nonce: [u8; NONCE_LEN],
    pub(crate) plain: Vec<u8>,
}

impl Parts {
    pub(crate) fn take(sealed: &[u8], stanzas: usize, file_key: &FileKey) -> Self {
        let (header, rest) = sealed.split_at(header_len(stanzas));
        let (nonce, payload) = rest.split_at(NONCE_LEN);
        let nonce = nonce.try_into().unwrap();
        let cipher = cipher(file_key, &nonce);
        let chunks: Vec<_> = payload.chunks(SEALED_CHUNK_LEN).collect();
        let open = |(i, chunk): (usize, &&[u8])| {
            cipher.decrypt(&chunk_nonce(i as u64, i + 1 == chunks.len()).into(), *chunk).unwrap()
        };
        Self { header: header.to_vec(), nonce, plain: chunks.iter().enumerate().flat_map(open).collect() }
    }

    pub(crate) fn seal(&self, file_key: &FileKey) -> Vec<u8> {
        let cipher = cipher(file_key, &self.nonce);
        let chunks: Vec<_> = self.plain.chunks(CHUNK_LEN).collect();
        let seal = |(i, chunk): (usize, &&[u8])| {
            cipher.encrypt(&chunk_nonce(i as u64, i + 1 == chunks.len()).into(), *chunk).unwrap()
        };
        let payload = chunks.iter().enumerate().flat_map(seal);
        self.header.iter().copied().chain(self.nonce).chain(payload).collect()
    }

    /// Sets the header's MAC right after a change.
    pub(crate) fn mac_again(&mut self, file_key: &FileKey) {
        use base64::Engine;
        let covered = self.header.len() - MAC_LINE_LEN + 3;
        let mac = header_mac(file_key, &self.header[..covered]);
        self.header.truncate(covered + 1);
        self.header.extend(base64::engine::general_purpose::STANDARD_NO_PAD.encode(mac).bytes());
        self.header.push(b'\n');
    }
}

fn cipher(file_key: &FileKey, nonce: &[u8; NONCE_LEN]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(payload_key(file_key, nonce).expose().into())
}

/// Opens a header's stanza with hpke alone: a second way to the file key, which shares no code with the library's.
pub(crate) fn file_key(header: &[u8], key: &DeskKey) -> FileKey {
    let text = std::str::from_utf8(header).unwrap();
    let mut lines = text.lines();
    std::iter::from_fn(|| lines.by_ref().find_map(|line| line.strip_prefix("-> mlkem768x25519 ").map(String::from)))
        .zip(text.lines().filter(|line| line.len() == 43))
        .find_map(|(encapped, wrapped)| unwrap(&encapped, wrapped, key))
        .unwrap()
}

/// HPKE base mode with X-Wing, as the stanza type's specification says.
pub(crate) fn unwrap(encapped: &str, wrapped: &str, key: &DeskKey) -> Option<FileKey> {
    use base64::Engine;
    use hpke::{Deserializable, Kem};
    type XWing = hpke::kem::XWing;
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD;
    let text = key.to_text().unwrap();
    let (_, seed) = bech32::decode(text.expose()).unwrap();
    let file_key = hpke::single_shot_open::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, XWing>(
        &hpke::OpModeR::Base,
        &<XWing as Kem>::PrivateKey::from_bytes(&seed).unwrap(),
        &<XWing as Kem>::EncappedKey::from_bytes(&base64.decode(encapped).unwrap()).unwrap(),
        b"age-encryption.org/mlkem768x25519",
        &base64.decode(wrapped).unwrap(),
        b"",
    );
    Some(FileKey::new(file_key.ok()?.try_into().unwrap()))
}

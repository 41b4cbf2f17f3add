//! The vectors of parts and bundles.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use hamseda_core::{Coded as _, Handle, SealedHash};
use hamseda_seal::bundle::{BundleError, BundleReader};
use hamseda_seal::parts::{PAYLOAD_MAX_LEN, PartHeader};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

#[derive(Deserialize)]
struct Vectors {
    positive: Vec<Whole>,
    negative: Vec<Refused>,
}

#[derive(Deserialize)]
struct Whole {
    name: String,
    seed: String,
    total: u64,
    payload: u32,
    handle: String,
    sealed: SealedHash,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    header: String,
    length: usize,
    sha256: SealedHash,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    bytes: String,
    code: Option<String>,
}

fn sum(bytes: &[u8]) -> SealedHash {
    SealedHash::from_bytes(Sha256::digest(bytes).into())
}

fn file(seed: &str, length: u64) -> Vec<u8> {
    let block = |i: u64| Sha256::new().chain_update(seed).chain_update(i.to_be_bytes()).finalize();
    (0..length.div_ceil(32)).flat_map(block).take(usize::try_from(length).unwrap()).collect()
}

#[test]
fn files_are_cut_as_the_vectors_say() {
    let vectors: Vectors = serde_json::from_str(include_str!("../../../../vectors/parts/parts.json")).unwrap();
    for whole in &vectors.positive {
        let bytes = file(&whole.seed, whole.total);
        assert_eq!(sum(&bytes), whole.sealed, "{}", whole.name);
        let handle: Handle = whole.handle.parse().unwrap();
        assert!(whole.payload <= PAYLOAD_MAX_LEN);
        let headers = PartHeader::cut(whole.total, whole.payload, handle, whole.sealed).unwrap();
        assert_eq!(headers.len(), whole.parts.len(), "{}", whole.name);
        for (header, part) in headers.zip(&whole.parts) {
            let at = usize::try_from(header.offset()).unwrap();
            let written = [&header.to_bytes(), &bytes[at..at + header.payload_len() as usize]].concat();
            assert_eq!(hex::encode(header.to_bytes()), part.header, "{}", whole.name);
            assert_eq!((written.len(), sum(&written)), (part.length, part.sha256), "{}", whole.name);
            assert_eq!(PartHeader::parse(&written), Ok(header));
        }
    }
    for refused in &vectors.negative {
        let code = PartHeader::parse(&hex::decode(&refused.bytes).unwrap()).map_err(|e| e.code()).err();
        assert_eq!(code, refused.code.as_deref(), "{}", refused.name);
    }
}

#[test]
fn bundles_are_read_as_the_vectors_say() {
    let vectors: Vec<Refused> = serde_json::from_str(include_str!("../../../../vectors/parts/bundles.json")).unwrap();
    for bundle in &vectors {
        let bytes = hex::decode(&bundle.bytes).unwrap();
        let ended = (|| {
            let mut reader = BundleReader::new(bytes.as_slice())?;
            while reader.next_entry()?.is_some() {}
            Ok::<_, BundleError>(())
        })();
        assert_eq!(ended.map_err(|e| e.code()).err(), bundle.code.as_deref(), "{}", bundle.name);
    }
}

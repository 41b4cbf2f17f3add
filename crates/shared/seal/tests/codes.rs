//! The vectors of codes, status records, letters and small files: what the pages' scripts write and read, byte by byte.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use hamseda_core::{Coded as _, Day, Lang, Locator, Random, Secret};
use hamseda_seal::{
    Code, Letter, RecordKey, STATUS_LEN, SmallFile, Status, StatusRecord, handle, locator, w_commitment,
};

fn vectors(name: &str) -> Value {
    let path = format!("{}/../../../vectors/codes/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

fn hash(value: &Value) -> [u8; 32] {
    bytes(value).try_into().unwrap()
}

fn indices(value: &Value) -> Vec<u16> {
    list(value).map(|index| u16::try_from(index.as_u64().unwrap()).unwrap()).collect()
}

/// Gives what it was given.
struct Given(Vec<u8>);

impl Random for Given {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}

#[test]
fn a_code_gives_these_keys() {
    let all = vectors("codes.json");
    for v in list(&all) {
        let code = Code::parse(text(&v["digits"])).unwrap();
        assert_eq!(code.indices().to_vec(), indices(&v["indices"]));
        assert_eq!(code.digits().expose(), text(&v["digits"]));
        assert_eq!(code.words(Lang::De).is_none(), hamseda_seal::words::of(Lang::De).is_none());
        let keys = code.keys(text(&v["origin"]));
        let key = RecordKey::of(&keys.reply_key);
        let found = [
            (*keys.reply_key.expose(), "reply_key"),
            (*keys.withdrawal.expose(), "withdrawal"),
            (*locator(&keys.reply_key).as_bytes(), "locator"),
            (*key.expose(), "record_key"),
            (*handle(&keys.withdrawal).as_bytes(), "handle"),
            (w_commitment(&keys.withdrawal), "w_commitment"),
        ];
        for (value, name) in found {
            assert_eq!(hex::encode(value), text(&v[name]), "{name}");
        }
    }
}

#[test]
fn codes_are_read_as_people_write_them() {
    let all = vectors("parse.json");
    for v in list(&all["positive"]) {
        let code = Code::parse(text(&v["text"])).unwrap_or_else(|error| panic!("{v}: {error}"));
        assert_eq!(code.indices().to_vec(), indices(&v["indices"]), "{v}");
    }
    for v in list(&all["negative"]) {
        assert_eq!(Code::parse(text(&v["text"])).unwrap_err().code(), text(&v["code"]), "{v}");
    }
}

#[test]
fn status_records_are_these_bytes() {
    let all = vectors("records.json");
    let (key, place) = (RecordKey::from_bytes(hash(&all["record_key"])), Locator::from_bytes(hash(&all["locator"])));
    let reply_key = Secret::new(hash(&all["reply_key"]));
    assert_eq!((RecordKey::of(&reply_key).expose(), locator(&reply_key)), (key.expose(), place));
    for v in list(&all["positive"]) {
        let status = Status::ALL[usize::try_from(v["status"].as_u64().unwrap()).unwrap()];
        let day = Day(i32::try_from(v["day"].as_i64().unwrap()).unwrap());
        let replies = list(&v["replies"]).map(|reply| text(reply).to_owned()).collect();
        let record = StatusRecord { status, day, replies };
        let sealed = record.seal(&key, place, &mut Given(bytes(&v["nonce"]))).unwrap();
        assert_eq!((sealed.len(), hex::encode(Sha256::digest(sealed))), (STATUS_LEN, text(&v["sha256"]).into()), "{v}");
        assert_eq!(StatusRecord::open(&sealed, &key, place).unwrap(), record);
    }
    for v in list(&all["negative"]) {
        let record = STANDARD.decode(text(&v["record"])).unwrap();
        let error = StatusRecord::open(&record, &key, place).unwrap_err();
        assert_eq!(error.code(), text(&v["code"]), "{}", v["name"]);
    }
}

#[test]
fn letters_are_these_bytes() {
    let all = vectors("letters.json");
    for v in list(&all["positive"]) {
        let said = match &v["text"] {
            Value::String(said) => said.clone(),
            _ => text(&v["text_repeat"][0]).repeat(usize::try_from(v["text_repeat"][1].as_u64().unwrap()).unwrap()),
        };
        let letter = Letter::new(Secret::new(hash(&v["reply_key"])), &said).unwrap();
        let plain = letter.to_plain().unwrap();
        assert_eq!(hex::encode(Sha256::digest(&*plain)), text(&v["sha256"]), "{}", v["name"]);
        assert_eq!(Letter::from_plain(&plain).unwrap().text.expose(), &said);
    }
    for v in list(&all["negative"]) {
        let mut plain = bytes(&v["starts"]);
        plain.resize(usize::try_from(v["length"].as_u64().unwrap()).unwrap(), 0);
        if let (Some(last), Some(end)) = (v.get("last"), plain.last_mut()) {
            *end = bytes(last)[0];
        }
        assert_eq!(Letter::from_plain(&plain).unwrap_err().code(), text(&v["code"]), "{}", v["name"]);
    }
}

#[test]
fn small_files_are_these_bytes() {
    let all = vectors("small.json");
    for v in list(&all["positive"]) {
        let file = match text(&v["kind"]) {
            "S" => SmallFile::Status(Locator::from_bytes(hash(&v["body"]))),
            _ => SmallFile::Withdrawal(Secret::new(hash(&v["body"]))),
        };
        let written = file.to_bytes();
        assert_eq!(hex::encode(Sha256::digest(written)), text(&v["sha256"]), "{v}");
        assert_eq!(SmallFile::parse(&written).unwrap().to_bytes(), written);
    }
    for v in list(&all["negative"]) {
        let mut file = bytes(&v["starts"]);
        file.resize(usize::try_from(v["length"].as_u64().unwrap()).unwrap(), 0);
        assert_eq!(SmallFile::parse(&file).unwrap_err().code(), text(&v["code"]), "{v}");
    }
}

proptest::proptest! {
    /// One meaning, one byte string.
    #[test]
    fn a_small_file_that_is_read_is_written_the_same(at in 0usize..64, byte: u8) {
        let mut file = SmallFile::Status(Locator::from_bytes([7; 32])).to_bytes();
        file[at] = byte;
        if let Ok(read) = SmallFile::parse(&file) {
            proptest::prop_assert_eq!(read.to_bytes(), file);
        }
    }

    #[test]
    fn a_letter_that_is_read_is_written_the_same(at in 0usize..64, byte: u8) {
        let mut plain = Letter::new(Secret::new([7; 32]), "I am safe.").unwrap().to_plain().unwrap();
        plain[at] = byte;
        if let Ok(read) = Letter::from_plain(&plain) {
            proptest::prop_assert_eq!(&*read.to_plain().unwrap(), &*plain);
        }
    }
}

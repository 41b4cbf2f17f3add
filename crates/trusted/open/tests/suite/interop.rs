//! Age implementations that are not ours, both ways: typage (npm, needs node) and the `age` crate.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use age_core::format::{FileKey as AgeFileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeS, Serializable};

use crate::common::{LIMITS, choices, clip, keys, sealed};
use hamseda_core::Coded;
use hamseda_open::{DeskKey, open};
use hamseda_seal::{Code, Receipt, Recipient, ShapeCheck, ShapeError, handle, w_commitment};

/// The script and its folder's `node_modules`; `None`, with the reason printed, where they are not installed.
#[expect(clippy::print_stdout, reason = "whoever reads the test's output must see that it was skipped")]
fn script() -> Option<PathBuf> {
    let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../e2e");
    if !e2e.join("node_modules/age-encryption").exists() {
        println!("skipped: e2e/node_modules/age-encryption is not installed (npm ci in e2e)");
        return None;
    }
    Some(e2e.join("interop/seal.mjs"))
}

#[expect(clippy::disallowed_methods, reason = "a test may start the foreign implementation it compares with")]
fn node(script: &Path, args: &[&std::ffi::OsStr]) -> serde_json::Value {
    let output = Command::new("node").arg(script).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn typage_opens_what_we_seal() {
    let Some(script) = script() else { return };
    let keys = keys();
    let dir = tempfile::tempdir().unwrap();
    // One chunk, the edge of a class, and a clip that ends in zeros.
    for (i, len) in [1, 1024 * 1024 - 8 - 16 * 1024, 1_500_000].into_iter().enumerate() {
        let mut clip = clip("clip", len);
        clip[len / 2..].fill(0);
        let sealed = sealed(&clip, &keys.set, "interop");
        let [file, out] = ["sealed", "clip"].map(|name| dir.path().join(name));
        std::fs::write(&file, &sealed.out).unwrap();
        // Each desk key in its turn.
        let identity = keys.desk[i % 2].to_text().unwrap();
        let record = node(&script, &["open".as_ref(), identity.expose().as_ref(), file.as_ref(), out.as_ref()]);
        assert!(std::fs::read(&out).unwrap() == clip);
        assert_eq!(record["1"], len);
        assert_eq!(record["2"], hex::encode(sealed.tag));
        assert_eq!((&record["5"], &record["6"], &record["8"]), (&1.into(), &1.into(), &7.into()));
        assert_eq!((record["7"].as_str(), record["9"].as_str()), (Some("fa"), Some("miravan")));
        assert_eq!(record["10"].as_str(), choices().pseudonym.as_deref());
    }
}

#[test]
fn we_open_what_typage_seals() {
    let Some(script) = script() else { return };
    let keys = keys();
    let dir = tempfile::tempdir().unwrap();
    let [set, file, out] = ["keyset.json", "clip", "sealed"].map(|name| dir.path().join(name));
    std::fs::write(&set, keys.set.to_json()).unwrap();
    for len in [1, 1024 * 1024 - 8 - 16 * 1024, 1_500_000] {
        let clip = clip("clip", len);
        std::fs::write(&file, &clip).unwrap();
        let made = node(&script, &["seal".as_ref(), set.as_ref(), file.as_ref(), out.as_ref()]);
        let bytes = std::fs::read(&out).unwrap();
        let mut shape = ShapeCheck::new(2, bytes.len() as u64, &LIMITS).unwrap();
        shape.feed(&bytes).unwrap();
        for key in &keys.desk {
            let opened = open(&bytes[..], std::slice::from_ref(key), &LIMITS).unwrap();
            assert!(*opened.clip.expose() == clip);
            assert_eq!(made["tag"], hex::encode(opened.record.tag));
            assert_eq!(opened.record.choices, choices());
        }
    }
}

/// The sending page's own code, run by node; `None`, with the reason printed, where it can't be.
#[expect(clippy::print_stdout, reason = "whoever reads the test's output must see that it was skipped")]
fn page() -> Option<PathBuf> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web");
    if !web.join("node_modules/@noble/post-quantum").exists() {
        println!("skipped: web/node_modules is not installed (npm ci in web)");
        return None;
    }
    Some(web.join("capture/lib/interop.mjs"))
}

#[test]
fn we_open_what_the_page_seals() {
    let Some(script) = page() else { return };
    let keys = keys();
    let dir = tempfile::tempdir().unwrap();
    let [set, file, out] = ["keyset.json", "clip", "sealed"].map(|name| dir.path().join(name));
    std::fs::write(&set, keys.set.to_json()).unwrap();
    for len in [1, 1024 * 1024 - 8 - 16 * 1024, 1_500_000] {
        let clip = clip("clip", len);
        std::fs::write(&file, &clip).unwrap();
        let made = node(&script, &[set.as_ref(), file.as_ref(), out.as_ref()]);
        let bytes = std::fs::read(&out).unwrap();
        let mut shape = ShapeCheck::new(2, bytes.len() as u64, &LIMITS).unwrap();
        shape.feed(&bytes).unwrap();
        let code = Code::parse(made["code"].as_str().unwrap()).unwrap().keys(&keys.set.terms().origin);
        for key in &keys.desk {
            let opened = open(&bytes[..], std::slice::from_ref(key), &LIMITS).unwrap();
            assert!(*opened.clip.expose() == clip);
            assert_eq!(opened.record.choices, choices());
            assert_eq!(made["tag"], hex::encode(opened.record.tag));
            assert_eq!(made["receipt"], Receipt::of(&opened.record.tag).to_string());
            assert_eq!(opened.record.reply_key.as_ref().map(|key| *key.expose()), Some(*code.reply_key.expose()));
            assert_eq!(opened.record.w_commitment, w_commitment(&code.withdrawal));
            assert_eq!(made["handle"], handle(&code.withdrawal).to_string());
        }
    }
}

#[test]
fn a_foreign_verifier_accepts_our_key_set() {
    let Some(script) = script() else { return };
    let set = &keys().set;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keyset.json");
    std::fs::write(&file, set.to_json()).unwrap();
    let checked = node(&script, &["keyset".as_ref(), file.as_ref()]);
    assert_eq!(checked["hash"], hex::encode(set.hash()));
}

/// A desk key as the `age` crate asks for it.
pub(crate) struct Identity(pub(crate) DeskKey);

impl age::Identity for Identity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<AgeFileKey, age::DecryptError>> {
        if stanza.tag != "mlkem768x25519" {
            return None;
        }
        let file_key = crate::common::unwrap(&stanza.args[0], &STANDARD_NO_PAD.encode(&stanza.body), &self.0)?;
        Some(Ok(AgeFileKey::new(Box::new(*file_key.expose()))))
    }
}

/// A recipient as the `age` crate asks for it.
struct ToKey(Recipient);

impl age::Recipient for ToKey {
    fn wrap_file_key(&self, key: &AgeFileKey) -> Result<(Vec<Stanza>, HashSet<String>), age::EncryptError> {
        let public = <XWing as Kem>::PublicKey::from_bytes(&self.0.to_bytes()).unwrap();
        let info = b"age-encryption.org/mlkem768x25519";
        let (encapped, body) = hpke::single_shot_seal::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, XWing>(
            &OpModeS::Base,
            &public,
            info,
            key.expose_secret(),
            b"",
        )
        .unwrap();
        let args = vec![STANDARD_NO_PAD.encode(encapped.to_bytes())];
        Ok((vec![Stanza { tag: "mlkem768x25519".into(), args, body }], HashSet::new()))
    }
}

#[test]
fn the_age_crate_opens_what_we_seal() {
    let keys = keys();
    let clip = clip("clip", 70_000);
    let sealed = sealed(&clip, &keys.set, "interop").out;
    for key in &keys.desk {
        let identity = Identity(key.clone());
        let decryptor = age::Decryptor::new_buffered(&sealed[..]).unwrap();
        let mut plain = Vec::new();
        decryptor.decrypt(std::iter::once(&identity as _)).unwrap().read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len(), 1024 * 1024);
        assert!(plain[8..8 + clip.len()] == clip);
    }
}

/// The `age` crate's grease would tell its files from a browser's: such a file is refused at the first grease byte.
#[test]
fn a_file_of_the_age_crate_is_refused_for_its_grease() {
    let keys = keys();
    let recipients: Vec<_> = keys.set.recipients().iter().cloned().map(ToKey).collect();
    let encryptor = age::Encryptor::with_recipients(recipients.iter().map(|to| to as _)).unwrap();
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).unwrap();
    writer.write_all(b"hello\n").unwrap();
    writer.finish().unwrap();
    assert_eq!(hamseda_seal::check_header(2, &file), Err(ShapeError::ExtraStanza));
    assert_eq!(open(&file[..], &keys.desk, &LIMITS).unwrap_err().code(), "shape-foreign-stanza");
}

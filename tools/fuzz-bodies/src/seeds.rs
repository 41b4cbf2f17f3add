//! Where fuzzing starts: good inputs and the vectors' bad ones.

use std::path::Path;

use base64::Engine as _;
use hamseda_core::Secret;
use hamseda_core::{Handle, SealedHash};
use hamseda_seal::bundle::{BundleWriter, EntryHead, EntryKind};
use hamseda_seal::format::header_len;
use hamseda_seal::parts::PartHeader;
use hamseda_seal::{Letter, SmallFile};

use crate::sealed::base;

/// Seeds of a target.
#[must_use]
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "framing" => vec![vec![], vec![0, 0, 9], vec![1, 0, 40], vec![2, 0, 6], vec![3, 0, 1], vec![4, 0, 3], vec![5, 1, 2]],
        "header" => headers(),
        "fingerprint" => crate::fingerprint::seeds(),
        "layout" | "record" => records(target),
        "keyset" => vec![file("seal/keyset.json")],
        "small" => vec![
            SmallFile::Status(hamseda_core::Locator::from_bytes([3; 32])).to_bytes().to_vec(),
            b"hamsedaW".to_vec(),
        ],
        "letter" => Letter::new(Secret::new([5; 32]), "yes, I can").ok().and_then(|l| l.to_plain().ok()).map(|p| p.to_vec()).into_iter().collect(),
        "token" => tokens(),
        "parts" => PartHeader::cut(1_053_872, 70_000, Handle::from_bytes([9; 32]), SealedHash::from_bytes([1; 32]))
            .map(|all| all.map(|header| header.to_bytes().to_vec()).collect())
            .unwrap_or_default(),
        "form" => vec![
            b"\x01--x-boundary\r\nContent-Disposition: form-data; name=\"parts\"; filename=\"a\"\r\n\r\nhamsedap\r\n--x-boundary--\r\n".to_vec(),
            b"\x07--x-boundary\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n--x-boundary\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\nContent-Type: video/mp4\r\n\r\n\r\n--x-boundar\r\n--x-boundary--".to_vec(),
        ],
        "bundle" => bundles(),
        "written" => written(),
        "tus" => requests(),
        "sniff" => clips(),
        "probe" => answers(),
        "report" => vec![
            br#"{"what":"bpf","outcome":{"refused":38}}"#.to_vec(),
            b"test x ... \n{\"what\":\"its own environment\",\"outcome\":{\"nothing\":\"empty\"}}\n{\"what\":\"fork\",\"outcome\":{\"through\":\"\\u001b[2J\xe2\x80\x8f\"}}".to_vec(),
        ],
        _ => Vec::new(),
    }
}

/// A file of `vectors/`.
fn file(path: &str) -> Vec<u8> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    std::fs::read(vectors.join(path)).expect("a vector that is part of the repository")
}

fn json(path: &str) -> serde_json::Value {
    serde_json::from_slice(&file(path)).expect("vectors are JSON")
}

fn headers() -> Vec<Vec<u8>> {
    let good = base().sealed[..header_len(base().recipients) + 16].to_vec();
    let others = ["typage.head", "armoured.age", "grease.age", "passphrase.age", "x25519-only.age", "raw-video.mp4"];
    let others = others.iter().map(|name| file(&format!("seal/{name}")));
    std::iter::once(good).chain(others.map(|bytes| bytes[..bytes.len().min(8_192)].to_vec())).collect()
}

fn records(target: &str) -> Vec<Vec<u8>> {
    let front: &[u8] = if target == "layout" { &[0] } else { &[] };
    let texts = json("seal/positive.json");
    let hexes = texts.as_array().into_iter().flatten().filter_map(|v| v["record"].as_str());
    hexes.filter_map(unhex).map(|record| [front, &record].concat()).chain([[front, &[0xa0]].concat()]).collect()
}

fn tokens() -> Vec<Vec<u8>> {
    let all = json("invite/tokens.json");
    let mut found = Vec::new();
    texts(&all, &mut found);
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    found.iter().filter_map(|text| engine.decode(text).ok().or_else(|| unhex(text))).filter(|b| b.len() > 300).collect()
}

fn bundles() -> Vec<Vec<u8>> {
    let entry = |bytes: &[u8], kind| {
        let sha256 = sha256(bytes);
        EntryHead { kind, length: bytes.len() as u64, handle: Handle::from_bytes([4; 32]), sha256 }
    };
    let small = SmallFile::Status(hamseda_core::Locator::from_bytes([3; 32])).to_bytes();
    let bundle = |entries: &[(EntryKind, &[u8])]| {
        let mut writer = BundleWriter::new(Vec::new()).ok()?;
        for (kind, bytes) in entries {
            writer.add(&entry(bytes, *kind), *bytes).ok()?;
        }
        writer.finish().ok()
    };
    [bundle(&[]), bundle(&[(EntryKind::Small, &small), (EntryKind::Part, b"hamsedap"), (EntryKind::Sealed, b"")])]
        .into_iter()
        .flatten()
        .collect()
}

fn written() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    texts(&json("codes/parse.json"), &mut found);
    found.into_iter().map(String::into_bytes).collect()
}

fn requests() -> Vec<Vec<u8>> {
    let length = base().sealed.len();
    let patch = |more: &str| format!("\x11Content-Type: application/offset+octet-stream\r\n{more}").into_bytes();
    vec![
        format!("\0Upload-Length: {length}").into_bytes(),
        format!("\0Upload-Length: {length}\r\nUpload-Metadata: filename bmFtZQ==,is_confidential\r\nHamseda-Handle: AAAA").into_bytes(),
        format!("\0Upload-Length: {length}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 9\r\n\r\nage-encry").into_bytes(),
        b"\0Upload-Defer-Length: 1".to_vec(),
        b"\0Upload-Length: -1".to_vec(),
        b"\0Upload-Length: 99999999999999999999999".to_vec(),
        b"\0Upload-Concat: partial".to_vec(),
        patch("Upload-Offset: 0\r\nContent-Length: 3\r\n\r\nage"),
        patch("Upload-Offset: 18446744073709551615\r\nContent-Length: 1\r\n\r\na"),
        patch("Upload-Offset: 0\r\nUpload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=\r\nContent-Length: 3\r\n\r\nabc"),
        patch("Upload-Offset: 0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nage\r\n0\r\n"),
        b"\x12".to_vec(),
        b"\x14Origin: null".to_vec(),
        [b"\0X: ".to_vec(), vec![b'a'; 100_000]].concat(),
    ]
}

/// First bytes of every kind that is taken, and of some that are not.
fn clips() -> Vec<Vec<u8>> {
    let heads: [&[u8]; 16] = [
        b"\0\0\0\x14ftypqt  \0\0\0\0qt  \0\0\0\x08free\0\0\0\x08moov",
        b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x18\0\0\0\0\0\0\0\0\0\0\0\x08moov",
        b"\0\0\0\x10ftypheic\0\0\0\0",
        b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23matroska",
        b"OggS\0\x02",
        b"fLaC\0\0\0\x22",
        b"ID3\x04\0\0\0\0\0\0",
        b"\xff\xfb\x90\xc0",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"RIFF\x24\0\0\0AVI LIST",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"G@\0\x10",
    ];
    heads.map(<[u8]>::to_vec).into()
}

/// What ffprobe says of a phone's clip, of one that lies, and of none.
fn answers() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"streams":[{"index":0,"codec_name":"h264","codec_type":"video","width":1920,"height":1080,"sample_aspect_ratio":"1:1","color_range":"tv","color_space":"bt709","avg_frame_rate":"30000/1001","start_time":"0.000000","duration":"12.345000","nb_frames":"370","disposition":{"attached_pic":0},"side_data_list":[{"displaymatrix":"\n00000000:            0       65536           0\n00000001:      -65536           0           0\n00000002:           0           0  1073741824\n"}]},{"index":1,"codec_name":"aac","codec_type":"audio","sample_rate":"44100","channels":1,"duration":"12.300000","disposition":{"attached_pic":0}}],"format":{"start_time":"0.000000","duration":"12.345000"}}"#,
        r#"{"streams":[{"index":4294967295,"codec_name":"h264","codec_type":"video","width":4096,"height":1,"sample_aspect_ratio":"4294967295:1","avg_frame_rate":"0/0","duration":"N/A","nb_frames":"18446744073709551615"}],"format":{"duration":"-99.999"}}"#,
        r#"{"streams":[],"format":{}}"#,
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

/// Every text in a JSON value.
fn texts(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

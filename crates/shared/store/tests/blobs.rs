//! Blobs: whole or not at all.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;

use futures_util::stream;
use hamseda_core::{Clock, SystemClock, UnixSeconds};
use hamseda_store::{Blobs, Bytes, StoreError};
use proptest::prelude::*;

fn open() -> (tempfile::TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&format!("file:{}", folder.path().join("blobs").display())).unwrap();
    (folder, blobs)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

fn name(sha256: &[u8; 32]) -> String {
    format!("sealed/{:02x}/{}", sha256[0], hex::encode(sha256))
}

#[test]
fn a_blob_is_replaced_listed_and_deleted() {
    let (_folder, blobs) = open();
    block_on(async {
        blobs.put("a/1", Bytes::from_static(b"one")).await.unwrap();
        blobs.put("a/1", Bytes::from_static(b"two!")).await.unwrap();
        blobs.put("b/1", Bytes::new()).await.unwrap();
        assert_eq!(blobs.get("a/1").await.unwrap(), "two!");
        assert_eq!(blobs.get_range("a/1", 1..3).await.unwrap(), "wo");
        assert_eq!(blobs.size("b/1").await.unwrap(), Some(0));
        let listed = blobs.list("a").await.unwrap();
        assert_eq!((listed[0].key.as_str(), listed[0].bytes, listed.len()), ("a/1", 4, 1));
        blobs.delete("a/1").await.unwrap();
        blobs.delete("a/1").await.unwrap();
        assert_eq!(blobs.size("a/1").await.unwrap(), None);
        assert!(matches!(blobs.get("a/1").await, Err(StoreError::NoBlob { key }) if key == "a/1"));
    });
}

#[test]
fn a_key_stays_inside_the_store() {
    let (folder, blobs) = open();
    for key in ["../x", "a/../../x", "/etc/passwd", "a//b"] {
        let _ = block_on(blobs.put(key, Bytes::from_static(b"x")));
    }
    let outside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(outside, ["blobs"]);
}

#[test]
fn a_stream_that_breaks_leaves_nothing() {
    let (_folder, blobs) = open();
    block_on(async {
        let broken = [Ok(Bytes::from_static(b"half")), Err(io::Error::other("cut"))];
        let result = blobs.put_stream(stream::iter(broken), name).await;
        assert!(matches!(result, Err(StoreError::Input(_))));
        assert_eq!(blobs.list("sealed").await.unwrap(), []);
        assert_eq!(blobs.list("incoming").await.unwrap(), []);
    });
}

#[test]
fn what_a_dead_process_left_is_swept_after_two_days() {
    let (folder, blobs) = open();
    let incoming = folder.path().join("blobs/incoming");
    block_on(blobs.put_stream(stream::iter([Ok(Bytes::from_static(b"whole"))]), name)).unwrap();
    std::fs::write(incoming.join("x#1"), b"half").unwrap();
    let now = SystemClock.now();
    for (days, left) in [(0, 1), (1, 1), (3, 0)] {
        block_on(blobs.sweep_unfinished(UnixSeconds(now.0 + days * 86_400))).unwrap();
        assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), left, "after {days} days");
    }
    assert_eq!(block_on(blobs.list("sealed")).unwrap().len(), 1);
}

#[test]
fn an_unknown_address_is_refused() {
    assert!(matches!(Blobs::open("ftp://x"), Err(StoreError::Address { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_stream_is_stored_under_its_hash(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70_000), 0..6)) {
        use sha2::Digest;
        let (_folder, blobs) = open();
        let whole = chunks.concat();
        let sha256: [u8; 32] = sha2::Sha256::digest(&whole).into();
        let input = stream::iter(chunks.into_iter().map(|chunk| Ok(Bytes::from(chunk))));
        block_on(async {
            let written = blobs.put_stream(input, name).await.unwrap();
            assert_eq!((written.sha256, written.bytes), (sha256, whole.len() as u64));
            assert_eq!(blobs.get(&written.key).await.unwrap(), whole);
            assert_eq!(blobs.list("incoming").await.unwrap(), []);
        });
    }
}

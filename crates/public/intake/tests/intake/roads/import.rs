//! A stick is handed over while the intake serves.

use hamseda_core::{Coded as _, Handle, Secret};
use hamseda_intake::{Import, Imported};
use hamseda_seal::SmallFile;
use hamseda_seal::bundle::{BundleWriter, EntryHead, EntryKind};
use sha2::{Digest as _, Sha256};

use super::{SECRET, arrived, desk, parts, post_form};
use crate::support::{Site, fresh_sealed, run, sealed};

async fn import(site: &Site, files: &[&[u8]]) -> Imported {
    let mut import = Import::new(site.config().await);
    for file in files {
        import.file(*file).await.unwrap();
    }
    import.finish().await.unwrap()
}

fn codes(imported: &Imported) -> Vec<&'static str> {
    imported.refused.iter().map(|refused| refused.code()).collect()
}

pub(super) fn bundle(entries: &[(EntryKind, &[u8])]) -> Vec<u8> {
    let mut writer = BundleWriter::new(Vec::new()).unwrap();
    for (kind, bytes) in entries {
        let (handle, sha256) = (Handle::from_bytes([3; 32]), Sha256::digest(bytes).into());
        let head = EntryHead { kind: *kind, length: bytes.len() as u64, handle, sha256 };
        writer.add(&head, *bytes).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn a_stick_brings_everything_once() {
    run(async |fresh| {
        let site = Site::on(&fresh);
        let server = site.start().await;
        let (whole, cut, half, sent) = (fresh_sealed(), fresh_sealed(), fresh_sealed(), fresh_sealed());
        // One came by line before; of another a part came by form.
        let path = server.create(sent.len()).await;
        server.patch(&path, 0, &sent).await;
        let (cut_parts, half_parts) = (parts(&cut), parts(&half));
        post_form(&server, "/en/parts", &[&cut_parts[2]]).await;
        let bundle =
            bundle(&[(EntryKind::Part, &cut_parts[0]), (EntryKind::Sealed, &sent), (EntryKind::Part, &half_parts[1])]);
        let stick: [&[u8]; 4] =
            [&whole, &bundle, &cut_parts[1], include_bytes!("../../../../../../vectors/seal/raw-video.mp4")];
        let first = import(&site, &stick).await;
        assert_eq!((first.new.len(), first.known.len(), codes(&first)), (2, 1, vec!["import-foreign"]));
        let [incomplete] = &first.incomplete[..] else { panic!("{:?}", first.incomplete) };
        assert_eq!((incomplete.parts, &incomplete.missing[..]), (3, &[1, 3][..]));
        let again = import(&site, &stick).await;
        assert_eq!((again.new.len(), again.known.len(), again.incomplete.len()), (0, 3, 1));
        let mut found = arrived(&server).await;
        let mut expected = vec![whole, cut, sent];
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    });
}

#[test]
fn a_stick_brings_withdrawals_and_letters_but_no_questions() {
    run(async |fresh| {
        let site = Site::on(&fresh);
        let server = site.start().await;
        post_form(&server, "/en/parts", &[&parts(&sealed())[0]]).await;
        let withdrawal = SmallFile::Withdrawal(Secret::new(SECRET)).to_bytes();
        let question = SmallFile::Status(hamseda_core::Locator::from_bytes([1; 32])).to_bytes();
        let keys = crate::support::keyset();
        let letter = hamseda_seal::Letter::new(Secret::new([5; 32]), "a letter").unwrap();
        let letter =
            letter.seal(keys.current(hamseda_core::Day(20_000)).unwrap(), &mut hamseda_core::OsRandom).unwrap();
        let imported = import(&site, &[&withdrawal, &question, &letter, &bundle(&[(EntryKind::Small, &letter)])]).await;
        assert_eq!((imported.withdrawals, imported.letters, codes(&imported)), (1, 2, vec!["import-question"]));
        assert_eq!(desk(&server).letters().await.unwrap().len(), 1);
        assert_eq!(desk(&server).withdrawals().await.unwrap().len(), 1);
        assert_eq!(super::blobs(&fresh).await, 0);
    });
}

#[test]
fn a_damaged_stick_gives_what_is_whole() {
    run(async |fresh| {
        let site = Site::on(&fresh);
        let (one, two, three) = (fresh_sealed(), fresh_sealed(), fresh_sealed());
        let whole = bundle(&[(EntryKind::Sealed, &one), (EntryKind::Sealed, &two), (EntryKind::Sealed, &three)]);
        let mut damaged = whole.clone();
        // In the ciphertext of the second: nothing but its sum tells.
        damaged[16 + 80 + one.len() + 80 + 900_000] ^= 1;
        let imported = import(&site, &[&damaged]).await;
        assert_eq!((imported.new.len(), codes(&imported)), (2, vec!["bundle-damaged", "bundle-damaged"]));
        let imported = import(&site, &[&whole[..whole.len() - 500_000]]).await;
        assert_eq!((imported.new.len(), imported.known.len(), codes(&imported)), (1, 1, vec!["bundle-cut"]));
        let imported = import(&site, &[&whole]).await;
        assert_eq!((imported.new.len(), imported.known.len(), codes(&imported)), (0, 3, vec![]));
    });
}

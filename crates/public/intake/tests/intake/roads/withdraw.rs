//! `POST /withdraw`: what is here goes, the desk gets the secret, and the answer is always the same.

use hamseda_core::{Coded as _, Secret};
use hamseda_seal::SmallFile;

use super::{SECRET, arrived, beside, blobs, desk, handle, parts, post_form, post_raw};
use crate::support::{Answer, Site, fresh_sealed, run, sealed};

fn said(answer: Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let headers = answer.headers.into_iter().filter(|(name, _)| name != "date").collect();
    (answer.status, headers, answer.body)
}

#[test]
fn a_message_that_is_taken_back_goes_and_the_desk_is_told() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let (kept, message) = (fresh_sealed(), sealed());
        let path = server.create(kept.len()).await;
        server.patch(&path, 0, &kept).await;
        // One that is whole, by tus; one under way, by tus; parts of a third.
        let name = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, handle().as_bytes());
        let length = message.len().to_string();
        let mut paths = Vec::new();
        for bytes in [&message[..], &message[..600_000]] {
            let create = [("Upload-Length", length.as_str()), ("Hamseda-Handle", &name)];
            let path = server.tus("POST", "/upload", &create, b"").await.header("location").to_owned();
            assert_eq!(server.patch(&path, 0, bytes).await.status, 204);
            paths.push(path);
        }
        let third = parts(&fresh_sealed());
        post_form(&server, "/en/parts", &[&third[0]]).await;

        let here = post_raw(&server, "/withdraw", &SECRET).await;
        let stranger = post_raw(&server, "/withdraw", &[9; 32]).await;
        let again = post_raw(&server, "/withdraw", &SECRET).await;
        assert_eq!(here.status, 200);
        let here = said(here);
        assert!(here == said(stranger) && here == said(again), "the answer tells whether there was anything");
        for path in &paths {
            assert_eq!(server.head(path).await.status, 404);
        }
        let gone = async {
            while blobs(&fresh).await != 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), gone).await.expect("bytes stayed on the disk");
        assert_eq!(arrived(&server).await, [kept]);

        let secrets = desk(&server).withdrawals().await.unwrap();
        let mut found: Vec<[u8; 32]> = secrets.iter().map(|secret| *secret.expose()).collect();
        found.sort_unstable();
        assert_eq!(found, [[9; 32], SECRET]);
        // A part that was late: it counts as taken, and is not there.
        let late = post_form(&server, "/en/parts", &[&third[1]]).await;
        assert_eq!(late.status, 200);
        assert_eq!(
            (blobs(&fresh).await, beside(&fresh).await.assemble_ready(hamseda_core::Day(0)).await.unwrap()),
            (1, 0)
        );
        desk(&server).withdrawals_done(&secrets).await.unwrap();
        assert!(desk(&server).withdrawals().await.unwrap().is_empty());
    });
}

#[test]
fn the_plain_form_and_the_client_take_back_too() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let file = |secret| SmallFile::Withdrawal(Secret::new(secret)).to_bytes();
        let parts = parts(&sealed());
        post_form(&server, "/en/parts", &[&parts[0]]).await;
        let here = post_form(&server, "/withdraw?lang=ar", &[&file(SECRET)]).await;
        let stranger = post_form(&server, "/withdraw?lang=ar", &[&file([9; 32])]).await;
        assert!(here.status == 200 && here.text().contains("<html lang=\"ar\""), "{}", here.text());
        assert_eq!(said(here), said(stranger));
        hamseda_road::ask::withdraw(&server.url(), None, &Secret::new([8; 32])).await.unwrap();
        assert_eq!(desk(&server).withdrawals().await.unwrap().len(), 3);
        let question = SmallFile::Status(hamseda_core::Locator::from_bytes([1; 32])).to_bytes();
        assert_eq!(post_form(&server, "/withdraw", &[&question]).await.status, 415);
        assert_eq!(post_raw(&server, "/withdraw", &[1; 31]).await.status, 400);
        let other = hamseda_road::pull::Client::new(&server.url(), "another-token", None).unwrap();
        assert_eq!(other.withdrawals().await.unwrap_err().code(), "road-token");
        assert_eq!(other.put_records(&[], true).await.unwrap_err().code(), "road-token");
        assert_eq!(other.letters().await.unwrap_err().code(), "road-token");
    });
}

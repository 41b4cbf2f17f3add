//! Only the desk gets content.

use futures_util::TryStreamExt as _;
use hamseda_core::Coded as _;
use hamseda_road::pull::Client;

use crate::support::{Site, TOKEN, fresh_sealed, request, run, sealed};

#[test]
fn nobody_else_gets_content() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let path = server.create(sealed().len()).await;
        server.patch(&path, 0, &sealed()).await;
        for method in ["GET", "POST", "PUT"] {
            let answer = server.tus(method, &path, &[], b"").await;
            assert_eq!(answer.status, 405, "{method}");
            assert!(answer.body.len() < 200, "{method} gave {} bytes", answer.body.len());
        }
        assert_eq!(request(server.address, "GET", &path, &[], b"").await.status, 405);
        let pull = path.replace("/upload/", "/pull/v1/");
        let wrong = format!("Bearer {TOKEN}x");
        let tokens = ["", "Bearer ", "Bearer a-token", &wrong, "Basic YS10b2tlbi1mb3ItdGVzdHM=", TOKEN];
        for token in tokens {
            for (method, path) in [("GET", "/pull/v1/list"), ("GET", pull.as_str()), ("POST", &format!("{pull}/done"))]
            {
                let answer = request(server.address, method, path, &[("Authorization", token)], b"").await;
                assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{token:?}");
            }
        }
        assert_eq!(server.content(&path).await, sealed());
    });
}

#[test]
fn the_desk_pulls_what_is_complete_and_then_it_is_gone() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let mut messages = vec![sealed(), fresh_sealed(), fresh_sealed()];
        for message in &messages {
            let path = server.create(message.len()).await;
            server.patch(&path, 0, message).await;
        }
        let unfinished = server.create(sealed().len()).await;
        server.patch(&unfinished, 0, &sealed()[..100]).await;

        let desk = Client::new(&server.url(), TOKEN, None).unwrap();
        let (mut after, mut pulled) = (None, 0);
        loop {
            let list = desk.list(after).await.unwrap();
            let Some(last) = list.last() else { break };
            after = Some(last.id);
            for waiting in list {
                assert_eq!(waiting.day.to_string(), "2026-03-08");
                let chunks: Vec<_> = desk.fetch(&waiting).await.unwrap().try_collect().await.unwrap();
                let bytes = chunks.concat();
                assert_eq!(bytes.len() as u64, waiting.bytes);
                let found = messages.iter().position(|message| *message == bytes).expect("a message as it was sent");
                messages.remove(found);
                desk.done(waiting.id).await.unwrap();
                desk.done(waiting.id).await.unwrap();
                assert_eq!(desk.fetch(&waiting).await.err().map(|e| e.code()), Some("road-refused"));
                pulled += 1;
            }
        }
        assert_eq!((pulled, messages.len()), (3, 0));
        assert_eq!(server.head(&unfinished).await.offset(), 100);
        assert_eq!(
            Client::new(&server.url(), "other", None).unwrap().list(None).await.unwrap_err().code(),
            "road-token"
        );
    });
}

//! `POST /{lang}/parts`.

use hamseda_seal::bundle::EntryKind;
use hamseda_store::testing::Fresh;

use super::import::bundle;
use super::{BOUNDARY, arrived, blobs, form, form_type, handle, parts, post_form};
use crate::support::{Answer, Line, Site, fresh_sealed, run, sealed};

const RAW: &[u8] = include_bytes!("../../../../../../vectors/seal/raw-video.mp4");

/// Numbers of parts that a page lists as missing.
fn missing(answer: &Answer) -> usize {
    let lists = answer.text().split("<ul class=\"missing\">").skip(1);
    lists.map(|list| list.split("</ul>").next().unwrap_or_default().matches("<li>").count()).sum()
}

fn done(answer: &Answer) -> usize {
    answer.text().matches("class=\"lead good\"").count()
}

#[test]
fn parts_come_in_any_order_and_those_that_are_missing_are_listed() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let parts = parts(&sealed());
        for (number, expected) in [(2, 2), (2, 2), (0, 1), (1, 0)] {
            let answer = post_form(&server, "/fa/parts", &[&parts[number]]).await;
            assert_eq!((answer.status, missing(&answer)), (200, expected), "{}", answer.text());
            assert_eq!(done(&answer), usize::from(expected == 0));
        }
        assert_eq!(arrived(&server).await, [sealed()]);
        // The last answer was lost on the way.
        let answer = post_form(&server, "/fa/parts", &[&parts[1]]).await;
        assert_eq!((answer.status, missing(&answer), done(&answer)), (200, 0, 1));
        assert_eq!(arrived(&server).await, [sealed()]);
    });
}

#[test]
fn a_form_takes_parts_of_several_messages_and_whole_ones() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let (one, two, three) = (fresh_sealed(), fresh_sealed(), fresh_sealed());
        let (a, b) = (parts(&one), parts(&two));
        let files: [&[u8]; 8] = [&a[1], &b[0], b"", &three, &b[2], &a[0], &b[1], &three];
        let answer = post_form(&server, "/en/parts", &files).await;
        assert_eq!((answer.status, missing(&answer), done(&answer)), (200, 1, 2), "{}", answer.text());
        post_form(&server, "/en/parts", &[&a[2]]).await;
        let mut expected = vec![one, two, three];
        let mut found = arrived(&server).await;
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    });
}

/// What was made for a stick is taken by the form as well; an entry that is damaged, or another bundle, costs nothing else.
#[test]
fn a_form_takes_a_bundle_entry_by_entry() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let (one, two) = (fresh_sealed(), fresh_sealed());
        let cut = parts(&one);
        let inner = bundle(&[(EntryKind::Sealed, &two)]);
        let entries = [
            (EntryKind::Part, &cut[1][..]),
            (EntryKind::Sealed, &inner),
            (EntryKind::Sealed, &two),
            (EntryKind::Part, &cut[0]),
        ];
        let mut whole = bundle(&entries);
        let answer = post_form(&server, "/en/parts", &[&whole, &cut[2]]).await;
        assert_eq!((answer.status, missing(&answer), done(&answer)), (422, 0, 2), "{}", answer.text());
        let (mut expected, mut found) = (vec![one, two], arrived(&server).await);
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        // Another message in a damaged bundle that is cut as well.
        let three = fresh_sealed();
        let parts = parts(&three);
        whole = bundle(&[(EntryKind::Part, &parts[0]), (EntryKind::Part, &parts[1]), (EntryKind::Part, &parts[2])]);
        whole[16 + 2 * 80 + parts[0].len() + 1_000] ^= 1;
        whole.truncate(whole.len() - 100);
        let answer = post_form(&server, "/en/parts", &[&whole]).await;
        assert_eq!((answer.status, missing(&answer), done(&answer)), (422, 2, 0), "{}", answer.text());
    });
}

/// The rest of the video is never asked for: the page comes while it is still at the sender's.
#[test]
fn raw_video_is_refused_after_its_first_bytes() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let parts = parts(&sealed());
        let video = [RAW, &vec![0x5a; 5_000_000]].concat();
        let body = form(&[&parts[0], &video, &parts[1]]);
        let length = body.len().to_string();
        let headers = [("Content-Type", &*form_type()), ("Content-Length", &*length)];
        let mut line = Line::open(server.address, "POST", "/ar/parts", &headers).await;
        line.send(&body[..parts[0].len() + 2_000]).await;
        let answer = line.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (415, "close"), "{}", answer.text());
        assert!(answer.text().contains("<html lang=\"ar\""));
        // What had come whole before it stays; of the video nothing does.
        assert_eq!(missing(&answer), 2);
        assert_eq!(blobs(&fresh).await, 1);
        for canary in [RAW, &[0x5a; 64], b"my own clip"] {
            assert!(!on_disk(&fresh, canary));
        }
    });
}

fn on_disk(fresh: &Fresh, needle: &[u8]) -> bool {
    fn search(folder: &std::path::Path, needle: &[u8]) -> bool {
        std::fs::read_dir(folder).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return search(&path, needle);
            }
            std::fs::read(&path).is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
        })
    }
    search(fresh.folder(), needle)
}

#[test]
fn what_is_damaged_or_foreign_is_passed_over_and_the_rest_is_taken() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let message = sealed();
        let parts = parts(&message);
        let mut header = parts[1].clone();
        header[20] ^= 1;
        let mut longer = parts[1].clone();
        longer.push(0);
        let mut stanza = message.to_vec();
        stanza[100] = b'!';
        let small = hamseda_seal::SmallFile::Status(hamseda_core::Locator::from_bytes([1; 32])).to_bytes();
        let bad: [&[u8]; 8] = [
            &header,
            &longer,
            &parts[1][..parts[1].len() - 1],
            &parts[1][..100],
            &stanza,
            &message[..message.len() - 1],
            include_bytes!("../../../../../../vectors/seal/x25519-only.age"),
            &small,
        ];
        for (at, file) in bad.into_iter().enumerate() {
            let answer = post_form(&server, "/en/parts", &[file, &parts[0]]).await;
            assert_eq!((answer.status, missing(&answer)), (422, 2), "{at}: {}", answer.text());
        }
        assert_eq!(blobs(&fresh).await, 1);
        // A part that lies: its file's other parts are here.
        let mut other = parts[0].clone();
        other[1_000] = b'!';
        let shape = post_form(&server, "/en/parts", &[&other]).await;
        assert_eq!(shape.status, 422, "the header of the sealed file was not looked at");
        let mut last = parts[2].clone();
        *last.last_mut().unwrap() ^= 1;
        post_form(&server, "/en/parts", &[&parts[1]]).await;
        let answer = post_form(&server, "/en/parts", &[&last]).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert_eq!((arrived(&server).await.len(), blobs(&fresh).await), (0, 0));
        let files: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        assert_eq!(done(&post_form(&server, "/en/parts", &files).await), 1);
    });
}

#[test]
fn a_form_that_is_cut_keeps_what_came_whole() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let parts = parts(&sealed());
        let body = form(&[&parts[2], &parts[0], &parts[1]]);
        let length = body.len().to_string();
        let headers = [("Content-Type", &*form_type()), ("Content-Length", &*length)];
        let mut line = Line::open(server.address, "POST", "/en/parts", &headers).await;
        line.send(&body[..body.len() - 10_000]).await;
        line.cut();
        let settled = async {
            while blobs(&fresh).await != 2 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), settled).await.expect("two parts were whole");
        let answer = post_form(&server, "/en/parts", &[&parts[1]]).await;
        assert_eq!((answer.status, done(&answer)), (200, 1));
        assert_eq!(arrived(&server).await, [sealed()]);
    });
}

#[test]
fn a_message_by_line_and_by_form_is_one() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let message = sealed();
        // By tus, under the same handle, but the answer never came.
        let length = message.len().to_string();
        let name = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, handle().as_bytes());
        let create = [("Upload-Length", length.as_str()), ("Hamseda-Handle", &name)];
        let path = server.tus("POST", "/upload", &create, b"").await.header("location").to_owned();
        assert_eq!(server.patch(&path, 0, &message).await.status, 204);
        let parts = parts(&message);
        let files: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        assert_eq!(done(&post_form(&server, "/en/parts", &files).await), 1);
        assert_eq!(done(&post_form(&server, "/en/parts", &[&message]).await), 1);
        assert_eq!(arrived(&server).await, [message]);
    });
}

#[test]
fn forms_that_are_none_are_refused() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        for kind in ["text/plain", "multipart/form-data", "multipart/form-data; boundary="] {
            let answer =
                crate::support::request(server.address, "POST", "/en/parts", &[("Content-Type", kind)], b"x").await;
            assert_eq!(answer.status, 400, "{kind}");
        }
        assert_eq!(post_form(&server, "/en/parts", &[]).await.status, 400);
        assert_eq!(post_form(&server, "/xx/parts", &[]).await.status, 404);
        let broken = format!("--{BOUNDARY}\r\nnonsense\r\n\r\n\r\n--{BOUNDARY}--");
        let headers = [("Content-Type", &*form_type())];
        let answer = crate::support::request(server.address, "POST", "/en/parts", &headers, broken.as_bytes()).await;
        assert_eq!(answer.status, 422);
    });
}

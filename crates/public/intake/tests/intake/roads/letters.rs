//! `POST /letter`: a sealed letter waits for the desk, once.

use hamseda_core::{Day, OsRandom, Secret};
use hamseda_seal::Letter;

use super::{desk, post_form, post_raw};
use crate::support::{Site, keyset, run, sealed};

fn letter(text: &str) -> Vec<u8> {
    let letter = Letter::new(Secret::new([5; 32]), text).unwrap();
    letter.seal(keyset().current(Day(20_000)).unwrap(), &mut OsRandom).unwrap()
}

#[test]
fn letters_come_by_every_road_and_the_desk_takes_them() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let letters = [letter("one"), letter("دو"), letter("ثلاثة")];
        assert_eq!(post_raw(&server, "/letter", &letters[0]).await.status, 200);
        let page = post_form(&server, "/letter?lang=fa", &[&letters[1]]).await;
        assert!(page.status == 200 && page.text().contains("<html lang=\"fa\""), "{}", page.text());
        // Twice, because the first answer was lost.
        for _ in 0..2 {
            hamseda_road::ask::letter(&server.url(), None, letters[2].clone()).await.unwrap();
        }
        let desk = desk(&server);
        let ids = desk.letters().await.unwrap();
        assert_eq!(ids.len(), 3);
        for id in &ids {
            assert!(letters.contains(&desk.letter(*id).await.unwrap()));
            desk.letter_done(*id).await.unwrap();
            desk.letter_done(*id).await.unwrap();
        }
        assert_eq!((desk.letters().await.unwrap(), desk.list(None).await.unwrap()), (vec![], vec![]));
    });
}

#[test]
fn what_is_no_letter_is_refused() {
    run(async |fresh| {
        let server = Site::on(&fresh).start().await;
        let whole = letter("x");
        let mut damaged = whole.clone();
        damaged[50] = b'!';
        for bytes in [&b""[..], &whole[1..], &whole[..whole.len() - 1], &damaged, &sealed()[..whole.len() - 1]] {
            assert_eq!(post_raw(&server, "/letter", bytes).await.status, 400);
            if !bytes.is_empty() {
                assert_eq!(post_form(&server, "/letter", &[bytes]).await.status, 415);
            }
        }
        assert_eq!(desk(&server).letters().await.unwrap(), []);
    });
}

//! Supporters and sessions.

use hamseda_core::{Lang, Local, SupporterId, UnixSeconds};
use hamseda_store::testing::Fresh;

use super::house::{House, NOW, artefact_id};
use crate::{Session, Supporter};

fn supporter(n: u8, position: i64) -> Supporter {
    let local: Local = serde_json::from_str(r#"{"fa":"نماینده","en":"Member of parliament"}"#).unwrap();
    Supporter {
        id: SupporterId::from_bytes([n; 16]),
        position,
        name: local.clone(),
        role: local.clone(),
        country: local.clone(),
        quote: local,
        lang: Lang::En,
        portrait: (n > 1).then(|| artefact_id(n, 1)),
        master: None,
        units: 4,
        sound: true,
    }
}

pub(super) async fn supporters_come_back_in_order(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let (one, two) = (supporter(1, 20), supporter(2, 10));
    vault.put_supporter(&one).await.unwrap();
    vault.put_supporter(&two).await.unwrap();
    assert_eq!(vault.supporters().await.unwrap(), [two.clone(), one.clone()]);
    let one = Supporter { position: 5, master: Some(artefact_id(1, 2)), ..one };
    vault.put_supporter(&one).await.unwrap();
    assert_eq!(vault.supporters().await.unwrap(), [one, two.clone()]);
    vault.remove_supporter(SupporterId::from_bytes([1; 16])).await.unwrap();
    vault.remove_supporter(SupporterId::from_bytes([1; 16])).await.unwrap();
    assert_eq!(vault.supporters().await.unwrap(), [two]);
}

pub(super) async fn a_session_ends(fresh: Fresh) {
    let house = House::open(fresh).await;
    let vault = &house.vault;
    let session = |token, seconds| Session {
        token_sha256: [token; 32],
        reviewer: "mina".into(),
        csrf: [3; 32],
        expires: UnixSeconds(NOW + seconds),
    };
    vault.put_session(&session(1, 60)).await.unwrap();
    vault.put_session(&session(2, 60)).await.unwrap();
    assert_eq!(vault.session([1; 32]).await.unwrap(), Some(session(1, 60)));
    assert_eq!(vault.session([9; 32]).await.unwrap(), None);
    vault.end_session([2; 32]).await.unwrap();
    assert_eq!(vault.session([2; 32]).await.unwrap(), None);
    vault.put_session(&session(1, 120)).await.unwrap();
    house.pass(119);
    assert!(vault.session([1; 32]).await.unwrap().is_some());
    house.pass(1);
    assert_eq!(vault.session([1; 32]).await.unwrap(), None);
}

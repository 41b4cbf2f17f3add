//! Artefacts: made once, never half.

use hamseda_store::testing::Fresh;
use hamseda_store::values;

use super::house::{House, MASTER, artefact_id, make, make_again};
use crate::{ArtefactKind, Made};

pub(super) async fn an_artefact_is_made_once(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = artefact_id(1, 1);
    assert_eq!(house.vault.artefact(id).await.unwrap(), None);
    make(&house.vault, id).await;
    make(&house.vault, id).await;
    make(&house.vault, artefact_id(2, 1)).await;
    let path = house.vault.artefact(id).await.unwrap().unwrap();
    assert!(path.ends_with(format!("01/{id}.master.mp4")), "{}", path.display());
    assert_eq!(house.vault.made(MASTER).await.unwrap(), Made { artefacts: 2, times: 2 });
    make_again(&house.vault, id).await;
    assert_eq!(house.vault.made(MASTER).await.unwrap(), Made { artefacts: 2, times: 3 });
    let other = ArtefactKind::new("poster", "jpg");
    assert_eq!(house.vault.made(other).await.unwrap(), Made::default());
}

pub(super) async fn two_workers_making_one_artefact_both_succeed(fresh: Fresh) {
    let house = House::open(fresh).await;
    let (a, b) = (house.another().await, house.another().await);
    for n in 0..6 {
        tokio::join!(make_again(&a, artefact_id(n, 1)), make_again(&b, artefact_id(n, 1)));
    }
    assert_eq!(house.vault.made(MASTER).await.unwrap(), Made { artefacts: 6, times: 12 });
}

pub(super) async fn an_artefact_without_a_row_is_taken_in(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = artefact_id(1, 1);
    make(&house.vault, id).await;
    let forget = |tx: hamseda_store::Tx| async move {
        tx.execute("DELETE FROM artefact_made WHERE id = $1", &values![id]).await?;
        tx.execute("DELETE FROM artefact WHERE id = $1", &values![id]).await
    };
    house.vault.db.run("crash between file and row", forget).await.unwrap();
    make(&house.vault, id).await;
    assert_eq!(house.vault.made(MASTER).await.unwrap(), Made { artefacts: 1, times: 1 });
}

pub(super) async fn an_artefact_whose_file_is_gone_is_made_again(fresh: Fresh) {
    let house = House::open(fresh).await;
    let id = artefact_id(1, 1);
    make(&house.vault, id).await;
    std::fs::remove_file(house.vault.artefact(id).await.unwrap().unwrap()).unwrap();
    assert_eq!(house.vault.artefact(id).await.unwrap(), None);
    make(&house.vault, id).await;
    assert_eq!(house.vault.made(MASTER).await.unwrap(), Made { artefacts: 1, times: 2 });
}

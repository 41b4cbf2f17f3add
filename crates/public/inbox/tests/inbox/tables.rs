//! The tables.

use hamseda_store::testing::{Fresh, schema};

use crate::{WIDE, open, raw};

/// Rule 1, for the tables: a new column has to be argued for here.
pub(crate) async fn rule_1_the_tables_have_no_room_for_who_or_when(fresh: Fresh) {
    drop(open(&fresh, WIDE).await);
    let columns = schema(&raw(&fresh).await).await;
    assert_eq!(
        columns,
        [
            "arrived.day",
            "arrived.sealed",
            "arrived.upload",
            "decoy.generation",
            "decoy.one",
            "decoy.secret",
            "doomed.blob_key",
            "finished.day",
            "finished.id",
            "finished.length",
            "letter.day",
            "letter.id",
            "letter.sealed",
            "loose_part.blob_key",
            "loose_part.length",
            "loose_part.number",
            "loose_part.packed",
            "loose_part.sealed",
            "loose_part.sha256",
            "loose_set.day",
            "loose_set.handle",
            "loose_set.lane",
            "loose_set.parts",
            "loose_set.received",
            "loose_set.sealed",
            "loose_set.stride",
            "loose_set.token?",
            "loose_set.total",
            "part.blob_key",
            "part.length",
            "part.start",
            "part.upload",
            "record.generation",
            "record.locator",
            "record.record",
            "spent.token",
            "step.name",
            "step.position",
            "step.sql",
            "upload.day",
            "upload.generation",
            "upload.handle",
            "upload.id",
            "upload.lane",
            "upload.length",
            "upload.packed",
            "upload.received",
            "upload.token?",
            "withdrawal.day",
            "withdrawal.handle",
            "withdrawal.secret",
        ]
    );
}

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
            "doomed.blob_key",
            "part.blob_key",
            "part.length",
            "part.start",
            "part.upload",
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
        ]
    );
}

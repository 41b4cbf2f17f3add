//! What the inbox promises, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod lanes;
mod model;
mod nights;
mod tables;
mod verbs;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use hamseda_core::{Coded as _, Day, Handle, OsRandom, Random, UploadId};
use hamseda_inbox::{Admission, Budget, Inbox, InboxError, Quota};
use hamseda_store::testing::Fresh;
use hamseda_store::{Blobs, Db};

pub(crate) const TODAY: Day = Day(20_000);
pub(crate) const WIDE: Quota = quota(1_000, 1 << 30);
pub(crate) const NOBODY: Admission = Admission::ordinary(Handle::from_bytes([7; 32]));

/// The same budget for both lanes.
pub(crate) const fn quota(open_uploads: u64, bytes: u64) -> Quota {
    let budget = Budget { open_uploads, bytes };
    Quota { ordinary: budget, invited: budget }
}

pub(crate) async fn open(fresh: &Fresh, quota: Quota) -> Inbox {
    Inbox::open(fresh.url(), &fresh.blobs_url(), quota).await.unwrap()
}

pub(crate) fn new_id() -> UploadId {
    UploadId::random(&mut OsRandom)
}

pub(crate) fn noise(length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    OsRandom.fill(&mut bytes);
    bytes.into()
}

/// Makes an upload and fills it with `parts`.
pub(crate) async fn filled(inbox: &Inbox, length: u64, parts: &[Bytes]) -> UploadId {
    let id = new_id();
    inbox.create(id, length, TODAY, &NOBODY).await.unwrap();
    let mut claim = inbox.claim(id, 0).await.unwrap();
    for part in parts {
        inbox.append(&mut claim, part.clone()).await.unwrap();
    }
    id
}

pub(crate) async fn content(inbox: &Inbox, id: UploadId) -> Result<Vec<u8>, InboxError> {
    let (_, stream) = inbox.read(id).await?;
    let chunks: Vec<Bytes> = stream.try_collect().await?;
    Ok(chunks.concat())
}

pub(crate) async fn blobs(fresh: &Fresh) -> usize {
    Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap().len()
}

pub(crate) fn code<T>(result: Result<T, InboxError>) -> &'static str {
    result.err().map_or("ok", |e| e.code())
}

/// The same database without the inbox's verbs.
pub(crate) async fn raw(fresh: &Fresh) -> Db {
    fresh.connect(&hamseda_inbox::MIGRATIONS).await
}

hamseda_store::conformance!(
    verbs { parts_come_back_in_order, what_was_appended_is_there_after_a_restart, a_newer_claim_takes_over, claims_that_race_never_mix, offsets_and_lengths_are_checked, a_full_inbox_says_so_and_goes_on_later, an_upload_in_crumbs_is_refused, what_is_unfinished_expires_and_what_is_complete_stays, the_desk_lists_in_pages_and_takes_away, the_desk_can_not_take_what_is_unfinished_but_its_sender_can, what_the_desk_took_stands_at_its_end_for_three_days, a_finished_upload_is_kept_as_a_hash_and_a_length, a_removal_cut_short_is_finished_at_the_next_start, a_blob_without_a_row_is_swept_at_the_second_look }
    lanes {
        a_token_opens_the_invited_lane_once, a_flooded_quarantine_leaves_the_invited_alone,
        crumbs_cost_a_lane_more_than_they_carry, figures_survive_a_restart,
    }
    nights {
        what_came_by_day_is_written_anew, what_is_added_to_meanwhile_stays_whole,
        a_part_that_takes_days_is_not_swept, what_was_removed_leaves_the_write_ahead_log,
    }
    model { the_inbox_does_what_a_list_of_bytes_does }
    tables { rule_1_the_tables_have_no_room_for_who_or_when }
);

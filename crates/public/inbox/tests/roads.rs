//! What comes without a line: parts, whole files, withdrawals, letters, records; on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use hamseda_core::{Coded as _, Day, Handle, Locator, OsRandom, Random, SealedHash, TokenId, UploadId};
use hamseda_inbox::{
    Admission, Arrival, Budget, Cut, Gathered, Inbox, InboxError, Lane, PartKept, Quota, RECORD_LEN, Replacing,
};
use hamseda_store::Blobs;
use hamseda_store::testing::Fresh;
use sha2::{Digest as _, Sha256};

const TODAY: Day = Day(20_000);

const fn quota(bytes: u64) -> Quota {
    let budget = Budget { open_uploads: 100, bytes };
    Quota { ordinary: budget, invited: budget }
}

async fn open(fresh: &Fresh) -> Inbox {
    Inbox::open(fresh.url(), &fresh.blobs_url(), quota(1 << 30)).await.unwrap()
}

async fn blobs(fresh: &Fresh) -> usize {
    Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap().len()
}

fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    OsRandom.fill(&mut bytes);
    bytes
}

fn code<T>(result: Result<T, InboxError>) -> &'static str {
    result.err().map_or("ok", |e| e.code())
}

/// A file that was cut.
struct File {
    bytes: Vec<u8>,
    cut: Cut,
    handle: Handle,
}

impl File {
    fn new(length: usize, stride: usize) -> Self {
        let bytes = noise(length);
        let parts = u16::try_from(length.div_ceil(stride)).unwrap();
        let sealed = SealedHash::from_bytes(Sha256::digest(&bytes).into());
        let cut = Cut { sealed, total: length as u64, parts, stride: u32::try_from(stride).unwrap() };
        Self { bytes, cut, handle: Handle::from_bytes(noise(32).try_into().unwrap()) }
    }

    fn payload(&self, number: u16) -> &[u8] {
        let at = usize::try_from(self.cut.offset(number)).unwrap();
        &self.bytes[at..at + usize::try_from(self.cut.payload_len(number)).unwrap()]
    }

    async fn part(&self, inbox: &Inbox, number: u16) -> Result<PartKept, InboxError> {
        let payload = self.payload(number).to_vec();
        bring(inbox, &self.cut, number, &payload, &Admission::ordinary(self.handle)).await
    }

    async fn whole(&self, inbox: &Inbox) -> Result<Arrival, InboxError> {
        let mut file = inbox.incoming(Lane::Ordinary, TODAY);
        file.write(Bytes::copy_from_slice(&self.bytes)).await?;
        inbox.keep_whole(file, &Admission::ordinary(self.handle), TODAY).await
    }

    /// The file by tus, whole.
    async fn by_tus(&self, inbox: &Inbox) -> UploadId {
        let id = UploadId::random(&mut OsRandom);
        inbox.create(id, self.cut.total, TODAY, &Admission::ordinary(self.handle)).await.unwrap();
        let mut claim = inbox.claim(id, 0).await.unwrap();
        inbox.append(&mut claim, Bytes::copy_from_slice(&self.bytes)).await.unwrap();
        id
    }
}

async fn bring(
    inbox: &Inbox,
    cut: &Cut,
    number: u16,
    payload: &[u8],
    admission: &Admission,
) -> Result<PartKept, InboxError> {
    let lane = inbox.lane_of(admission, Some(cut.sealed)).await?;
    let mut incoming = inbox.incoming(lane, TODAY);
    for piece in payload.chunks(700) {
        incoming.write(Bytes::copy_from_slice(piece)).await?;
    }
    inbox.keep_part(cut, number, incoming, admission, TODAY).await
}

/// All that the desk would take.
async fn waiting(inbox: &Inbox) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for upload in inbox.complete(None).await.unwrap() {
        let (_, stream) = inbox.read(upload.id).await.unwrap();
        let chunks: Vec<Bytes> = stream.try_collect().await.unwrap();
        all.push(chunks.concat());
    }
    all
}

async fn parts_in_any_order_make_one_upload(fresh: Fresh) {
    let inbox = open(&fresh).await;
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let file = File::new(3_500, 1_000);
        for (at, &number) in order.iter().enumerate() {
            let kept = file.part(&inbox, number).await.unwrap();
            assert!(kept.new);
            let mut missing = order[at + 1..].to_vec();
            missing.sort_unstable();
            match kept.file {
                Gathered::Missing(left) => assert_eq!(left, missing),
                Gathered::Whole(arrival) => assert!(missing.is_empty() && matches!(arrival, Arrival::New(_))),
            }
        }
        assert!(waiting(&inbox).await.contains(&file.bytes));
    }
    assert_eq!((waiting(&inbox).await.len(), blobs(&fresh).await), (3, 12), "bytes were copied or lost");
}

async fn a_part_that_comes_twice_is_one(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let file = File::new(2_500, 1_000);
    for number in [0, 1, 0, 1] {
        file.part(&inbox, number).await.unwrap();
    }
    assert_eq!(blobs(&fresh).await, 2);
    file.part(&inbox, 2).await.unwrap();
    // The answer was lost on the way: the sender tries once more, also after the desk took it.
    for _ in 0..2 {
        let again = file.part(&inbox, 1).await.unwrap();
        assert_eq!(again, PartKept { new: false, file: Gathered::Whole(Arrival::Known) });
        for upload in inbox.complete(None).await.unwrap() {
            inbox.done(upload.id, TODAY).await.unwrap();
        }
    }
    assert_eq!(file.whole(&inbox).await.unwrap(), Arrival::Known);
    assert_eq!(blobs(&fresh).await, 0);
    // It is forgotten as unfinished uploads are.
    inbox.expire_roads(Day(TODAY.0 + 14), 14).await.unwrap();
    assert!(matches!(file.whole(&inbox).await.unwrap(), Arrival::New(_)));
}

async fn a_part_that_lies_is_refused_and_leaves_nothing(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let file = File::new(2_500, 1_000);
    file.part(&inbox, 0).await.unwrap();
    let me = Admission::ordinary(file.handle);
    let other = Admission::ordinary(Handle::from_bytes([1; 32]));
    let one = file.payload(1).to_vec();
    let lies = [
        bring(&inbox, &file.cut, 0, &noise(1_000), &me).await,
        bring(&inbox, &file.cut, 1, &one, &other).await,
        bring(&inbox, &Cut { total: 2_501, ..file.cut }, 1, &one, &me).await,
        bring(&inbox, &Cut { stride: 900, ..file.cut }, 1, &noise(900), &me).await,
        bring(&inbox, &Cut { parts: 4, total: 3_500, ..file.cut }, 3, &noise(500), &me).await,
        bring(&inbox, &file.cut, 3, &one, &me).await,
        bring(&inbox, &file.cut, 1, &one[..999], &me).await,
        bring(&inbox, &file.cut, 2, &one, &me).await,
    ];
    let codes: Vec<_> = lies.into_iter().map(code).collect();
    assert_eq!(codes[0], "inbox-other-part");
    assert!(codes[1..].iter().all(|code| *code == "inbox-other-cut"), "{codes:?}");
    assert_eq!(blobs(&fresh).await, 1);
    let (_, missing) = inbox.unfinished(file.cut.sealed).await.unwrap().unwrap();
    assert_eq!(missing, [1, 2]);
}

async fn parts_that_make_another_file_go_and_may_come_again(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let file = File::new(2_500, 1_000);
    let me = Admission::ordinary(file.handle);
    file.part(&inbox, 0).await.unwrap();
    bring(&inbox, &file.cut, 1, &noise(1_000), &me).await.unwrap();
    assert_eq!(code(file.part(&inbox, 2).await), "inbox-not-the-file");
    assert_eq!((blobs(&fresh).await, inbox.unfinished(file.cut.sealed).await.unwrap()), (0, None));
    for number in 0..3 {
        file.part(&inbox, number).await.unwrap();
    }
    assert_eq!(waiting(&inbox).await, [file.bytes]);
}

async fn the_same_bytes_by_two_roads_are_one_upload(fresh: Fresh) {
    let inbox = open(&fresh).await;
    // Half by form, half by stick, and then the whole.
    let file = File::new(2_500, 1_000);
    file.part(&inbox, 0).await.unwrap();
    assert!(matches!(file.whole(&inbox).await.unwrap(), Arrival::New(_)));
    assert_eq!(inbox.unfinished(file.cut.sealed).await.unwrap(), None);
    assert_eq!(file.part(&inbox, 1).await.unwrap().file, Gathered::Whole(Arrival::Known));
    // By tus first: the handle tells.
    let file = File::new(2_000, 1_000);
    file.by_tus(&inbox).await;
    file.part(&inbox, 0).await.unwrap();
    assert_eq!(file.part(&inbox, 1).await.unwrap().file, Gathered::Whole(Arrival::Known));
    // By tus with another handle: who imports has all of that length summed.
    let mut file = File::new(3_000, 1_000);
    file.by_tus(&inbox).await;
    file.handle = Handle::from_bytes([9; 32]);
    inbox.sum_all_waiting(3_000, TODAY).await.unwrap();
    assert_eq!(file.whole(&inbox).await.unwrap(), Arrival::Known);
    assert_eq!((waiting(&inbox).await.len(), blobs(&fresh).await), (3, 3));
    // What its sender took away by tus may come again.
    let file = File::new(4_000, 1_000);
    let id = file.by_tus(&inbox).await;
    inbox.sum_all_waiting(4_000, TODAY).await.unwrap();
    inbox.terminate(id).await.unwrap();
    assert!(matches!(file.whole(&inbox).await.unwrap(), Arrival::New(_)));
}

async fn requests_that_race_make_one_upload(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let file = std::sync::Arc::new(File::new(4_500, 1_000));
    let mut tasks = tokio::task::JoinSet::new();
    for start in 0..6_u16 {
        let (inbox, file) = (inbox.clone(), file.clone());
        tasks.spawn(async move {
            for number in 0..5 {
                file.part(&inbox, (number + start) % 5).await.unwrap();
            }
            if start == 0 { file.whole(&inbox).await.map(drop) } else { Ok(()) }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(waiting(&inbox).await, std::slice::from_ref(&file.bytes));
    assert_eq!(inbox.unfinished(file.cut.sealed).await.unwrap(), None);
    inbox.finish_removals().await.unwrap();
    let left = blobs(&fresh).await;
    assert!(left == 5 || left == 1, "{left} blobs");
}

async fn a_file_that_was_whole_when_the_machine_stopped_is_found(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let file = File::new(2_500, 1_000);
    for number in 0..2 {
        file.part(&inbox, number).await.unwrap();
    }
    // The last part's transaction, and then the machine stops.
    let db = fresh.connect(&hamseda_inbox::MIGRATIONS).await;
    let key = "part/last";
    Blobs::open(&fresh.blobs_url()).unwrap().put(key, Bytes::copy_from_slice(file.payload(2))).await.unwrap();
    let sealed = file.cut.sealed;
    db.run("test", |tx| async move {
        let row = hamseda_store::values![sealed, 2i64, 500i64, [0u8; 32], key];
        let sql = "INSERT INTO loose_part (sealed, number, length, sha256, blob_key) VALUES ($1, $2, $3, $4, $5)";
        tx.execute(sql, &row).await?;
        tx.execute("UPDATE loose_set SET received = total", &[]).await
    })
    .await
    .unwrap();
    let inbox = open(&fresh).await;
    assert_eq!(inbox.assemble_ready(TODAY).await.unwrap(), 1);
    assert_eq!(inbox.assemble_ready(TODAY).await.unwrap(), 0);
    assert_eq!(waiting(&inbox).await, [file.bytes]);
}

async fn loose_parts_live_on_their_lanes_budget_and_expire(fresh: Fresh) {
    let inbox = Inbox::open(fresh.url(), &fresh.blobs_url(), quota(50_000)).await.unwrap();
    let (first, second) = (File::new(60_000, 20_000), File::new(60_000, 20_000));
    first.part(&inbox, 0).await.unwrap();
    first.part(&inbox, 1).await.unwrap();
    assert_eq!(code(second.part(&inbox, 0).await), "inbox-full");
    // Another process counts what is there before it takes anything.
    let other = Inbox::open(fresh.url(), &fresh.blobs_url(), quota(50_000)).await.unwrap();
    assert_eq!(code(second.part(&other, 0).await), "inbox-full");
    // The invited have room of their own; the same invite with every part is one use.
    let invited = Admission::invited(second.handle, TokenId::from_bytes([5; 32]));
    for number in 0..2 {
        bring(&inbox, &second.cut, number, second.payload(number), &invited).await.unwrap();
    }
    let third = File::new(60_000, 20_000);
    let spent = Admission::invited(third.handle, TokenId::from_bytes([5; 32]));
    assert_eq!(code(bring(&inbox, &third.cut, 0, third.payload(0), &spent).await), "inbox-full");
    assert_eq!(blobs(&fresh).await, 4);
    assert_eq!(inbox.expire_roads(Day(TODAY.0 + 13), 14).await.unwrap(), 0);
    assert_eq!(inbox.expire_roads(Day(TODAY.0 + 14), 14).await.unwrap(), 2);
    assert_eq!(blobs(&fresh).await, 0);
    third.part(&inbox, 0).await.unwrap();
}

async fn a_night_gives_loose_parts_new_names(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let file = File::new(2_500, 1_000);
    file.part(&inbox, 0).await.unwrap();
    file.part(&inbox, 1).await.unwrap();
    let names = async || {
        let listed = Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap();
        listed.into_iter().map(|blob| blob.key).collect::<Vec<_>>()
    };
    let before = names().await;
    assert_eq!(inbox.repack_loose(TODAY).await.unwrap(), 2);
    assert_eq!(inbox.repack_loose(TODAY).await.unwrap(), 0);
    let after = names().await;
    assert!(after.len() == 2 && after.iter().all(|name| !before.contains(name)));
    file.part(&inbox, 2).await.unwrap();
    assert_eq!(waiting(&inbox).await, [file.bytes]);
}

async fn what_is_withdrawn_goes_and_does_not_come_back(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let (uploaded, half) = (File::new(2_500, 1_000), File::new(2_500, 1_000));
    let stays = File::new(2_500, 1_000);
    uploaded.by_tus(&inbox).await;
    stays.by_tus(&inbox).await;
    half.part(&inbox, 0).await.unwrap();
    for (secret, file) in [([1; 32], &uploaded), ([2; 32], &half)] {
        inbox.withdraw(&secret, file.handle, TODAY).await.unwrap();
        inbox.withdraw(&secret, file.handle, TODAY).await.unwrap();
    }
    inbox.finish_removals().await.unwrap();
    assert_eq!((waiting(&inbox).await, blobs(&fresh).await), (vec![stays.bytes.clone()], 1));
    // A late part or a stick: nobody is told, nothing is kept.
    assert_eq!(half.part(&inbox, 1).await.unwrap().file, Gathered::Whole(Arrival::Withdrawn));
    assert_eq!(uploaded.whole(&inbox).await.unwrap(), Arrival::Withdrawn);
    assert_eq!(blobs(&fresh).await, 1);
    // The desk takes the secrets; from then on it is the one who knows.
    assert_eq!(inbox.withdrawals().await.unwrap(), [[1; 32], [2; 32]]);
    inbox.withdrawals_done(&[[1; 32], [3; 32]]).await.unwrap();
    assert_eq!(inbox.withdrawals().await.unwrap(), [[2; 32]]);
    assert!(matches!(uploaded.whole(&inbox).await.unwrap(), Arrival::New(_)), "it was remembered as arrived");
}

async fn letters_wait_for_the_desk(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let (one, two) = (noise(20_000), noise(20_000));
    for letter in [&one, &two, &one] {
        inbox.put_letter(letter, TODAY).await.unwrap();
    }
    let ids = inbox.letters().await.unwrap();
    assert_eq!(ids.len(), 2);
    let mut read = Vec::new();
    for id in &ids {
        read.push(inbox.letter(*id).await.unwrap());
    }
    assert!(read.contains(&one) && read.contains(&two));
    inbox.letter_done(ids[0]).await.unwrap();
    inbox.letter_done(ids[0]).await.unwrap();
    assert_eq!(code(inbox.letter(ids[0]).await), "inbox-unknown");
    inbox.expire_roads(Day(TODAY.0 + 59), 14).await.unwrap();
    assert_eq!(inbox.letters().await.unwrap(), ids[1..]);
    inbox.expire_roads(Day(TODAY.0 + 60), 14).await.unwrap();
    assert_eq!(inbox.letters().await.unwrap(), []);
}

fn locator(first: u8) -> Locator {
    Locator::from_bytes([first; 32])
}

async fn records_are_found_and_others_are_made_up(fresh: Fresh) {
    let inbox = open(&fresh).await;
    let record = |n: u8| (locator(n), [n; RECORD_LEN]);
    inbox.put_records(&[record(3), record(7)], Replacing::default()).await.unwrap();
    assert_eq!(inbox.record(locator(3)).await.unwrap(), [3; RECORD_LEN]);
    assert_eq!(inbox.record(locator(7)).await.unwrap(), [7; RECORD_LEN]);
    // Before, between and behind those that exist, and the row that stands behind all.
    let strangers = [0, 2, 4, 8, 0xfe, 0xff];
    let mut made_up = Vec::new();
    for n in strangers {
        let answer = inbox.record(locator(n)).await.unwrap();
        assert_eq!(answer, open(&fresh).await.record(locator(n)).await.unwrap(), "{n}: another answer after a restart");
        assert!(answer.len() == RECORD_LEN && !made_up.contains(&answer));
        let zeros = answer.iter().filter(|&&byte| byte == 0).count();
        assert!(zeros < 60, "{zeros} zeros: not what a cipher writes");
        made_up.push(answer);
    }
    // One record is replaced: strangers' answers stay. All are: they change, too, and what is not among them is a stranger.
    inbox.put_records(&[(locator(7), [8; RECORD_LEN])], Replacing::default()).await.unwrap();
    assert_eq!(inbox.record(locator(2)).await.unwrap(), made_up[1]);
    assert_eq!(inbox.record(locator(7)).await.unwrap(), [8; RECORD_LEN]);
    inbox.put_records(&[record(7)], Replacing { first: true, last: false }).await.unwrap();
    assert_eq!(inbox.record(locator(3)).await.unwrap(), [3; RECORD_LEN], "a replacement that is under way lost one");
    inbox.put_records(&[record(9)], Replacing { first: false, last: true }).await.unwrap();
    assert_eq!(inbox.record(locator(7)).await.unwrap(), [7; RECORD_LEN]);
    assert_eq!(inbox.record(locator(9)).await.unwrap(), [9; RECORD_LEN]);
    assert_ne!(inbox.record(locator(3)).await.unwrap(), [3; RECORD_LEN]);
    for (n, before) in strangers.into_iter().zip(made_up) {
        assert_ne!(inbox.record(locator(n)).await.unwrap(), before);
    }
    // The desk can't write over the row that stands behind all.
    inbox.put_records(&[(locator(0xff), [1; RECORD_LEN])], Replacing::default()).await.unwrap();
    assert_ne!(inbox.record(locator(0xff)).await.unwrap(), [1; RECORD_LEN]);
    // A replacement of all by none.
    inbox.put_records(&[], Replacing { first: true, last: true }).await.unwrap();
    assert_ne!(inbox.record(locator(9)).await.unwrap(), [9; RECORD_LEN]);
}

hamseda_store::conformance!(
    parts_in_any_order_make_one_upload,
    a_part_that_comes_twice_is_one,
    a_part_that_lies_is_refused_and_leaves_nothing,
    parts_that_make_another_file_go_and_may_come_again,
    the_same_bytes_by_two_roads_are_one_upload,
    requests_that_race_make_one_upload,
    a_file_that_was_whole_when_the_machine_stopped_is_found,
    loose_parts_live_on_their_lanes_budget_and_expire,
    a_night_gives_loose_parts_new_names,
    what_is_withdrawn_goes_and_does_not_come_back,
    letters_wait_for_the_desk,
    records_are_found_and_others_are_made_up,
);

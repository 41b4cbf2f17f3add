//! Who is let in by which lane, and who may use the disk next.
//!
//! Turns are short and handed out in order, so uploads of one lane share what there is. While an invited upload moves, the
//! ordinary lane has few turns and rests after each: whatever a flood brings, it gets a small part of the machine. When no
//! invited upload moves, it gets all of it.
//!
//! Refuses: to slow the invited lane on account of the ordinary one. There is no limit over both; it would be a switch with
//! which anybody turns the campaign off.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use hamseda_core::{Handle, TokenId};
use hamseda_inbox::{Admission, Lane};
use hamseda_seal::token::{Issuers, Token};
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// Turns of a lane at one time. What of the ordinary lane waits for the disk when an invited upload comes, comes first.
const TURNS: u32 = 16;
/// Turns of the ordinary lane while an invited upload moves.
const NARROW: u32 = 2;
/// And how many times as long as it worked it rests then,
const REST: u32 = 9;
/// but at least so long: what a turn costs besides the disk (reading the line, waking, the sender's own work where it runs on
/// this machine) shows in no clock of ours. Some hundred turns a second are left.
const LEAST_REST: Duration = Duration::from_millis(4);
/// Bytes that all uploads of a lane together gather in memory before they go to the disk: with ten thousand of them each has
/// little, and none less than [`LEAST_PIECE`].
const GATHERED: usize = 64 * 1024 * 1024;
/// Bytes that every upload may gather.
pub(crate) const LEAST_PIECE: usize = 16 * 1024;
/// A disk that stalls for a moment must not keep the lane waiting for ten.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// An invited upload moves when it had a turn, or brought bytes, so recently.
const RECENTLY: Duration = Duration::from_millis(250);

/// With what somebody is let in who shows `token`, or none. Good, bad and no token take the same way and the same time;
/// whether a good one is spent is found out by the inbox.
pub(crate) fn admission(issuers: &Issuers, handle: Handle, token: Option<&str>) -> Admission {
    match token.and_then(|text| checked(issuers, text)) {
        Some(token) => Admission::invited(handle, token),
        None => Admission::ordinary(handle),
    }
}

/// A text without a token's form costs a check, too.
fn checked(issuers: &Issuers, text: &str) -> Option<TokenId> {
    let known = text.parse::<Token>().is_ok_and(|token| issuers.keys().iter().any(|key| key.id() == token.issuer));
    if known {
        return issuers.verify_text(text);
    }
    let decoy = |key: &hamseda_seal::token::IssuerKey| {
        let mut signature = [0x5a; hamseda_seal::token::SIGNATURE_LEN];
        signature[0] = 0;
        key.signed(&Token { issuer: key.id(), randomizer: [0; 32], nonce: [0; 32], signature })
    };
    issuers.keys().first().map(decoy).and(None)
}

/// The turns. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Lanes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lanes: [Arc<Semaphore>; 2],
    /// Uploads that are being sent.
    lines: [AtomicUsize; 2],
    /// What the ordinary lane goes through besides, while an invited upload moves.
    narrow: Arc<Semaphore>,
    began: Instant,
    /// Invited turns that are being used.
    busy: AtomicUsize,
    /// When the last one ended, milliseconds since `began`; 0 before the first.
    last: AtomicU64,
}

impl Lanes {
    pub(crate) fn new() -> Self {
        let turns = || Arc::new(Semaphore::new(TURNS as usize));
        let narrow = Arc::new(Semaphore::new(NARROW as usize));
        let (busy, last) = (AtomicUsize::new(0), AtomicU64::new(0));
        let lines = [AtomicUsize::new(0), AtomicUsize::new(0)];
        Self(Arc::new(Inner { lanes: [turns(), turns()], lines, narrow, began: Instant::now(), busy, last }))
    }

    /// Counts an upload that is being sent, until dropped.
    pub(crate) fn line(&self, lane: Lane) -> LineOf {
        self.0.lines[lane.index()].fetch_add(1, Ordering::Relaxed);
        LineOf(self.clone(), lane)
    }

    /// Whether an invited upload is under way on the disk, or was a moment ago.
    fn invited_moves(&self) -> bool {
        let last = self.0.last.load(Ordering::Relaxed);
        let now = self.now();
        self.0.busy.load(Ordering::Relaxed) > 0 || last > 0 && now.saturating_sub(last) < RECENTLY.as_millis() as u64
    }

    /// An invited upload is made, or bytes of one came: from now on the ordinary lane holds back, not only once they are
    /// written.
    pub(crate) fn stir(&self, lane: Lane) {
        if lane == Lane::Invited {
            self.0.last.store(self.now().max(1), Ordering::Relaxed);
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Does `work` when it is its lane's turn.
    pub(crate) async fn turn<T>(&self, lane: Lane, work: impl Future<Output = T>) -> T {
        let semaphore = self.0.lanes[lane.index()].clone();
        // They are never closed; if they were, nobody would have to wait.
        let mut permits = vec![semaphore.acquire_owned().await.ok()];
        if lane == Lane::Ordinary && self.invited_moves() {
            permits.push(self.0.narrow.clone().acquire_owned().await.ok());
        }
        let _moving = (lane == Lane::Invited).then(|| Moving::begin(self));
        let began = Instant::now();
        let done = work.await;
        if lane == Lane::Ordinary && self.invited_moves() {
            let rest = (began.elapsed() * REST).clamp(LEAST_REST, LONGEST_REST);
            tokio::spawn(async move {
                tokio::time::sleep(rest).await;
                drop(permits);
            });
        }
        done
    }
}

/// An upload that is being sent.
#[derive(Debug)]
pub(crate) struct LineOf(Lanes, Lane);

impl LineOf {
    /// Most bytes that it may gather at the moment.
    pub(crate) fn piece(&self) -> usize {
        let lines = self.0.0.lines[self.1.index()].load(Ordering::Relaxed);
        (GATHERED / lines.max(1)).max(LEAST_PIECE)
    }
}

impl Drop for LineOf {
    fn drop(&mut self) {
        self.0.0.lines[self.1.index()].fetch_sub(1, Ordering::Relaxed);
    }
}

/// An invited turn that is being used.
struct Moving<'a>(&'a Lanes);

impl<'a> Moving<'a> {
    fn begin(lanes: &'a Lanes) -> Self {
        lanes.0.busy.fetch_add(1, Ordering::Relaxed);
        Self(lanes)
    }
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        self.0.stir(Lane::Invited);
        self.0.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One turn of 10 ms, on a clock that only moves when everybody waits.
    async fn work() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    /// Turns that a crowd of the ordinary lane gets in a second, while `invited` uploads move or none do.
    fn turns_in_a_second(invited: usize) -> (usize, usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let lanes = Lanes::new();
            let counts = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
            let until = Instant::now() + Duration::from_secs(1);
            let mut tasks = tokio::task::JoinSet::new();
            for (lane, crowd) in [(Lane::Ordinary, 500), (Lane::Invited, invited)] {
                for _ in 0..crowd {
                    let (lanes, count) = (lanes.clone(), counts[lane.index()].clone());
                    tasks.spawn(async move {
                        while Instant::now() < until {
                            lanes.turn(lane, work()).await;
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                }
            }
            while tasks.join_next().await.is_some() {}
            (counts[0].load(Ordering::Relaxed), counts[1].load(Ordering::Relaxed))
        })
    }

    #[test]
    fn an_invited_upload_never_waits_for_the_crowd() {
        let (alone, none) = turns_in_a_second(0);
        assert!(alone >= 16 * 99 && none == 0, "{alone} {none}");
        let (crowd, invited) = turns_in_a_second(1);
        assert!(invited >= 99, "an invited upload had {invited} turns of 10 ms in a second");
        // Those that had begun, the last of each, and two at a time with nine times their work as rest.
        assert!((15..=600).contains(&crowd), "the crowd had {crowd} turns");
    }
}

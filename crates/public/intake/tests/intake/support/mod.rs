//! A public machine for tests: sealed files, a server, raw requests.

mod http;
mod invite;
mod server;

pub(crate) use http::{Answer, Line, request};
pub(crate) use invite::{Issuer, issuers};
pub(crate) use server::{Server, Site, TOKEN, create};

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use hamseda_core::{Choices, Clock, Lang, Limits, OsRandom, Picture, Random, UnixSeconds, Uses, Voice};
use hamseda_seal::{Draft, KeySet};

/// The key set of the test vectors.
pub(crate) const KEYSET: &[u8] = include_bytes!("../../../../../../vectors/seal/keyset.json");

pub(crate) fn keyset() -> KeySet {
    KeySet::verify(KEYSET, None).unwrap()
}

/// A sealed message of the smallest class.
pub(crate) fn sealed() -> Bytes {
    static SEALED: OnceLock<Bytes> = OnceLock::new();
    SEALED.get_or_init(fresh_sealed).clone()
}

/// Another one.
pub(crate) fn fresh_sealed() -> Bytes {
    sealed_of(300_000)
}

/// A sealed message around a clip of so many bytes.
pub(crate) fn sealed_of(bytes: usize) -> Bytes {
    let mut clip = vec![0; bytes];
    OsRandom.fill(&mut clip);
    let choices = Choices {
        picture: Picture::Hide,
        voice: Voice::Mute,
        lang: Lang::Fa,
        place: None,
        pseudonym: None,
        uses: Uses::PUBLIC,
    };
    let keys = keyset();
    let today = hamseda_core::Day(20_000);
    let current = keys.current(today).unwrap();
    let draft = Draft::new(choices);
    hamseda_seal::seal(clip.as_slice(), Vec::new(), draft, current, &Limits::DEFAULT, &mut OsRandom).unwrap().out.into()
}

/// A clock that stands until it is set.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    /// Noon of day 20 520, 2026-03-08.
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(20_520 * 86_400 + 43_200))
    }

    pub(crate) fn add_days(&self, days: i64) {
        self.0.fetch_add(days * 86_400, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(self.0.load(Ordering::Relaxed))
    }
}

/// Runs an asynchronous test on SQLite.
pub(crate) fn run<Fut: Future<Output = ()>>(body: impl FnOnce(hamseda_store::testing::Fresh) -> Fut) {
    hamseda_store::testing::check(hamseda_store::Backend::Sqlite, "intake", body);
}

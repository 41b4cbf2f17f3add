//! The inbox against a model: for each upload, the bytes that were acknowledged and who holds it.

use bytes::Bytes;
use hamseda_core::{Day, OsRandom, UploadId};
use hamseda_inbox::{Claim, Inbox};
use hamseda_store::testing::Fresh;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::{NOBODY, TODAY, WIDE, code, content, new_id, open};

/// One thing that somebody does. Numbers name an upload or a claim modulo how many there are.
#[derive(Debug, Clone)]
enum Step {
    Create(u64),
    Claim(usize, bool),
    Append(usize, Vec<u8>),
    Remove(usize),
    Night,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1u64..3_000).prop_map(Step::Create),
        6 => (any::<usize>(), prop::bool::weighted(0.9)).prop_map(|(which, right)| Step::Claim(which, right)),
        9 => (any::<usize>(), prop::collection::vec(any::<u8>(), 0..900)).prop_map(|(which, b)| Step::Append(which, b)),
        1 => any::<usize>().prop_map(Step::Remove),
        1 => Just(Step::Night),
        1 => Just(Step::Restart),
    ]
}

/// What must be there of an upload.
struct Known {
    id: UploadId,
    length: u64,
    bytes: Vec<u8>,
    generation: u64,
}

struct Held {
    id: UploadId,
    generation: u64,
    claim: Claim,
}

#[derive(Default)]
struct Model {
    uploads: Vec<Known>,
    claims: Vec<Held>,
}

impl Model {
    fn known(&mut self, id: UploadId) -> Option<&mut Known> {
        self.uploads.iter_mut().find(|known| known.id == id)
    }

    async fn step(&mut self, inbox: &Inbox, step: Step) {
        match step {
            Step::Create(length) => {
                let id = new_id();
                inbox.create(id, length, TODAY, &NOBODY).await.unwrap();
                self.uploads.push(Known { id, length, bytes: Vec::new(), generation: 0 });
            }
            Step::Claim(which, right) => {
                let count = self.uploads.len();
                let Some(known) = self.uploads.get_mut(which % count.max(1)) else { return };
                let offset = known.bytes.len() as u64 + u64::from(!right);
                match inbox.claim(known.id, offset).await {
                    Ok(claim) => {
                        assert!(right);
                        known.generation += 1;
                        self.claims.push(Held { id: known.id, generation: known.generation, claim });
                    }
                    refused => assert_eq!((code(refused), right), ("inbox-offset", false)),
                }
            }
            Step::Append(which, bytes) => self.append(inbox, which, bytes).await,
            Step::Remove(which) => {
                if !self.uploads.is_empty() {
                    let known = self.uploads.swap_remove(which % self.uploads.len());
                    inbox.terminate(known.id).await.unwrap();
                }
            }
            Step::Night => {
                inbox.repack(Day(TODAY.0 + 1), &mut OsRandom).await.unwrap();
            }
            Step::Restart => {}
        }
    }

    async fn append(&mut self, inbox: &Inbox, which: usize, bytes: Vec<u8>) {
        let count = self.claims.len();
        let Some(held) = self.claims.get_mut(which % count.max(1)) else { return };
        let left = held.claim.left();
        let answer = code(inbox.append(&mut held.claim, Bytes::from(bytes.clone())).await);
        let (id, generation) = (held.id, held.generation);
        let expected = match self.known(id) {
            _ if bytes.len() as u64 > left => "inbox-too-long",
            _ if bytes.is_empty() => "ok",
            None => "inbox-unknown",
            Some(known) if known.generation != generation => "inbox-taken",
            Some(known) => {
                known.bytes.extend(&bytes);
                "ok"
            }
        };
        assert_eq!(answer, expected);
    }

    async fn check(&self, inbox: &Inbox) {
        for known in &self.uploads {
            let upload = inbox.state(known.id).await.unwrap();
            assert_eq!((upload.received, upload.length), (known.bytes.len() as u64, known.length));
            if upload.complete() {
                assert_eq!(content(inbox, known.id).await.unwrap(), known.bytes);
            }
        }
    }
}

pub(crate) async fn the_inbox_does_what_a_list_of_bytes_does(fresh: Fresh) {
    let mut runner = TestRunner::deterministic();
    for _ in 0..4 {
        let steps = prop::collection::vec(step(), 60).new_tree(&mut runner).unwrap().current();
        let mut inbox = open(&fresh, WIDE).await;
        let mut model = Model::default();
        for step in steps {
            if matches!(step, Step::Restart) {
                inbox = open(&fresh, WIDE).await;
            }
            model.step(&inbox, step).await;
        }
        model.check(&inbox).await;
    }
}

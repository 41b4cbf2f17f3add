//! Any order of steps: whatever is tried, in whatever state, the vault agrees with itself and with a simple model.

use std::collections::BTreeMap;

use hamseda_core::{MessageId, MessageState};
use hamseda_store::Backend;
use hamseda_store::testing::{Fresh, check};
use hamseda_tally::count;
use proptest::prelude::*;

use super::house::{FLOOR_1, House, REJECT, keep_parts, parts, reviewer};
use crate::{BatchSpec, Decision};

#[derive(Debug, Clone, Copy)]
enum Step {
    Receive,
    Prepare,
    Unreadable,
    Accept(usize),
    Hold(usize),
    Reject(usize),
    Withdraw(usize),
    Duplicate(usize, usize),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let nth = || 0usize..6;
    prop_oneof![
        3 => Just(Step::Receive),
        3 => Just(Step::Prepare),
        1 => Just(Step::Unreadable),
        3 => nth().prop_map(Step::Accept),
        1 => nth().prop_map(Step::Hold),
        1 => nth().prop_map(Step::Reject),
        1 => nth().prop_map(Step::Withdraw),
        1 => (nth(), nth()).prop_map(|(a, b)| Step::Duplicate(a, b)),
        2 => Just(Step::Close),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_order_of_steps_leaves_a_sound_vault(steps in prop::collection::vec(step(), 1..24)) {
        check(Backend::Sqlite, "steps", |fresh| run(fresh, steps));
    }
}

/// What the vault should say: states, and messages ever logged.
#[derive(Default)]
struct Model {
    order: Vec<MessageId>,
    states: BTreeMap<MessageId, MessageState>,
    logged: u64,
}

async fn run(fresh: Fresh, steps: Vec<Step>) {
    let house = House::open(fresh).await;
    let mut model = Model::default();
    for step in steps {
        take(&house, &mut model, step).await;
        house.agrees().await;
    }
    let messages = house.vault.messages(None, crate::Page::ALL).await.unwrap();
    let states: BTreeMap<_, _> = messages.iter().map(|message| (message.id, message.state)).collect();
    assert_eq!(states, model.states);
    house.close(&BatchSpec { closing: true, ..FLOOR_1 }).await;
    let released = house.vault.counts().await.unwrap().of(MessageState::Released);
    let counted = house.vault.log().await.unwrap().map(|log| count(&log.leaves)).unwrap_or_default();
    assert_eq!(counted.net.raw(), released, "what counts is what is released and still stands");
    assert!(counted.accepted.raw() >= model.logged);
}

async fn take(house: &House, model: &mut Model, step: Step) {
    use MessageState::{Accepted, Duplicate, Held, Prepared, Rejected, Released, Stored, Unreadable, Withdrawn};
    let by = reviewer();
    let pick = |n: usize| model.order.get(n).copied();
    match step {
        Step::Receive => {
            let id = house.stored(u8::try_from(model.order.len()).unwrap()).await;
            model.order.push(id);
            model.states.insert(id, Stored);
        }
        Step::Prepare | Step::Unreadable => {
            let Some(lease) = house.vault.lease("w", 60).await.unwrap() else { return };
            assert_eq!(model.states[&lease.message], Stored);
            let n = model.order.iter().position(|id| *id == lease.message).unwrap();
            let state = if matches!(step, Step::Prepare) {
                // Every other message brings the tag of the one before.
                let parts = parts(u8::try_from(n).unwrap() / 2 + 1);
                keep_parts(&house.vault, &parts).await;
                house.vault.prepared(&lease, parts).await.unwrap();
                Prepared
            } else {
                house.vault.unreadable(&lease, "x", "x").await.unwrap();
                Unreadable
            };
            model.states.insert(lease.message, state);
        }
        Step::Accept(n) => {
            let Some(id) = pick(n) else { return };
            let done = house.vault.decide(id, Decision::Accept, &by).await.is_ok();
            model.step(id, &[Prepared, Held], Accepted, done);
        }
        Step::Hold(n) => {
            let Some(id) = pick(n) else { return };
            let done = house.vault.decide(id, Decision::Hold, &by).await.is_ok();
            model.step(id, &[Prepared], Held, done);
        }
        Step::Reject(n) => {
            let Some(id) = pick(n) else { return };
            let done = house.vault.decide(id, REJECT, &by).await.is_ok();
            model.step(id, &[Prepared, Held], Rejected, done);
        }
        Step::Withdraw(n) => {
            let Some(id) = pick(n) else { return };
            let done = house.vault.withdraw(id, &by).await.is_ok();
            model.step(id, MessageState::ALL, Withdrawn, done);
        }
        Step::Duplicate(a, b) => {
            let (Some(a), Some(b)) = (pick(a), pick(b)) else { return };
            let states = [Prepared, Held, Accepted, Released];
            let done = house.vault.duplicate(a, b, &by).await.is_ok();
            let allowed: &[MessageState] = if a != b && states.contains(&model.states[&b]) { &states } else { &[] };
            model.step(a, allowed, Duplicate, done);
        }
        Step::Close => {
            let closed = house.close(&FLOOR_1).await;
            let accepted = model.states.values_mut().filter(|state| **state == Accepted);
            let released = accepted.map(|state| *state = Released).count() as u64;
            assert_eq!(closed.map_or(0, |batch| batch.messages), released);
            model.logged += released;
        }
    }
}

impl Model {
    fn step(&mut self, id: MessageId, from: &[MessageState], to: MessageState, done: bool) {
        let state = self.states.get_mut(&id).unwrap();
        assert_eq!(done, from.contains(state), "{state} to {to}");
        if done {
            *state = to;
        }
    }
}

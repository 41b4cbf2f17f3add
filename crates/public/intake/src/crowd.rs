//! Seats for connections. There are only so many; when all are taken, somebody of the ordinary lane has to leave, whoever
//! it is, and the newcomer is let in. So ten thousand lines that never end can't keep an invited one out.
//!
//! Nobody knows who a newcomer is before the head of a request is here. Until then a line sits on one of the seats that are kept
//! for newcomers, from which the flood's uploads can't push it; when these are taken, the one that has said nothing for longest
//! leaves, which is nobody who has something to say.
//!
//! Who leaves loses nothing but the way: what came is kept, and the upload goes on over a new line.
//!
//! Refuses: to know an address. A seat knows its number and what came over it: nothing yet, a request, an invited upload.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::extract::Request;
use hamseda_core::{OsRandom, Random};
use hamseda_inbox::Lane;
use tokio::sync::Notify;

/// How often somebody is drawn before the newcomer simply gets a seat more.
const DRAWS: usize = 64;
/// One seat in so many is kept for those that have said nothing yet.
const NEWCOMERS: usize = 4;

/// No request came over it yet.
const NEW: u8 = 0;
/// Requests, but no invited upload.
const ORDINARY: u8 = 1;
/// An invited upload.
const INVITED: u8 = 2;

/// All seats. Clones are the same hall.
#[derive(Debug, Clone)]
pub(crate) struct Crowd(Arc<Hall>);

#[derive(Debug)]
struct Hall {
    seats: usize,
    taken: Mutex<Taken>,
    /// Seats over which no request came yet.
    new: AtomicUsize,
}

#[derive(Debug, Default)]
struct Taken {
    places: Vec<Arc<Place>>,
    /// Those that came new, in order; some have said something or left since.
    door: VecDeque<Weak<Place>>,
}

#[derive(Debug)]
struct Place {
    /// Where it stands in the hall's list; changes only under the list's lock.
    index: AtomicUsize,
    kind: AtomicU8,
    told: AtomicBool,
    leave: Notify,
}

impl Place {
    fn is(&self, kind: u8) -> bool {
        self.kind.load(Ordering::Relaxed) == kind
    }

    /// Asks it to leave, if it is of this kind and was not asked before.
    fn cleared(&self, kind: u8) -> bool {
        let clears = self.is(kind) && !self.told.swap(true, Ordering::Relaxed);
        if clears {
            self.leave.notify_one();
        }
        clears
    }
}

/// A connection's seat, free again when its last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Seat(Arc<Occupied>);

#[derive(Debug)]
struct Occupied {
    hall: Arc<Hall>,
    place: Arc<Place>,
}

impl Crowd {
    pub(crate) fn new(seats: usize) -> Self {
        Self(Arc::new(Hall { seats: seats.max(1), taken: Mutex::default(), new: AtomicUsize::new(0) }))
    }

    /// A seat for a new connection. May ask another one to leave.
    pub(crate) fn enter(&self) -> Seat {
        let hall = &self.0;
        let mut taken = hall.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if hall.new.fetch_add(1, Ordering::Relaxed) >= hall.seats.div_ceil(NEWCOMERS) {
            taken.clear_oldest_new();
        } else if taken.places.len() >= hall.seats {
            taken.clear_one();
        }
        let place = Arc::new(Place {
            index: AtomicUsize::new(taken.places.len()),
            kind: AtomicU8::new(NEW),
            told: AtomicBool::new(false),
            leave: Notify::new(),
        });
        taken.places.push(place.clone());
        taken.forget_known();
        taken.door.push_back(Arc::downgrade(&place));
        Seat(Arc::new(Occupied { hall: hall.clone(), place }))
    }
}

impl Taken {
    /// Asks one to leave over which a request came, but no invited upload.
    fn clear_one(&self) {
        for _ in 0..DRAWS {
            let number = u64::from_le_bytes((&mut OsRandom as &mut dyn Random).bytes());
            let Some(place) = self.places.get((number % self.places.len() as u64) as usize) else { return };
            if place.cleared(ORDINARY) {
                return;
            }
        }
    }

    /// Asks the one to leave that has said nothing for longest.
    fn clear_oldest_new(&mut self) {
        while let Some(place) = self.door.pop_front() {
            if place.upgrade().is_some_and(|place| place.cleared(NEW)) {
                return;
            }
        }
    }

    /// Takes those off the front of the list that are new no longer.
    fn forget_known(&mut self) {
        while self.door.front().is_some_and(|place| place.upgrade().is_none_or(|place| !place.is(NEW))) {
            self.door.pop_front();
        }
    }
}

impl Seat {
    /// A request's head came over it.
    pub(crate) fn spoke(&self) {
        self.becomes(ORDINARY);
    }

    /// Tells the seat of a request which lane came over it.
    pub(crate) fn of(request: &Request, lane: Lane) {
        if let Some(seat) = request.extensions().get::<Self>() {
            seat.came_by(lane);
        }
    }

    /// Tells the seat which lane came over it.
    pub(crate) fn came_by(&self, lane: Lane) {
        if lane == Lane::Invited {
            self.becomes(INVITED);
        }
    }

    fn becomes(&self, kind: u8) {
        let Occupied { hall, place } = &*self.0;
        if place.kind.fetch_max(kind, Ordering::Relaxed) == NEW {
            hall.new.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Returns when the seat is needed for somebody else.
    pub(crate) async fn asked_to_leave(&self) {
        self.0.place.leave.notified().await;
    }
}

impl Drop for Occupied {
    fn drop(&mut self) {
        if self.place.is(NEW) {
            self.hall.new.fetch_sub(1, Ordering::Relaxed);
        }
        let mut taken = self.hall.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let index = self.place.index.load(Ordering::Relaxed);
        taken.places.swap_remove(index);
        if let Some(moved) = taken.places.get(index) {
            moved.index.store(index, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seat: &Seat) -> bool {
        seat.0.place.told.load(Ordering::Relaxed)
    }

    #[test]
    fn a_full_hall_clears_ordinary_seats_and_never_invited_ones() {
        let crowd = Crowd::new(10);
        let seats: Vec<_> = (0..10)
            .map(|_| {
                let seat = crowd.enter();
                seat.spoke();
                seat
            })
            .collect();
        for seat in &seats[..9] {
            seat.came_by(Lane::Invited);
        }
        assert!(!seats.iter().any(told));
        let newcomer = crowd.enter();
        // The only one that may go is drawn once in ten times: 64 draws all but always find it.
        assert!(told(&seats[9]) && !seats[..9].iter().any(told) && !told(&newcomer));
    }

    /// However many uploads and silent lines there are, who just came is not the one that goes.
    #[test]
    fn newcomers_have_seats_of_their_own() {
        let crowd = Crowd::new(40);
        let flood: Vec<_> = (0..40)
            .map(|_| {
                let seat = crowd.enter();
                seat.spoke();
                seat
            })
            .collect();
        let mine = crowd.enter();
        let silent: Vec<_> = (0..9).map(|_| crowd.enter()).collect();
        assert_eq!(flood.iter().filter(|seat| told(seat)).count(), 10, "each takes a seat from the flood");
        assert!(!told(&mine) && !silent.iter().any(told));
        // Ten are kept for newcomers: the next one takes that of the longest silent.
        mine.spoke();
        let _next = crowd.enter();
        assert!(!silent.iter().any(told));
        let _one_more = crowd.enter();
        assert!(told(&silent[0]) && !told(&silent[1]) && !told(&mine));
    }

    proptest::proptest! {
        #[test]
        fn every_seat_knows_its_place(steps in proptest::collection::vec((0u8..4, 0usize..40), 1..120)) {
            let crowd = Crowd::new(1_000);
            let mut seats: Vec<Seat> = Vec::new();
            for (step, which) in steps {
                let count = seats.len();
                match step {
                    0 if count > 0 => drop(seats.swap_remove(which % count)),
                    1 if count > 0 => seats[which % count].spoke(),
                    _ => seats.push(crowd.enter()),
                }
                let taken = crowd.0.taken.lock().unwrap();
                proptest::prop_assert_eq!(taken.places.len(), seats.len());
                for (index, place) in taken.places.iter().enumerate() {
                    proptest::prop_assert_eq!(place.index.load(Ordering::Relaxed), index);
                }
                let new = seats.iter().filter(|seat| seat.0.place.is(NEW)).count();
                proptest::prop_assert_eq!(crowd.0.new.load(Ordering::Relaxed), new);
                proptest::prop_assert!(taken.door.len() >= new);
            }
        }
    }
}

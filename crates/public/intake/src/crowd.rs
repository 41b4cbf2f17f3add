//! Seats for connections. There are only so many; when all are taken, somebody of the ordinary lane has to leave, whoever
//! it is, and the newcomer is let in. So ten thousand lines that never end can't keep an invited one out.
//!
//! Who leaves loses nothing but the way: what came is kept, and the upload goes on over a new line.
//!
//! Refuses: to know an address. A seat knows its number and whether an invited upload came over it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use hamseda_core::{OsRandom, Random};
use hamseda_inbox::Lane;
use tokio::sync::Notify;

/// How often somebody is drawn before the newcomer simply gets a seat more.
const DRAWS: usize = 64;

/// All seats. Clones are the same hall.
#[derive(Debug, Clone)]
pub(crate) struct Crowd(Arc<Hall>);

#[derive(Debug)]
struct Hall {
    seats: usize,
    taken: Mutex<Vec<Arc<Place>>>,
}

#[derive(Debug)]
struct Place {
    /// Where it stands in the hall's list; changes only under the list's lock.
    index: AtomicUsize,
    invited: AtomicBool,
    told: AtomicBool,
    leave: Notify,
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
        Self(Arc::new(Hall { seats: seats.max(1), taken: Mutex::default() }))
    }

    /// A seat for a new connection. May ask another one to leave.
    pub(crate) fn enter(&self) -> Seat {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= self.0.seats {
            clear_one(&taken);
        }
        let place = Arc::new(Place {
            index: AtomicUsize::new(taken.len()),
            invited: AtomicBool::new(false),
            told: AtomicBool::new(false),
            leave: Notify::new(),
        });
        taken.push(place.clone());
        Seat(Arc::new(Occupied { hall: self.0.clone(), place }))
    }
}

/// Asks one to leave that no invited upload came over.
fn clear_one(taken: &[Arc<Place>]) {
    for _ in 0..DRAWS {
        let number = u64::from_le_bytes((&mut OsRandom as &mut dyn Random).bytes());
        let Some(place) = taken.get((number % taken.len() as u64) as usize) else { return };
        if !place.invited.load(Ordering::Relaxed) && !place.told.swap(true, Ordering::Relaxed) {
            place.leave.notify_one();
            return;
        }
    }
}

impl Seat {
    /// Tells the seat of a request which lane came over it.
    pub(crate) fn of(request: &Request, lane: Lane) {
        if let Some(seat) = request.extensions().get::<Self>() {
            seat.came_by(lane);
        }
    }

    /// Tells the seat which lane came over it.
    pub(crate) fn came_by(&self, lane: Lane) {
        if lane == Lane::Invited {
            self.0.place.invited.store(true, Ordering::Relaxed);
        }
    }

    /// Returns when the seat is needed for somebody else.
    pub(crate) async fn asked_to_leave(&self) {
        self.0.place.leave.notified().await;
    }
}

impl Drop for Occupied {
    fn drop(&mut self) {
        let mut taken = self.hall.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let index = self.place.index.load(Ordering::Relaxed);
        taken.swap_remove(index);
        if let Some(moved) = taken.get(index) {
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
        let seats: Vec<_> = (0..10).map(|_| crowd.enter()).collect();
        for seat in &seats[..9] {
            seat.0.place.invited.store(true, Ordering::Relaxed);
        }
        assert!(!seats.iter().any(told));
        let newcomer = crowd.enter();
        // The only one that may go is drawn once in ten times: 64 draws all but always find it.
        assert!(told(&seats[9]) && !seats[..9].iter().any(told) && !told(&newcomer));
    }

    proptest::proptest! {
        #[test]
        fn every_seat_knows_its_place(steps in proptest::collection::vec((0u8..3, 0usize..40), 1..120)) {
            let crowd = Crowd::new(1_000);
            let mut seats = Vec::new();
            for (step, which) in steps {
                if step == 0 && !seats.is_empty() {
                    seats.swap_remove(which % seats.len());
                } else {
                    seats.push(crowd.enter());
                }
                let taken = crowd.0.taken.lock().unwrap();
                proptest::prop_assert_eq!(taken.len(), seats.len());
                for (index, place) in taken.iter().enumerate() {
                    proptest::prop_assert_eq!(place.index.load(Ordering::Relaxed), index);
                }
            }
        }
    }
}

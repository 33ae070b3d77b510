//! How many requests are under way at a time: fewer while the server is overloaded, slowly more again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a load begins with, if it may have as many.
const FIRST: usize = 4;

/// Slots for requests, as many as the server is thought to take.
#[derive(Debug)]
pub(super) struct AdaptiveLimit {
    slots: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: usize,
    most: usize,
    /// Slots that are in use although the limit has no place for them: they go when they come back.
    surplus: usize,
    /// Since the limit was last changed.
    successes: usize,
    /// How often it was halved.
    halved: u64,
}

/// Permission for one request.
#[derive(Debug)]
pub(super) struct Slot {
    permit: Option<OwnedSemaphorePermit>,
    /// How often the limit had been halved when the request began.
    halved: u64,
}

impl AdaptiveLimit {
    pub(super) fn new(most: usize) -> Self {
        let limit = most.min(FIRST);
        Self {
            slots: Arc::new(Semaphore::new(limit)),
            state: Mutex::new(State {
                limit,
                most,
                surplus: 0,
                successes: 0,
                halved: 0,
            }),
        }
    }

    /// Waits until there is a slot.
    pub(super) async fn slot(&self) -> Slot {
        // It is never closed; without a permit the request would go all the same.
        let permit = Arc::clone(&self.slots).acquire_owned().await.ok();
        let halved = self.state().halved;
        Slot { permit, halved }
    }

    /// Gives a slot back. After as many successes as there are slots the limit grows by one; an
    /// overload halves it, once for all the requests that were under way together.
    pub(super) fn done(&self, slot: Slot, overloaded: bool) {
        let mut state = self.state();
        if !overloaded {
            state.successes += 1;
            if state.successes >= state.limit && state.limit < state.most {
                self.grow(&mut state);
            }
        } else if slot.halved == state.halved {
            self.halve(&mut state);
        }
        if let Some(permit) = slot.permit
            && state.surplus > 0
        {
            state.surplus -= 1;
            permit.forget();
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.state().limit
    }

    fn grow(&self, state: &mut State) {
        state.successes = 0;
        state.limit += 1;
        match state.surplus.checked_sub(1) {
            Some(less) => state.surplus = less,
            None => self.slots.add_permits(1),
        }
    }

    fn halve(&self, state: &mut State) {
        let limit = (state.limit / 2).max(1);
        let less = state.limit - limit;
        state.surplus += less - self.slots.forget_permits(less);
        state.limit = limit;
        state.successes = 0;
        state.halved += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn all_done(limit: &AdaptiveLimit, slots: Vec<Slot>, overloaded: bool) {
        for slot in slots {
            limit.done(slot, overloaded);
        }
    }

    fn slots(limit: &AdaptiveLimit) -> Vec<Slot> {
        std::iter::from_fn(|| limit.slot().now_or_never()).collect()
    }

    #[test]
    fn an_overload_halves_once_for_all_that_were_under_way_and_success_grows_by_one() {
        let limit = AdaptiveLimit::new(6);
        for expected in [4, 5, 6, 6] {
            let all = slots(&limit);
            assert_eq!(all.len(), expected);
            all_done(&limit, all, false);
        }
        let all = slots(&limit);
        all_done(&limit, all, true);
        assert_eq!(limit.limit(), 3);
        let all = slots(&limit);
        assert_eq!(all.len(), 3);
        all_done(&limit, all, true);
        let one = slots(&limit);
        assert_eq!(one.len(), 1);
        all_done(&limit, one, true);
        assert_eq!(slots(&limit).len(), 1);
    }

    #[test]
    fn slots_above_a_halved_limit_are_not_used_again() {
        let limit = AdaptiveLimit::new(4);
        let mut all = slots(&limit);
        limit.done(all.pop().expect("four slots"), true);
        assert_eq!(limit.limit(), 2);
        assert!(limit.slot().now_or_never().is_none());
        limit.done(all.pop().expect("three slots"), false);
        assert!(limit.slot().now_or_never().is_none());
        limit.done(all.pop().expect("two slots"), false);
        assert_eq!(limit.limit(), 3);
        assert_eq!(slots(&limit).len(), 2);
    }
}

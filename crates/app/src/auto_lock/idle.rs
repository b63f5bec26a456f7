use std::{sync::Mutex, time::Duration};

use crate::app::lock;

/// How often the clock is looked at: a timer of the runtime stands still while the computer sleeps, the clock does not.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long nobody has used the vault.
pub(crate) struct Idle {
    clock: Clock,
    state: Mutex<State>,
}

/// The time since some moment, which goes on while the computer sleeps and which nobody can set.
type Clock = Box<dyn Fn() -> Duration + Send + Sync>;

struct State {
    last_use: Duration,
    limit: Option<Duration>,
}

impl Default for Idle {
    fn default() -> Self {
        Self::on(Box::new(since_boot))
    }
}

impl Idle {
    fn on(clock: Clock) -> Self {
        let state = Mutex::new(State { last_use: clock(), limit: None });
        Self { clock, state }
    }

    /// Somebody uses it. Whether that was in time: after the limit it is no use any more, and the vault has to lock.
    pub(crate) fn touch(&self) -> bool {
        let now = (self.clock)();
        let mut state = lock(&self.state);
        if left(&state, now) == Some(Duration::ZERO) {
            return false;
        }
        state.last_use = now;
        true
    }

    /// Counts from now on, however long it was before.
    pub(crate) fn restart(&self) {
        lock(&self.state).last_use = (self.clock)();
    }

    /// Waits until nobody has used it for the limit, which is asked for anew at each look.
    pub(crate) async fn over(&self, limit: impl Fn() -> Option<Duration>) {
        loop {
            let left = {
                let mut state = lock(&self.state);
                state.limit = limit();
                left(&state, (self.clock)())
            };
            match left {
                Some(Duration::ZERO) => return,
                Some(left) => tokio::time::sleep(left.min(LOOK_EVERY)).await,
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }
}

/// What is left of the limit; `None` without one.
fn left(state: &State, now: Duration) -> Option<Duration> {
    Some(state.limit?.saturating_sub(now.saturating_sub(state.last_use)))
}

/// CLOCK_BOOTTIME counts sleep, and no clock that is set moves it (clock_gettime(2)).
#[cfg(target_os = "linux")]
fn since_boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
fn since_boot() -> Duration {
    use std::{sync::LazyLock, time::Instant};

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };
    use tokio::time::Instant;

    const LIMIT: Duration = Duration::from_secs(15 * 60);
    const MINUTE: Duration = Duration::from_secs(60);

    /// The runtime's paused time, and the seconds that the computer slept besides.
    fn idle() -> (Arc<Idle>, Arc<AtomicU64>) {
        let slept = Arc::new(AtomicU64::new(0));
        let (start, asleep) = (Instant::now(), Arc::clone(&slept));
        let clock = move || start.elapsed() + Duration::from_secs(asleep.load(Ordering::Relaxed));
        (Arc::new(Idle::on(Box::new(clock))), slept)
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_over_after_the_limit_and_not_before() {
        let (idle, _) = idle();
        let start = Instant::now();
        idle.over(|| Some(LIMIT)).await;
        assert_eq!(start.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn each_use_begins_the_time_anew() {
        let (idle, _) = idle();
        let (used, start) = (Arc::clone(&idle), Instant::now());
        tokio::spawn(async move {
            for _ in 0..10 {
                tokio::time::sleep(10 * MINUTE).await;
                assert!(used.touch());
            }
        });
        idle.over(|| Some(LIMIT)).await;
        assert_eq!(start.elapsed(), 100 * MINUTE + LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn sleep_counts_and_a_use_after_it_comes_too_late() {
        let (idle, slept) = idle();
        let waiting = Arc::clone(&idle);
        let over = tokio::spawn(async move {
            waiting.over(|| Some(LIMIT)).await;
            Instant::now()
        });
        tokio::time::sleep(MINUTE).await;
        assert!(idle.touch());
        slept.fetch_add(8 * 3600, Ordering::Relaxed);
        let woke = Instant::now();
        // Before anybody has looked: the first use after waking does not begin the time anew.
        assert!(!idle.touch());
        assert!(over.await.unwrap() - woke <= LOOK_EVERY);
        assert!(!idle.touch());
        idle.restart();
        assert!(idle.touch());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_it_is_never_over_and_one_set_later_counts() {
        let (idle, _) = idle();
        let start = Instant::now();
        idle.over(|| (start.elapsed() > 600 * MINUTE).then_some(LIMIT)).await;
        let over = start.elapsed();
        assert!(over > 600 * MINUTE && over <= 600 * MINUTE + 2 * LOOK_EVERY, "{over:?}");
    }

    #[test]
    fn the_clock_goes_forward() {
        let before = since_boot();
        std::thread::sleep(Duration::from_millis(2));
        assert!(since_boot() > before);
    }
}

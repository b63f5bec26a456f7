//! How fast reports may go to programs.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The kernel keeps 64 reports for a program that reads a hidraw node and drops what comes beyond.
const UNREAD: u32 = 60;
/// A full-speed USB key sends one report each millisecond, and programs read at least that fast.
const REPORT: Duration = Duration::from_millis(1);
/// So many are waited for at once: fewer wake-ups.
const BURST: u32 = 16;

/// Lets messages of up to [`UNREAD`] reports pass at once, and longer ones as fast as a key would send them.
pub(super) struct Pace {
    unread: u32,
    counted: Instant,
}

impl Default for Pace {
    fn default() -> Self {
        Self { unread: 0, counted: Instant::now() }
    }
}

impl Pace {
    /// Waits until one more report may go.
    pub(super) async fn wait(&mut self) {
        self.forget_read();
        if self.unread >= UNREAD {
            sleep(REPORT * BURST).await;
            self.forget_read();
        }
        self.unread += 1;
    }

    /// What was sent so long ago that a program has read it.
    fn forget_read(&mut self) {
        let elapsed = self.counted.elapsed();
        let read = u32::try_from(elapsed.as_millis()).unwrap_or(u32::MAX);
        if read > 0 {
            self.unread = self.unread.saturating_sub(read);
            self.counted += REPORT * read;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_short_message_goes_at_once_and_a_long_one_never_outruns_its_reader() {
        let mut pace = Pace::default();
        let start = Instant::now();
        for _ in 0..UNREAD {
            pace.wait().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for sent in UNREAD + 1..=129 {
            pace.wait().await;
            assert!(u128::from(sent) <= u128::from(UNREAD) + start.elapsed().as_millis());
        }
        assert!(start.elapsed() <= Duration::from_millis(96));
    }

    #[tokio::test(start_paused = true)]
    async fn rest_is_not_saved_up() {
        let mut pace = Pace::default();
        tokio::time::advance(Duration::from_secs(3600)).await;
        let start = Instant::now();
        for _ in 0..=UNREAD {
            pace.wait().await;
        }
        assert!(start.elapsed() > Duration::ZERO);
    }
}

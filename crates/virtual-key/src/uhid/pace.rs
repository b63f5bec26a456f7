//! How fast reports may go to programs.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// The kernel keeps 64 reports for a program that reads a hidraw node and drops what comes beyond.
const UNREAD: u32 = 60;
/// Of a message that does not fit there, so many go at once: the rest is room for a program that is held up.
const BURST: u32 = 16;
/// In which a program reads a report. A full-speed USB key sends one each millisecond; a busy machine reads later.
const REPORT: Duration = Duration::from_millis(2);

/// Lets messages of up to [`UNREAD`] reports pass at once, and longer ones slowly enough for their reader.
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
    /// Waits until one more report of a message of `reports` may go.
    pub(super) async fn wait(&mut self, reports: usize) {
        let most = if reports > UNREAD as usize { BURST } else { UNREAD };
        self.forget_read();
        if self.unread >= most {
            sleep(REPORT * (self.unread - most + BURST)).await;
            self.forget_read();
        }
        self.unread += 1;
    }

    /// A program that sends has read what it was sent: CTAPHID takes turns.
    pub(super) fn all_was_read(&mut self) {
        self.unread = 0;
    }

    /// What was sent so long ago that a program has read it.
    fn forget_read(&mut self) {
        let read = self.counted.elapsed().as_micros() / REPORT.as_micros();
        let read = u32::try_from(read).unwrap_or(u32::MAX);
        if read > 0 {
            self.unread = self.unread.saturating_sub(read);
            self.counted += REPORT * read;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many milliseconds the reports of a message take.
    async fn send(pace: &mut Pace, reports: usize) -> u128 {
        let start = Instant::now();
        for sent in 1..=reports {
            pace.wait(reports).await;
            let read = start.elapsed().as_millis() / REPORT.as_millis();
            assert!(sent as u128 <= u128::from(UNREAD) + read, "{sent} sent, {read} read");
        }
        start.elapsed().as_millis()
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_message_goes_at_once_and_a_long_one_slowly() {
        assert_eq!(send(&mut Pace::default(), 60).await, 0);
        let longest = send(&mut Pace::default(), 129).await;
        assert!((200..=260).contains(&longest), "{longest} ms");
    }

    #[tokio::test(start_paused = true)]
    async fn rest_is_not_saved_up_and_messages_count_together() {
        let mut pace = Pace::default();
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(send(&mut pace, 60).await, 0);
        assert!(send(&mut pace, 30).await > 0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_again_is_answered_at_once() {
        let mut pace = Pace::default();
        for _ in 0..100 {
            assert_eq!(send(&mut pace, 18).await, 0);
            pace.all_was_read();
        }
    }
}

use ctap::bio_enrollment::sample_status as status;

/// What became of one touch of the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How well it was read.
    pub status: SampleStatus,
    /// Good samples that are still needed; none when the finger is enrolled.
    pub remaining: u64,
}

/// `lastEnrollSampleStatus` (CTAP 2.3 §6.7). Total: a number that nobody assigned is still a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleStatus(pub u64);

impl SampleStatus {
    /// Whether the sample counts.
    pub fn is_good(self) -> bool {
        self.0 == status::GOOD
    }

    /// What to do for the next one, in a sentence.
    pub fn advice(self) -> &'static str {
        match self.0 {
            status::GOOD => "Good. Lift the finger and touch the sensor again.",
            status::TOO_HIGH => "The finger was too high. Move it down a little.",
            status::TOO_LOW => "The finger was too low. Move it up a little.",
            status::TOO_LEFT => "The finger was too far left. Move it to the right a little.",
            status::TOO_RIGHT => "The finger was too far right. Move it to the left a little.",
            status::TOO_FAST => "That was too fast. Leave the finger on the sensor a moment longer.",
            status::TOO_SLOW => "That was too slow. Lift the finger a moment sooner.",
            status::POOR_QUALITY => {
                "The print could not be read. Dry the finger, clean the sensor, and try again."
            }
            status::TOO_SKEWED => "The finger was turned to the side. Put it on straight.",
            status::TOO_SHORT => "The touch was too short. Leave the finger on the sensor a moment longer.",
            status::MERGE_FAILURE => "This does not fit the touches before. Use the same finger each time.",
            status::EXISTS => "This finger is enrolled already. Use another one.",
            DATABASE_FULL => "There is no room for another finger. Remove one first.",
            status::NO_USER_ACTIVITY => "No finger was felt. Touch the sensor when it blinks.",
            status::NO_USER_PRESENCE_TRANSITION => {
                "The finger was not lifted. Lift it, then touch the sensor again."
            }
            _ => "The sensor could not use this. Touch it again.",
        }
    }
}

/// CTAP2_ENROLL_FEEDBACK_FP_DATABASE_FULL of the drafts; unassigned since.
const DATABASE_FULL: u64 = 0x0C;

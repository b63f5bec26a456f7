use serde::{Deserialize, Serialize};

/// The fingers with which somebody can touch the simulated sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Finger {
    RightThumb,
    RightIndex,
    RightMiddle,
    RightRing,
    RightLittle,
    LeftThumb,
    LeftIndex,
    LeftMiddle,
    LeftRing,
    LeftLittle,
}

/// How well the sensor read a touch (`lastEnrollSampleStatus`, §6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Well.
    Good,
    /// The finger was too high.
    TooHigh,
    /// Too low.
    TooLow,
    /// Too far left.
    TooLeft,
    /// Too far right.
    TooRight,
    /// It moved too fast.
    TooFast,
    /// Too slowly.
    TooSlow,
    /// Nothing to be made out.
    Poor,
    /// It was skewed too much.
    TooSkewed,
    /// It was there too briefly.
    TooShort,
    /// It does not go together with the samples before.
    MergeFailure,
    /// It was not lifted since the sample before.
    NotLifted,
}

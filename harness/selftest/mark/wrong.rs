//! The kinds of wrong verdict, the worst first.

/// A problem of a verdict, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// A cause is certain but was not injected.
    SureOfAnother,
    /// With noise, another hop is named.
    OtherHopInNoise,
    /// The hop of one fault of a pair is not named.
    MissingHop,
    /// The fault is separable but not among the first three candidates.
    NotAmongThree,
    /// The fault is separable but not the first candidate.
    NotFirst,
    /// The fault is separable but no cause is likely or certain.
    Undecided,
    /// The candidates are not exactly the inseparable faults.
    OtherCandidates,
    /// The cause is right but a why lacks its proof.
    Unproven,
}

impl Wrong {
    /// Returns the problem in a few words.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SureOfAnother => "WRONG AND CERTAIN",
            Self::OtherHopInNoise => "wrong hop, with noise",
            Self::MissingHop => "pair: a hop is missing",
            Self::NotAmongThree => "not in the top 3",
            Self::NotFirst => "not first",
            Self::Undecided => "separable but undecided",
            Self::OtherCandidates => "wrong set of candidates",
            Self::Unproven => "chain without proof",
        }
    }
}

//! The kinds of wrong verdict, the worst first.

/// What is wrong, as bad as it is: the worst has the least number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// A cause is called certain that was not injected.
    SureOfAnother,
    /// With noise, another hop is named.
    OtherHopInNoise,
    /// Of a pair, a hop is not named.
    MissingHop,
    /// What the evidence shows would tell it, and it is not among three.
    NotAmongThree,
    /// What the evidence shows would tell it, and it is not first.
    NotFirst,
    /// What the evidence shows would tell it, and nothing is likely.
    Undecided,
    /// The candidates are not those that the evidence does not tell apart.
    OtherCandidates,
    /// The cause is right, and a why lacks its proof.
    Unproven,
}

impl Wrong {
    /// In a few words.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SureOfAnother => "WRONG AND CERTAIN",
            Self::OtherHopInNoise => "noise: another hop",
            Self::MissingHop => "two: a hop is missing",
            Self::NotAmongThree => "not among three",
            Self::NotFirst => "not first",
            Self::Undecided => "separable, undecided",
            Self::OtherCandidates => "other candidates",
            Self::Unproven => "chain without proof",
        }
    }
}

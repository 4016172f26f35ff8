//! Faults that only many users show.

use std::str::FromStr;

/// A fault of the backend that one user at a time does not show, or shows as chance.
///
/// These are not part of [`crate::Fault`]: the diagnosis of a single failed call cannot name them.
///
/// ```
/// use fivewhys_mocks::LoadFault;
///
/// assert_eq!("leak".parse(), Ok(LoadFault::Leak));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoadFault {
    /// Some streams and sockets also deliver the last event of another user.
    Leak,
    /// The backend serves four chat calls of each user, and refuses the others with 429.
    UserLimit,
    /// One of three instances fails every call of a user with 500.
    BadInstance,
}

impl LoadFault {
    /// Every load fault.
    pub const ALL: [Self; 3] = [Self::Leak, Self::UserLimit, Self::BadInstance];

    /// Returns its name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::UserLimit => "user-limit",
            Self::BadInstance => "bad-instance",
        }
    }
}

/// The error for an unknown name; its message lists the known ones.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown load fault `{0}`; known: leak, user-limit, bad-instance")]
pub struct UnknownLoadFault(String);

impl FromStr for LoadFault {
    type Err = UnknownLoadFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|fault| fault.id() == name);
        known.ok_or_else(|| UnknownLoadFault(name.to_owned()))
    }
}

//! How the test users of a draft get their tokens, and the parts of the starter file that depend on it.

/// How the test users get their tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum DraftLogin {
    /// fivewhys signs them, with the key of the auth service
    #[default]
    Key,
    /// An OAuth or OIDC server issues them
    Oauth,
    /// A form sets the cookie of a session
    Form,
    /// An endpoint returns a token in JSON
    Json,
}

/// An OAuth 2.0 login of a draft.
#[derive(Debug, Clone)]
pub(crate) struct DraftOauth {
    pub(crate) flow: DraftFlow,
    pub(crate) token_url: String,
    /// The scopes that the server knows, separated by spaces.
    pub(crate) scope: Option<String>,
}

/// A flow in which no browser takes part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum DraftFlow {
    #[default]
    Password,
    ClientCredentials,
    RefreshToken,
}

impl DraftFlow {
    /// Returns its name in a target file.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::ClientCredentials => "client-credentials",
            Self::RefreshToken => "refresh-token",
        }
    }

    /// Returns the secret of a user that it needs, as in a target file.
    pub(super) const fn secret(self) -> &'static str {
        match self {
            Self::Password | Self::ClientCredentials => "password = [\"env:FIVEWHYS_PRIMARY_PASSWORD\"]",
            Self::RefreshToken => "refresh_token = [\"env:FIVEWHYS_PRIMARY_REFRESH_TOKEN\"]",
        }
    }
}

/// The line that begins a part: the words of the logins that have it, or nothing for all. `login`: only if no other endpoint
/// issues tokens.
const PART: &str = "#?";

impl DraftLogin {
    const fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Oauth => "oauth",
            Self::Form => "form",
            Self::Json => "json",
        }
    }

    /// Returns the parts of a starter file that a target with this login has.
    pub(super) fn parts_of(self, starter: &str, has_issuer: bool) -> String {
        let mut is_in = true;
        let mut text = String::new();
        for line in starter.lines() {
            if let Some(words) = line.strip_prefix(PART) {
                let words: Vec<&str> = words.split_whitespace().collect();
                let is_for_this = words.is_empty() || words.contains(&self.word());
                is_in = is_for_this && !(words.contains(&"login") && has_issuer);
            } else if is_in {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::key(DraftLogin::Key, false, "all\nkey\nend\n")]
    #[case::json(DraftLogin::Json, false, "all\nboth\nend\n")]
    #[case::with_an_issuer(DraftLogin::Json, true, "all\nend\n")]
    fn a_part_is_for_its_logins(#[case] login: DraftLogin, #[case] has_issuer: bool, #[case] expected: &str) {
        let text = "all\n#? key\nkey\n#? form json login\nboth\n#?\nend\n";
        assert_eq!(login.parts_of(text, has_issuer), expected);
    }
}

//! Who a token belongs to: the auth service's word, or in a deployment that verifies by itself, the signature's.

use super::Backend;
use super::auth_client::{Identity, Refused, Verdict};
use super::envelope::ApiError;
use super::origin::Origin;
use crate::auth::verified_subject;
use crate::deployment::BackendDefect;
use crate::logs::Severity;

/// Who signed in before anybody else did.
const WARMED_UP_BY: &str = "staging-e2e-user-003";
/// What a later revision asks for.
const NEW_PERMISSION: &str = "chat:use";

impl Backend {
    /// Judges one token.
    pub(super) async fn validate(&self, token: &str) -> Verdict {
        let verdict = match &self.verifies_with {
            Some(secret) => self.verify(token, secret),
            None => self.auth.validate(token).await,
        };
        match verdict {
            Verdict::Valid(_) if self.has(BackendDefect::SharesIdentity) => {
                Verdict::Valid(Identity { user_id: WARMED_UP_BY.to_owned() })
            }
            verdict => verdict,
        }
    }

    fn verify(&self, token: &str, secret: &str) -> Verdict {
        match verified_subject(token, secret, self.log.clock()) {
            Ok(user_id) => Verdict::Valid(Identity { user_id }),
            Err(reason) => {
                self.log.message(Severity::Warning, format!("Local token validation failed: {reason}"));
                Verdict::Refused(Refused::NotValid)
            }
        }
    }

    /// Whether a user may use the chat routes.
    pub(super) fn permitted(&self, user: Identity) -> Result<Identity, ApiError> {
        if !self.has(BackendDefect::DemandsNewPermission) {
            return Ok(user);
        }
        let line = format!("Permission denied: user {} lacks '{NEW_PERMISSION}'", user.user_id);
        self.log.message(Severity::Warning, line);
        let message = format!("Permission denied: {NEW_PERMISSION} is required");
        Err(ApiError::forbidden(&message, Origin::READ_MESSAGE))
    }
}

//! The tokens that the replay mints in place of those that the recorded auth service minted.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use fivewhys_mocks::RecordedCall;

use crate::config::Target;
use crate::har::Recorded;
use crate::terms::TokenKind;
use crate::token::Minter;

/// How many tokens are remembered. The oldest is forgotten first.
const CAPACITY: usize = 1000;

/// One minted token. No `Debug`: it is a credential.
struct One {
    text: String,
    user: String,
    is_revoked: bool,
}

/// What the recording shows about the token of one call.
struct Shown {
    user: String,
    /// Whether the recorded auth service signed it with the key of the run.
    with_our_secret: bool,
}

/// The minted tokens.
pub(super) struct Issued {
    minter: Minter,
    target: Target,
    /// By the number of the call.
    shown: BTreeMap<usize, Shown>,
    tokens: Mutex<VecDeque<One>>,
}

impl Issued {
    pub(super) fn of(calls: &[RecordedCall], recorded: &[Recorded], target: &Target, minter: Minter) -> Self {
        // The number of a login that was not recorded is that of the call that used its token, plus the number of entries.
        let entry = |number: usize| recorded.get((number - 1) % recorded.len().max(1));
        let shown = calls.iter().filter_map(|call| {
            let exchange = &entry(call.number)?.exchange;
            let with_our_secret = exchange.issued.with_our_secret.unwrap_or(true);
            Some((call.number, Shown { user: exchange.probe.user.clone(), with_our_secret }))
        });
        let shown = shown.collect();
        Self { minter, target: target.clone(), shown, tokens: Mutex::default() }
    }

    /// Puts a fresh token into a recorded text where the recording names an issued one.
    pub(super) fn fill_in(&self, call: &RecordedCall, text: &str) -> String {
        let label = format!("<token:{}>", TokenKind::Issued);
        if !text.contains(&label) {
            return text.to_owned();
        }
        self.mint(call).map_or_else(|| text.to_owned(), |token| text.replace(&label, &token))
    }

    fn mint(&self, call: &RecordedCall) -> Option<String> {
        let shown = self.shown.get(&call.number);
        let named = shown.and_then(|shown| self.target.user(&shown.user));
        let user = named.or(self.target.users.first())?;
        let kind = if shown.is_none_or(|shown| shown.with_our_secret) { TokenKind::Valid } else { TokenKind::WrongKey };
        let text = self.minter.mint(kind, user).ok()?.expose().to_owned();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() == CAPACITY {
            tokens.pop_front();
        }
        tokens.push_back(One { text: text.clone(), user: user.name.clone(), is_revoked: false });
        Some(text)
    }

    /// Returns the kinds that a minted token may be, the likeliest first, and its user. `None`: it was not minted here.
    pub(super) fn kinds(&self, token: &str) -> Option<([TokenKind; 2], String)> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let one = tokens.iter().find(|one| one.text == token)?;
        let kinds = match one.is_revoked {
            true => [TokenKind::Revoked, TokenKind::Issued],
            false => [TokenKind::Issued, TokenKind::Revoked],
        };
        Some((kinds, one.user.clone()))
    }

    /// Notes that the session of a token was ended.
    pub(super) fn revoke(&self, token: &str) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.iter_mut().filter(|one| one.text == token).for_each(|one| one.is_revoked = true);
    }
}

//! A report without credentials.

use std::borrow::Cow;

use crate::redact::Redactor;
use crate::report::Report;

impl Report {
    /// Returns the report with every text redacted once more, as a second safeguard. Redacting the rendered page instead could
    /// break its markup.
    #[must_use]
    pub fn cleaned(&self, redactor: &Redactor) -> Cow<'_, Self> {
        // A copy of many steps takes more memory than they do.
        if redactor.finds_nothing_in(self) {
            return Cow::Borrowed(self);
        }
        let mut value = serde_json::to_value(self).unwrap_or_default();
        redactor.clean_json(&mut value);
        // This fails only if a secret equals a word of our own, such as the name of an enum value.
        Cow::Owned(serde_json::from_value(value).unwrap_or_else(|_| self.clone()))
    }
}

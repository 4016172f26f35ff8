//! `csrf`: where a token against cross-site request forgery comes from, as written.

use regex::RegexBuilder;
use serde::Deserialize;

use crate::config::file::overlay::{Overlay, overlays};
use crate::config::{Csrf, CsrfPlace, Refusal};
use crate::document::values::Query;
use crate::document::written::{Match, Named, OneOrMany};

/// The maximum size of a compiled pattern, in bytes.
const LARGEST: usize = 1 << 20;

overlays! {
    pub(crate) struct CsrfLayer {
        /// The endpoint whose response has the token, for example `backend.login-page`. It is called before each request with `{csrf}`, in the same session.
        endpoint: Option<String>,
        /// The place of the token in JSON, for example `$.csrfToken`.
        json: Option<Query>,
        /// A pattern whose first group is the token in the body: `name="csrf_token" value="([^"]+)"`.
        pattern: Option<String>,
        /// The name of the cookie that holds the token, for example `csrftoken`.
        cookie: Option<String>,
        /// The name of the header that holds the token.
        header: Option<String>,
    }
}
overlays! {
    pub(crate) struct RefusalLayer {
        /// Status codes, one or a list, for example `302`. When absent: every one.
        status: Option<OneOrMany<u16>>,
        /// Header values by name. In a value, `*` matches any text: `{ location = "*/login*" }`.
        headers: Named<String, String>,
        /// A text that the body must contain, or a list of them.
        text: Option<OneOrMany<String>>,
        /// Conditions on the JSON of the body, one or a list: `{ path = "$.errors[0].extensions.code", is = "UNAUTHENTICATED" }`.
        json: Option<OneOrMany<Match>>,
    }
}

impl CsrfLayer {
    /// Returns the place of the token. `None`: nothing is written.
    ///
    /// # Errors
    /// When the endpoint or the place is missing, or there are several places.
    pub(crate) fn resolve(self) -> Result<Option<Csrf>, String> {
        let pattern = self.pattern.map(|pattern| {
            let compiled = RegexBuilder::new(&pattern).size_limit(LARGEST).build();
            let compiled = compiled.map_err(|_| format!("`csrf.pattern` is no regular expression: `{pattern}`"))?;
            match compiled.captures_len() {
                1 => Err("`csrf.pattern` has no group: put the token in parentheses".to_owned()),
                _ => Ok(CsrfPlace::Pattern(compiled)),
            }
        });
        let places = [
            self.json.map(|query| Ok(CsrfPlace::Json(query.0))),
            pattern,
            self.cookie.map(|name| Ok(CsrfPlace::Cookie(name))),
            self.header.map(|name| Ok(CsrfPlace::Header(name.to_ascii_lowercase()))),
        ];
        let mut places = places.into_iter().flatten().collect::<Result<Vec<_>, String>>()?;
        match (self.endpoint, places.len()) {
            (None, 0) => Ok(None),
            (Some(endpoint), 1) => Ok(places.pop().map(|place| Csrf { endpoint, place })),
            (None, _) => Err("`csrf` has no `endpoint`, whose response has the token".to_owned()),
            (Some(_), _) => Err("`csrf` needs one of `json`, `pattern`, `cookie` and `header`".to_owned()),
        }
    }
}

impl RefusalLayer {
    pub(crate) fn resolve(self) -> Option<Refusal> {
        let headers = self.headers.0.into_iter().map(|entry| (entry.name.to_ascii_lowercase(), entry.value)).collect();
        let json = self.json.unwrap_or_default().0.into_iter().map(Match::into_json_match).collect();
        let (status, text) = (self.status.unwrap_or_default().0, self.text.unwrap_or_default().0);
        let refusal = Refusal { status, headers, text, json };
        (!refusal.is_empty()).then_some(refusal)
    }
}

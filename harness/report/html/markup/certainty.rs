//! How certain a verdict is, and who has to act on it.

use maud::{Markup, html};

use super::text::shown;
use crate::diagnose::{Cause, Certainty};

/// The word, marked by its form too.
pub(crate) fn certainty(certainty: Certainty) -> Markup {
    html! { span .chip .(certainty.as_str()) { (certainty.as_str()) } }
}

/// What the word means.
pub(crate) const fn meaning(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "Certain: every other cause is contradicted by an observation.",
        Certainty::Likely => "Likely: clearly ahead of the others, which nothing contradicts.",
        Certainty::Ambiguous => "Ambiguous: several causes fit everything that was seen; none is clearly ahead.",
        Certainty::Unknown => "Unknown: no known cause fits what was seen; only the place is known.",
    }
}

/// Who has to act, as far as it is known: `platform owns it; services involved: auth, backend`.
pub(crate) fn who(cause: &Cause) -> Option<String> {
    let owner = cause.owner.as_ref().map(|owner| format!("{owner} owns it"));
    let services = if cause.involves.len() == 1 { "service" } else { "services" };
    let involved = (!cause.involves.is_empty()).then(|| format!("{services} involved: {}", cause.involves.join(", ")));
    let known: Vec<String> = [owner, involved].into_iter().flatten().collect();
    (!known.is_empty()).then(|| shown(&known.join("; ")))
}

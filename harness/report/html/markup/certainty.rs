//! How certain a cause is.

use maud::{Markup, html};

use crate::diagnose::Certainty;

/// Returns the word. Its border shows the certainty too, so colour is not needed.
pub(crate) fn certainty(certainty: Certainty) -> Markup {
    html! { span .chip .(certainty.as_str()) { (certainty.as_str()) } }
}

/// Returns what the word means.
pub(crate) const fn meaning(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "Certain: an observation contradicts every other cause.",
        Certainty::Likely => {
            "Likely: it fits clearly better than the other candidates, but no observation contradicts them."
        }
        Certainty::Ambiguous => {
            "Ambiguous: several causes fit everything that was observed, and none fits clearly better."
        }
        Certainty::Unknown => "Unknown: no fault of the catalogue fits what was observed. Only the hop is known.",
    }
}

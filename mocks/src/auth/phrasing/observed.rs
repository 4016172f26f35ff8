//! `observed`: a no is 200 with a word for the reason (contract 3.2); what the service cannot do keeps its status.

use serde_json::json;

use super::super::call::{Answer, Said};
use super::{Phrased, documented};

pub(super) fn phrased(route: &str, answer: &Answer) -> Phrased {
    let Said::Denied { told, precise } = &answer.said else { return documented(answer) };
    let message = precise.as_ref().unwrap_or(told);
    let body = match route {
        "/auth/validate" => json!({ "valid": false, "error": answer.reason, "message": message }),
        "/auth/check-blacklist" => json!({ "blacklisted": false, "error": answer.reason, "message": message }),
        _ => json!({ "valid": false, "error": message }),
    };
    Phrased::json(200, body)
}

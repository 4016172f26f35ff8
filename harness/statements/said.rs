//! What a component said in an exchange, and what that means.

use super::library::{meanings, specific_meanings};
use super::sentence::{names_asked_path, sentence};
use crate::probe::{Exchange, Side};
use crate::terms::Meaning;

/// Content, URI and header fields too large (RFC 9110, 15.5.14 and 15.5.15; RFC 6585, section 5).
const TOO_LARGE: [u16; 3] = [413, 414, 431];

/// A message is too big (RFC 6455, 7.4.1).
const MESSAGE_TOO_BIG: u16 = 1009;

/// Characters of an error page that are read for its cause.
const READ: usize = 4096;

/// Returns the sentence of the exchange, and what it means.
pub(crate) fn said(exchange: &Exchange) -> (Option<String>, Vec<Meaning>) {
    let says = sentence(exchange);
    let means = says.as_deref().map(meanings).unwrap_or_default();
    let means = match exchange.meant_status() {
        Some(404) => says.as_deref().and_then(|says| route(says, exchange)).map_or(means, |route| vec![route]),
        Some(500..) => cause(&means, exchange).unwrap_or(means),
        _ if is_closed_by_size(exchange) => vec![Meaning::TooLarge],
        Some(status) if TOO_LARGE.contains(&status) && means.is_empty() => vec![Meaning::TooLarge],
        _ => means,
    };
    (says, means)
}

fn is_closed_by_size(exchange: &Exchange) -> bool {
    exchange.close.as_ref().is_some_and(|close| close.by == Side::Server && close.code == MESSAGE_TOO_BIG)
}

fn route(says: &str, exchange: &Exchange) -> Option<Meaning> {
    names_asked_path(says, exchange).map(|asked| if asked { Meaning::AskedRoute } else { Meaning::OtherRoute })
}

/// Returns what the rest of an error page says about a store. Some servers show the exception, and its stack, behind a
/// sentence that tells nothing.
fn cause(means: &[Meaning], exchange: &Exchange) -> Option<Vec<Meaning>> {
    const OF_STORES: [Meaning; 5] =
        [Meaning::Query, Meaning::Database, Meaning::NoWrites, Meaning::Cache, Meaning::Store];
    if means.iter().any(|one| *one != Meaning::Crashed) {
        return None;
    }
    let page: String = exchange.body.text.chars().take(READ).collect();
    let found: Vec<Meaning> = specific_meanings(&page).into_iter().filter(|one| OF_STORES.contains(one)).collect();
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::fixtures::exchange;
    use crate::terms::TokenKind;

    #[rstest]
    #[case::behind_a_sentence(
        500,
        r#"{"message":"Internal Server Error","stack":["ReplyError: MISCONF Redis is configured to save RDB snapshots"]}"#,
        &[Meaning::NoWrites]
    )]
    #[case::passed_on_from_a_search_engine(
        403,
        r#"{"error":{"root_cause":[{"type":"cluster_block_exception","reason":"index [orders] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"}],"type":"cluster_block_exception","reason":"index [orders] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"},"status":403}"#,
        &[Meaning::NoWrites]
    )]
    #[case::passed_on_with_too_many(
        429,
        r#"{"error":{"type":"cluster_block_exception","reason":"index [orders] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"},"status":429}"#,
        &[Meaning::NoWrites]
    )]
    #[case::in_another_language(500, r#"{"error":"FEHLER: Spalte »access« existiert nicht"}"#, &[Meaning::Query])]
    #[case::in_words_that_tell_more(503, r#"{"error":"authentication service unavailable","stack":"redis error"}"#, &[Meaning::AuthFailed])]
    #[case::path_in_a_field(404, r#"{"status":404,"error":"Not Found","path":"/orders"}"#, &[Meaning::OtherRoute])]
    fn an_error_document_is_read_for_its_cause(#[case] status: u16, #[case] body: &str, #[case] means: &[Meaning]) {
        let sent = exchange("backend.threads", TokenKind::Valid).answered(status, "application/json", body);
        assert_eq!(said(&sent).1, means);
    }

    #[test]
    fn a_socket_that_is_closed_for_the_size_of_a_message_says_so_without_a_reason() {
        let sent = exchange("backend.websocket", TokenKind::Valid).answered(101, "", "").closed(1009, "");
        assert_eq!(said(&sent).1, [Meaning::TooLarge]);
    }
}

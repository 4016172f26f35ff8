//! The subprotocol of a WebSocket (RFC 6455, sections 1.9 and 4.1).

use hyper::HeaderMap;
use hyper::header::SEC_WEBSOCKET_PROTOCOL;

use crate::probe::{BlockReason, Blocked};

/// Checks the subprotocol of a 101 response. A browser closes a socket if it offered subprotocols and the server chose none
/// (WebSockets standard, section 2.1), and every client must if the server chose another (RFC 6455, 4.1).
pub(crate) fn check(request: &HeaderMap, response: &HeaderMap) -> Result<(), Blocked> {
    let offered = items(request);
    let chosen: Vec<String> = items(response);
    let blocked = |detail: &str| Err(Blocked { by: BlockReason::Subprotocol, detail: detail.to_owned() });
    match chosen.as_slice() {
        [] if offered.is_empty() => Ok(()),
        [] => blocked("the client offers subprotocols, and the 101 response chooses none: a browser closes the socket"),
        [one] if offered.contains(one) => Ok(()),
        [_] => blocked("the 101 response chooses a subprotocol that the client did not offer"),
        _ => blocked("the 101 response chooses more than one subprotocol"),
    }
}

fn items(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let texts: Vec<String> = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    let items = texts.iter().flat_map(|text| text.split(','));
    items.map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none_offered("", "", true)]
    #[case::chosen("a, b", "b", true)]
    #[case::none_chosen("a, b", "", false)]
    #[case::another("a, b", "c", false)]
    #[case::not_offered("", "a", false)]
    #[case::several("a, b", "a, b", false)]
    fn an_offered_subprotocol_must_be_chosen(#[case] offered: &str, #[case] chosen: &str, #[case] is_kept: bool) {
        let map = |value: &str| {
            let mut headers = HeaderMap::new();
            if !value.is_empty() {
                headers.insert(SEC_WEBSOCKET_PROTOCOL, value.parse().expect("a value"));
            }
            headers
        };
        assert_eq!(check(&map(offered), &map(chosen)).is_ok(), is_kept);
    }
}

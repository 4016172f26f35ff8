//! Parses server-sent events from bytes, by the rules of WHATWG HTML, 9.2.6. Uses no socket and no clock.

/// An event as dispatched: its `event:` field (empty if there was none) and its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dispatched {
    pub(crate) event: String,
    pub(crate) data: String,
}

/// Takes the bytes in pieces of any size. Keeps at most one line and one event in memory.
#[derive(Debug, Default)]
pub(crate) struct SseParser {
    line: Vec<u8>,
    after_cr: bool,
    past_first_line: bool,
    event: String,
    data: String,
}

impl SseParser {
    /// Returns the events that end in these bytes. An event that the end of the stream cuts off is never dispatched.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Dispatched> {
        bytes.iter().filter_map(|byte| self.push_byte(*byte)).collect()
    }

    fn push_byte(&mut self, byte: u8) -> Option<Dispatched> {
        let second_half_of_crlf = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
        match byte {
            b'\n' if second_half_of_crlf => None,
            b'\r' | b'\n' => self.end_line(),
            _ => {
                self.line.push(byte);
                None
            }
        }
    }

    fn end_line(&mut self) -> Option<Dispatched> {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if !std::mem::replace(&mut self.past_first_line, true) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.is_empty() {
            return self.dispatch();
        }
        self.field(&String::from_utf8_lossy(line));
        None
    }

    /// Takes one field. `id` and `retry` are for reconnection, which a probe never does. A line that starts with a
    /// colon is a comment.
    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<Dispatched> {
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        data.pop()?;
        Some(Dispatched { event, data })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn parse(text: &str) -> Vec<(String, String)> {
        let events = SseParser::default().push(text.as_bytes());
        events.into_iter().map(|event| (event.event, event.data)).collect()
    }

    #[rstest]
    #[case("data: a\n\n", &[("", "a")])]
    #[case("data:a\r\rdata: b\r\n\r\n", &[("", "a"), ("", "b")])]
    #[case("\u{feff}data: a\n\n\u{feff}data: b\n\n", &[("", "a")])]
    #[case("event: x\nid: 1\nretry: 10\n: comment\ndata: a\ndata:  b\n\n", &[("x", "a\n b")])]
    #[case("data: a\r\ndata: b\r\n\r\n", &[("", "a\nb")])]
    #[case("event: x\n\ndata: a\n\n", &[("", "a")])]
    #[case("data\n\n", &[("", "")])]
    #[case("data:\ndata\n\n", &[("", "\n")])]
    #[case("data: a\n\ndata: cut off\n", &[("", "a")])]
    #[case("data : a\nDATA: b\n\n", &[])]
    #[case(":\n\n\n", &[])]
    fn the_examples_of_the_standard_hold(#[case] text: &str, #[case] expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(e, d)| ((*e).to_owned(), (*d).to_owned())).collect();
        assert_eq!(parse(text), expected);
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        let events = SseParser::default().push(b"data: \xff\xfe\n\n");
        assert_eq!(events[0].data, "\u{fffd}\u{fffd}");
    }

    /// Generates stream text in which line ends, fields and the byte order mark are likely.
    fn stream() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("data: ".to_owned()),
            Just("event:".to_owned()),
            Just("\r\n".to_owned()),
            Just("\n".to_owned()),
            Just("\r".to_owned()),
            Just("\u{feff}".to_owned()),
            "\\PC{0,6}",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn a_split_at_any_byte_gives_the_same_events(text in stream()) {
            let whole = SseParser::default().push(text.as_bytes());
            for at in 0..=text.len() {
                let (head, tail) = text.as_bytes().split_at(at);
                let mut parser = SseParser::default();
                let mut events = parser.push(head);
                events.extend(parser.push(tail));
                prop_assert_eq!(&events, &whole);
            }
        }

        #[test]
        fn any_bytes_in_any_pieces_give_the_same_events(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20)) {
            let mut parser = SseParser::default();
            let events: Vec<_> = pieces.iter().flat_map(|piece| parser.push(piece)).collect();
            prop_assert_eq!(events, SseParser::default().push(&pieces.concat()));
        }
    }
}

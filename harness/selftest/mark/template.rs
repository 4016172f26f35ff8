//! Masks what differs in every recording: ids, times, numbers and addresses. Then two recordings can be compared.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

/// What differs between two lines that say the same.
static VOLATILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)<[a-z]+:[^>]*>",
        r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        r"|\b[0-9a-f]{8,}\b|\d+",
    ))
    .expect("a constant pattern")
});

/// The addresses of one deployment, with the names that replace them.
#[derive(Debug)]
pub(crate) struct Template(Vec<(String, String)>);

impl Template {
    /// Takes a name for each address.
    pub(crate) fn new(addresses: &[(&str, &Url)]) -> Self {
        let known = addresses.iter().filter_map(|(name, url)| {
            let address = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
            Some((address, format!("({name})")))
        });
        Self(known.collect())
    }

    /// Returns the text with every address replaced by its name.
    pub(crate) fn without_addresses(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (address, name)| text.replace(address, name))
    }

    /// Returns the text with every address, id and number replaced.
    pub(crate) fn of_text(&self, text: &str) -> String {
        VOLATILE.replace_all(&self.without_addresses(text), "#").into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_boots_of_one_system_say_the_same() {
        let said = |port: u16, text: &str| {
            let url = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("a URL");
            Template::new(&[("auth", &url)]).of_text(&text.replace("PORT", &port.to_string()))
        };
        let text = "POST http://127.0.0.1:PORT/auth/validate took 12 ms";
        assert_eq!(said(4000, text), said(50001, "POST http://127.0.0.1:PORT/auth/validate took 7 ms"));
        assert_ne!(said(4000, text), said(4000, &text.replace("PORT", "4001")));
        assert_ne!(said(4000, text), said(4000, &text.replace("validate", "verify")));
    }
}

//! The address of a host that a run calls instead of what the name resolves to, as `curl --resolve` has it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

use crate::config::{Access, Target};

/// `HOST:PORT:ADDRESS`. The header `Host` and the name in the TLS handshake (SNI) stay those of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedAddress {
    /// The host name, in lower case.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The address that is called.
    pub address: IpAddr,
}

/// Why a text is not such an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected HOST:PORT:ADDRESS, for example api.example.com:443:10.0.0.7 (an IPv6 address in brackets)")]
pub struct NoFixedAddress;

impl FromStr for FixedAddress {
    type Err = NoFixedAddress;

    fn from_str(text: &str) -> Result<Self, NoFixedAddress> {
        let mut parts = text.splitn(3, ':');
        let (Some(host), Some(port), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoFixedAddress);
        };
        let bare = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
        let Ok(Host::Domain(host)) = Host::parse(host) else { return Err(NoFixedAddress) };
        let (port, address) = (port.parse().map_err(|_| NoFixedAddress)?, bare.parse().map_err(|_| NoFixedAddress)?);
        Ok(Self { host: host.to_ascii_lowercase(), port, address })
    }
}

impl fmt::Display for FixedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} at {}", self.host, self.port, self.address)
    }
}

impl FixedAddress {
    /// Reports whether a URL is of this host and port.
    fn is_of(&self, url: &Url) -> bool {
        url.host_str() == Some(self.host.as_str()) && url.port_or_known_default() == Some(self.port)
    }
}

impl Access {
    /// Returns the addresses that are called for a URL. Empty: what its name resolves to.
    pub(crate) fn addresses_of(&self, url: &Url) -> Vec<IpAddr> {
        self.fixed.iter().filter(|fixed| fixed.is_of(url)).map(|fixed| fixed.address).collect()
    }
}

impl Target {
    /// Returns the first fixed address of a host that the target does not call, with the hosts that it calls.
    #[must_use]
    pub fn unused_address(&self) -> Option<(&FixedAddress, Vec<String>)> {
        let bases: Vec<&Url> = self.bases().collect();
        let unused = self.access.fixed.iter().find(|fixed| !bases.iter().any(|url| fixed.is_of(url)))?;
        let shown = |url: &&Url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?));
        let mut hosts: Vec<String> = bases.iter().filter_map(shown).collect();
        hosts.sort();
        hosts.dedup();
        Some((unused, hosts))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("api.example.com:443:10.0.0.7", Some("api.example.com:443 at 10.0.0.7"))]
    #[case("API.example.com:443:::1", Some("api.example.com:443 at ::1"))]
    #[case("api.example.com:443:[2001:db8::1]", Some("api.example.com:443 at 2001:db8::1"))]
    #[case("api.example.com:443", None)]
    #[case("api.example.com:443:other.example.com", None)]
    #[case("api.example.com:x:10.0.0.7", None)]
    #[case("10.0.0.1:443:10.0.0.7", None)]
    #[case("", None)]
    fn a_fixed_address_is_written_as_for_curl(#[case] text: &str, #[case] shown: Option<&str>) {
        let read = text.parse::<FixedAddress>().ok().map(|fixed| fixed.to_string());
        assert_eq!(read.as_deref(), shown);
    }
}

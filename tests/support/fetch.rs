//! One plain GET, for the manifests and logs of a twin.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use url::Url;

/// Returns the body of the response. HTTP/1.0 sends it in one piece.
pub(crate) fn fetch(url: &str) -> String {
    let url = Url::parse(url).expect("a URL");
    let address = (url.host_str().expect("a host"), url.port().expect("a port"));
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {} HTTP/1.0\r\nHost: {}\r\n\r\n", url.path(), address.0).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    answer.split_once("\r\n\r\n").expect("a head and a body").1.to_owned()
}

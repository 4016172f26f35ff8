//! A server that answers each request with bytes, and then does something with the connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// What happens to the connection after the first bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    /// It is closed.
    Close,
    /// It is reset.
    Reset,
    /// It stays open.
    Hold,
    /// These bytes follow without end.
    Repeat(&'static [u8]),
    /// These bytes follow, one each 50 ms, without end.
    Drip(&'static [u8]),
}

/// Bytes for one response. `{accept}` is replaced by the key of the WebSocket handshake.
pub(super) type Reply = (Vec<u8>, Then);

/// The head of a request.
pub(super) struct Asked {
    head: String,
}

impl Asked {
    pub(super) fn path(&self) -> &str {
        self.head.split_whitespace().nth(1).unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

/// Listens for as long as the test's process lives.
pub(super) fn start(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let reply = Arc::new(reply);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let reply = Arc::clone(&reply);
            // A client that goes away in the middle is no failure of the test.
            std::thread::spawn(move || drop(serve(stream, &*reply)));
        }
    });
    address
}

fn serve(mut stream: TcpStream, reply: &(dyn Fn(&Asked) -> Reply + Send + Sync)) -> std::io::Result<()> {
    let asked = read(&stream)?;
    let accept = derive_accept_key(asked.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let (bytes, then) = reply(&asked);
    stream.write_all(&replaced(&bytes, b"{accept}", accept.as_bytes()))?;
    match then {
        Then::Close => Ok(()),
        Then::Reset => reset(stream),
        Then::Hold => stream.read_to_end(&mut Vec::new()).map(drop),
        Then::Repeat(bytes) => loop {
            stream.write_all(bytes)?;
        },
        Then::Drip(bytes) => loop {
            for byte in bytes {
                stream.write_all(&[*byte])?;
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        },
    }
}

/// Resets a connection: with a linger of zero, closing sends RST.
fn reset(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async { tokio::net::TcpStream::from_std(stream)?.set_zero_linger() })
}

fn replaced(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let Some(at) = bytes.windows(what.len()).position(|part| part == what) else { return bytes.to_vec() };
    [&bytes[..at], with, &bytes[at + what.len()..]].concat()
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let asked = Asked { head };
    let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.read_exact(&mut vec![0; length])?;
    Ok(asked)
}

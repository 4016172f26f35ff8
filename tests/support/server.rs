//! A server that the test plays: a function gives the answer to each request, byte for byte.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// Request line and headers, each with its line end.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    pub(crate) fn path(&self) -> &str {
        self.head.split_whitespace().nth(1).unwrap_or_default()
    }

    /// The JWT it presents, wherever it stands.
    pub(crate) fn token(&self) -> Option<String> {
        let bearer = self.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let offered = || self.header("sec-websocket-protocol")?.rsplit("jwt.").next();
        let encoded = offered().and_then(|encoded| BASE64_URL_SAFE_NO_PAD.decode(encoded).ok());
        let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let in_body = body["token"].as_str().map(str::to_owned);
        bearer.map(str::to_owned).or_else(|| encoded.and_then(|bytes| String::from_utf8(bytes).ok())).or(in_body)
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}

/// What to answer.
pub(crate) enum Answer {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// The upgrade is taken, this text is sent, and the socket closed with 1008 and this reason.
    Socket(String, String),
    /// The upgrade is taken, these texts are sent, each in a frame, and the socket is closed.
    Frames(Vec<String>),
}

impl Answer {
    /// An HTTP answer with this status line, more header lines and a body.
    pub(crate) fn http(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut bytes =
            format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len()).into_bytes();
        for (name, value) in headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body);
        Self::Bytes(bytes)
    }
}

/// Listens for as long as the test's process lives.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let seen = Arc::<Mutex<Vec<Received>>>::default();
        let (keep, answer) = (Arc::clone(&seen), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (keep, answer) = (Arc::clone(&keep), Arc::clone(&answer));
                // A client that goes away in the middle is no failure of the test.
                std::thread::spawn(move || drop(serve(stream, &keep, &*answer)));
            }
        });
        Self { address, seen }
    }

    /// Every request so far.
    pub(crate) fn seen(&self) -> Vec<Received> {
        self.seen.lock().expect("no holder panics").clone()
    }
}

fn serve(
    stream: TcpStream,
    keep: &Mutex<Vec<Received>>,
    answer: &(dyn Fn(&Received) -> Answer + Send + Sync),
) -> std::io::Result<()> {
    let received = read(&stream)?;
    keep.lock().expect("no holder panics").push(received.clone());
    match answer(&received) {
        Answer::Bytes(bytes) => (&stream).write_all(&bytes),
        Answer::Socket(text, reason) => upgrade(stream, &received, vec![text], &reason),
        Answer::Frames(texts) => upgrade(stream, &received, texts, ""),
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Received> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let mut received = Received { head, body: Vec::new() };
    let length = received.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    received.body.resize(length, 0);
    reader.read_exact(&mut received.body)?;
    Ok(received)
}

fn upgrade(mut stream: TcpStream, received: &Received, texts: Vec<String>, reason: &str) -> std::io::Result<()> {
    let accept = derive_accept_key(received.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n"
    );
    let protocol = received.header("sec-websocket-protocol").and_then(|offered| offered.split(',').next());
    let protocol = protocol.map(|one| format!("Sec-WebSocket-Protocol: {one}\r\n")).unwrap_or_default();
    stream.write_all(format!("{head}{protocol}\r\n").as_bytes())?;
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, None);
    // A close frame has room for 123 bytes of reason.
    let reason: String = reason.chars().take(100).collect();
    let close = CloseFrame { code: CloseCode::Policy, reason: reason.into() };
    let sent = texts.into_iter().try_for_each(|text| socket.send(text.into()));
    let done = sent.and_then(|()| socket.close(Some(close))).and_then(|()| socket.flush());
    done.map_err(std::io::Error::other)?;
    while socket.read().is_ok() {}
    Ok(())
}

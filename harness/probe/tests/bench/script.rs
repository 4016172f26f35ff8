//! A server that does exactly what a test says. It accepts connections, hands them to the test, and records the
//! requests.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A listener on loopback. When it is dropped, every connection ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the heads and bodies of the received requests, as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Reads one request from each connection, then gives the connection to the handler.
    pub(crate) async fn scripted<F, Fut>(handler: F) -> Self
    where
        F: Fn(Peer) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&requests);
        let mut server = Self::raw(move |stream| {
            let (handler, log) = (handler.clone(), Arc::clone(&log));
            async move {
                let peer = Peer::read(stream).await;
                log.lock().unwrap().push(peer.request.clone());
                handler(peer).await;
            }
        })
        .await;
        server.requests = requests;
        server
    }

    /// Answers every request with these bytes, piece by piece, then closes.
    pub(crate) async fn answering(pieces: &'static [&'static str]) -> Self {
        Self::scripted(move |mut peer| async move {
            for piece in pieces {
                peer.write(piece.as_bytes()).await;
            }
        })
        .await
    }

    /// Answers this many requests of each connection. Reads one more, and ends the connection without a response.
    pub(crate) async fn keeping(answers: usize) -> Self {
        Self::raw(move |stream| async move {
            let mut peer = Peer::read(stream).await;
            for _ in 0..answers {
                peer.answer("200 OK", "", "fine").await;
                peer = Peer::read(peer.stream).await;
            }
        })
        .await
    }

    /// Gives each connection to the handler without reading from it.
    pub(crate) async fn raw<F, Fut>(handler: F) -> Self
    where
        F: Fn(TcpStream) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        Self::listening_on("127.0.0.1:0", handler).await
    }

    pub(crate) async fn listening_on<F, Fut>(address: &str, handler: F) -> Self
    where
        F: Fn(TcpStream) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send,
    {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections: Arc<Mutex<usize>> = Arc::default();
        let count = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let handler = handler.clone();
                open.spawn(async move { handler(stream).await });
            }
        });
        Self { address, requests: Arc::default(), connections, _tasks: tasks }
    }
}

/// A connection whose request has been read.
pub(crate) struct Peer {
    stream: TcpStream,
    pub(crate) request: String,
}

impl Peer {
    async fn read(mut stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        let mut bytes = Vec::new();
        while !is_whole(&bytes) {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                break;
            }
        }
        Self { stream, request: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Writes and flushes. A client that has closed the connection is not an error.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    pub(crate) async fn answer(&mut self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        self.write(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").as_bytes()).await;
    }

    /// Keeps the connection open until the client or the test ends.
    pub(crate) async fn hold(mut self) {
        while self.stream.read_u8().await.is_ok() {}
    }

    /// Writes the same bytes again and again until the client closes the connection.
    pub(crate) async fn repeat(mut self, bytes: &[u8]) {
        while self.stream.write_all(bytes).await.is_ok() {}
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length:")).map_or(0, |n| n.trim().parse().unwrap());
    body.len() >= length
}

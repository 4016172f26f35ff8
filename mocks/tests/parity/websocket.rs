//! Repeats a recorded WebSocket exchange. It writes the upgrade itself: a client library would refuse some responses.

use std::time::Duration;

use fivewhys_mocks::Twin;
use futures_util::{SinkExt, StreamExt};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::compare::differences;
use super::recording::Probe;

const BUDGET: Duration = Duration::from_secs(10);

pub(crate) async fn replay(twin: &Twin, probe: &Probe) -> Result<Vec<String>, Failed> {
    let address = twin.websocket_url().trim_start_matches("ws://");
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(upgrade(twin, probe, address).as_bytes()).await?;
    let head = head(&mut stream).await?;
    let mut found = compared_head(&probe.socket, &head);
    if !found.is_empty() {
        return Ok(found);
    }
    let socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    found.extend(tokio::time::timeout(BUDGET, compared_frames(&probe.socket, socket)).await??);
    Ok(found)
}

fn upgrade(twin: &Twin, probe: &Probe, host: &str) -> String {
    let target = probe.filled(twin, probe.path());
    let mut lines = vec![
        format!("GET {target} HTTP/1.1"),
        format!("Host: {host}"),
        "Connection: Upgrade".to_owned(),
        "Upgrade: websocket".to_owned(),
        "Sec-WebSocket-Version: 13".to_owned(),
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==".to_owned(),
    ];
    lines.extend(probe.headers(twin).into_iter().map(|(name, value)| format!("{name}: {value}")));
    let offered = probe.request["subprotocols"].as_array().into_iter().flatten();
    let offered: Vec<_> = offered.filter_map(Value::as_str).map(|text| probe.filled(twin, text)).collect();
    if !offered.is_empty() {
        lines.push(format!("Sec-WebSocket-Protocol: {}", offered.join(", ")));
    }
    lines.join("\r\n") + "\r\n\r\n"
}

/// Reads the head byte by byte: what follows belongs to the WebSocket.
async fn head(stream: &mut TcpStream) -> Result<String, Failed> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tokio::time::timeout(BUDGET, stream.read_u8()).await??);
    }
    Ok(String::from_utf8_lossy(&head).to_ascii_lowercase())
}

fn compared_head(recorded: &Value, head: &str) -> Vec<String> {
    let status = head.split(' ').nth(1).unwrap_or_default();
    let selected = head.lines().find_map(|line| line.strip_prefix("sec-websocket-protocol: "));
    let mut found = Vec::new();
    if recorded["handshake_status"].as_u64() != status.parse().ok() {
        found.push(format!("upgrade: recorded {}, here {status}", recorded["handshake_status"]));
    }
    if recorded["subprotocol"].as_str() != selected {
        found.push(format!("subprotocol: recorded {}, here {selected:?}", recorded["subprotocol"]));
    }
    found
}

async fn compared_frames(recorded: &Value, mut socket: WebSocketStream<TcpStream>) -> Result<Vec<String>, Failed> {
    let mut found = Vec::new();
    for frame in recorded["frames"].as_array().into_iter().flatten() {
        let theirs: Value = serde_json::from_str(frame["data"].as_str().unwrap_or_default())?;
        if frame["dir"] == "sent" {
            socket.send(Message::text(theirs.to_string())).await?;
            continue;
        }
        match socket.next().await {
            Some(Ok(Message::Text(text))) => found.extend(differences(&theirs, &serde_json::from_str(&text)?)),
            other => return Ok(vec![format!("recorded a frame {}, here {other:?}", theirs["type"])]),
        }
    }
    if recorded["closed_by"] == "server" {
        found.extend(compared_close(recorded, socket.next().await.transpose()?));
    }
    Ok(found)
}

fn compared_close(recorded: &Value, ours: Option<Message>) -> Option<String> {
    let Some(Message::Close(Some(close))) = ours else { return Some("recorded a close, here none".to_owned()) };
    let here = (json!(u16::from(close.code)), json!(close.reason.as_str()));
    let there = (recorded["close_code"].clone(), recorded["close_reason"].clone());
    (here != there).then(|| format!("close: recorded {there:?}, here {here:?}"))
}

//! A replay: what it sends, when, and how it ends.

mod answers;
mod sockets;

use std::time::Duration;

use fivewhys_mocks::{Credential, Ending, Entrance, Piece, RecordedAnswer, RecordedCall, Replay};

/// A recorded `GET /it` with this answer.
fn call(number: usize, answer: RecordedAnswer) -> RecordedCall {
    RecordedCall {
        number,
        entrance: Entrance::Edge,
        method: "GET".to_owned(),
        path: "/it".to_owned(),
        is_socket: false,
        credential: Credential::default(),
        answer,
    }
}

fn piece(at: u64, by_client: bool, text: &str) -> Piece {
    Piece { at: Duration::from_millis(at), by_client, text: text.to_owned() }
}

fn answer(status: u16, pieces: Vec<Piece>, ending: Ending) -> RecordedAnswer {
    let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];
    RecordedAnswer { status: Some(status), headers, pieces, ending, ..RecordedAnswer::default() }
}

async fn serve(calls: Vec<RecordedCall>) -> (Replay, String) {
    let replay = Replay::builder(calls).start().await.expect("it starts");
    let base = replay.url(Entrance::Edge).expect("an edge").to_owned();
    (replay, base)
}

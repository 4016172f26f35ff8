//! WebSockets.

use fivewhys_mocks::{Ending, RecordedAnswer, RecordedCall};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;

use super::{answer, call, piece, serve};

fn socket(answer: RecordedAnswer) -> RecordedCall {
    RecordedCall { is_socket: true, ..call(1, answer) }
}

#[tokio::test]
async fn both_sides_speak_in_turn_and_the_server_closes_with_its_code() {
    let said = vec![piece(0, false, "welcome"), piece(1, true, "hello"), piece(2, false, "goodbye")];
    let ending = Ending::Closed(4401, "no token".to_owned());
    let (_replay, base) = serve(vec![socket(answer(101, said, ending))]).await;
    let url = format!("{}/it", base.replace("http", "ws"));
    let (mut stream, _) = connect_async(url).await.expect("it opens");
    let next =
        async |stream: &mut crate::support::socket::Stream| stream.next().await.expect("a frame").expect("no error");
    assert_eq!(next(&mut stream).await, Message::text("welcome"));
    stream.send(Message::text("hi")).await.expect("sent");
    assert_eq!(next(&mut stream).await, Message::text("goodbye"));
    let Message::Close(Some(frame)) = next(&mut stream).await else { panic!("no close frame") };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (4401, "no token"));
}

#[tokio::test]
async fn a_refused_handshake_is_refused_with_its_body() {
    let refused = RecordedAnswer { body: "denied".to_owned(), ..answer(403, Vec::new(), Ending::Complete) };
    let (_replay, base) = serve(vec![socket(refused)]).await;
    let Err(Error::Http(response)) = connect_async(format!("{}/it", base.replace("http", "ws"))).await else {
        panic!("it opened")
    };
    assert_eq!((response.status().as_u16(), response.body().as_deref()), (403, Some(&b"denied"[..])));
    // The same path without an upgrade is another call.
    assert_eq!(reqwest::get(format!("{base}/it")).await.expect("an answer").status(), 501);
}

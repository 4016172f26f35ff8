//! HTTP answers and streams.

use std::time::{Duration, Instant};

use fivewhys_mocks::{Ending, Entrance, RecordedAnswer, Replay};

use super::{answer, call, piece, serve};

#[tokio::test]
async fn a_stream_is_sent_in_pieces_at_their_times() {
    let pieces = vec![piece(0, false, "data: 1\n\n"), piece(300, false, "data: 2\n\n")];
    let (_replay, base) = serve(vec![call(1, answer(200, pieces, Ending::Complete))]).await;
    let begun = Instant::now();
    let mut response = reqwest::get(format!("{base}/it")).await.expect("an answer");
    let first = response.chunk().await.expect("a piece").expect("not the end");
    assert_eq!(first.as_ref(), b"data: 1\n\n");
    assert_eq!(response.text().await.expect("the rest"), "data: 2\n\n");
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stream_that_broke_off_breaks_off_again() {
    let pieces = vec![piece(0, false, "data: 1\n\n")];
    let (_replay, base) = serve(vec![call(1, answer(200, pieces, Ending::HungUp))]).await;
    let mut response = reqwest::get(format!("{base}/it")).await.expect("an answer");
    assert!(response.chunk().await.is_ok_and(|piece| piece.is_some()));
    assert!(response.chunk().await.is_err());
}

#[tokio::test]
async fn a_connection_that_was_closed_is_closed_again() {
    let closed = RecordedAnswer { ending: Ending::HungUp, ..RecordedAnswer::default() };
    let (_replay, base) = serve(vec![call(1, closed)]).await;
    let error = reqwest::get(format!("{base}/it")).await.expect_err("no answer");
    assert!(!error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_server_that_refused_every_connection_refuses_again() {
    let refused = RecordedAnswer { ending: Ending::Refused, ..RecordedAnswer::default() };
    let (_replay, base) = serve(vec![call(1, refused)]).await;
    assert!(reqwest::get(format!("{base}/it")).await.expect_err("no answer").is_connect());
}

#[tokio::test]
async fn a_silent_server_stays_silent() {
    let silent = RecordedAnswer { ending: Ending::Silent, ..RecordedAnswer::default() };
    let (_replay, base) = serve(vec![call(1, silent)]).await;
    let asked = tokio::time::timeout(Duration::from_millis(500), reqwest::get(format!("{base}/it"))).await;
    assert!(asked.is_err(), "it answered");
}

#[tokio::test]
async fn a_clock_that_was_behind_is_behind_again_and_broken_headers_are_left_out() {
    let behind = RecordedAnswer {
        clock_ahead: -600,
        headers: vec![("x y".to_owned(), "1".to_owned()), ("server".to_owned(), "nginx".to_owned())],
        ..answer(200, Vec::new(), Ending::Complete)
    };
    let (_replay, base) = serve(vec![call(1, behind)]).await;
    let response = reqwest::get(format!("{base}/it")).await.expect("an answer");
    assert_eq!(response.headers()["server"], "nginx");
    let date = response.headers()["date"].to_str().expect("text").to_owned();
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M").to_string();
    assert!(!date.starts_with(&now), "{date}");
}

#[tokio::test]
async fn texts_are_rewritten_and_impossible_answers_are_said() {
    let told = RecordedAnswer { body: "<here>".to_owned(), ..answer(200, Vec::new(), Ending::Complete) };
    let lost = RecordedAnswer { ending: Ending::Unrepeatable("dns".to_owned()), ..RecordedAnswer::default() };
    let calls = vec![call(1, told), call(2, lost)];
    let replay = Replay::builder(calls).rewriting(|call, text| text.replace("<here>", &call.number.to_string()));
    let replay = replay.start().await.expect("it starts");
    assert_eq!(replay.unrepeatable().len(), 1);
    let url = format!("{}/it", replay.url(Entrance::Edge).expect("an edge"));
    assert_eq!(reqwest::get(&url).await.expect("an answer").text().await.expect("a body"), "1");
    assert_eq!(reqwest::get(&url).await.expect("an answer").status(), 501);
}

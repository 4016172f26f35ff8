//! Names, boot and shutdown, and many twins at once.

use crate::support::{self, list_messages, socket, valid};
use fivewhys_mocks::{BootError, Dialect, Fault, Twin};

#[test]
fn names_parse_back_and_unknown_names_list_the_known() {
    for fault in Fault::ALL {
        assert_eq!(fault.to_string().parse::<Fault>().unwrap(), *fault);
    }
    for dialect in Dialect::ALL {
        assert_eq!(dialect.to_string().parse::<Dialect>().unwrap(), *dialect);
    }
    let unknown = "auth/asleep".parse::<Fault>().unwrap_err().to_string();
    assert!(unknown.contains("auth/asleep") && unknown.contains("auth/down"));
    assert!("esperanto".parse::<Dialect>().unwrap_err().to_string().contains("observed"));
    assert_eq!(Dialect::default(), Dialect::Documented);
}

#[tokio::test]
async fn a_bound_port_is_a_boot_error_that_names_the_edge() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Twin::builder().port(port).start().await.unwrap_err();
    assert!(matches!(error, BootError::Bind { role: "edge", .. }));
}

#[tokio::test]
async fn a_stopped_twin_cuts_off_open_connections() {
    let twin = Twin::builder().start().await.unwrap();
    let mut stream = socket::connect(&twin, &valid(&twin)).await.unwrap();
    socket::next_frame(&mut stream).await;
    let urls = [twin.edge_url().to_owned(), twin.auth_url().to_owned(), twin.control_url().to_owned()];
    twin.shutdown().await;
    for url in urls {
        assert!(support::client().get(url).send().await.unwrap_err().is_connect());
    }
    let end = futures_util::StreamExt::collect::<Vec<_>>(stream).await;
    assert!(end.last().is_some_and(Result::is_err), "the socket is cut off");
}

#[tokio::test]
async fn the_same_port_can_be_used_again_at_once() {
    let first = Twin::builder().start().await.unwrap();
    list_messages(&first, Some(&valid(&first))).await;
    let port = first.edge_url().rsplit(':').next().unwrap().parse().unwrap();
    first.shutdown().await;
    let second = Twin::builder().port(port).start().await.unwrap();
    assert_eq!(list_messages(&second, Some(&valid(&second))).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_twins_run_side_by_side() {
    let mut running = tokio::task::JoinSet::new();
    for n in 0..24 {
        running.spawn(async move {
            let fault = (n % 2 == 0).then_some(Fault::AuthDown);
            let twin = Twin::builder().faults(fault).start().await.unwrap();
            let status = list_messages(&twin, Some(&valid(&twin))).await.status();
            assert_eq!(status, if fault.is_some() { 403 } else { 200 });
            twin.shutdown().await;
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

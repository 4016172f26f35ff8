//! A failing call is attributed to the hop that failed, offline or against the target that `FIVEWHYS_TARGET` names.

use fivewhys::{Certainty, Hop, Scenario, Smoke, Target, Twin};
use rstest::rstest;

#[rstest]
#[tokio::test]
async fn chat_is_attributed() -> Result<(), fivewhys::Error> {
    let twin = Twin::builder().fault("backend-auth/service-secret-mismatch").start().await?;
    let report = Smoke::new(twin.target()).scenario(Scenario::shipped("chat-stream")?).run().await?;
    let cause = &report.causes[0];
    assert_eq!((cause.hop, cause.fault.as_str()), (Hop::BackendAuth, "backend-auth/service-secret-mismatch"));
    assert_eq!(cause.certainty, Certainty::Certain, "{report}");
    Ok(())
}

#[rstest]
#[case::auth_is_down("auth/down", Hop::Auth)]
#[case::header_is_lost("edge/strips-authorization", Hop::Edge)]
#[tokio::test]
async fn a_broken_twin_is_attributed(#[case] fault: &str, #[case] hop: Hop) -> Result<(), fivewhys::Error> {
    let twin = Twin::builder().fault(fault).start().await?;
    let report = Smoke::new(twin.target()).run().await?;
    assert_eq!((report.causes[0].hop, report.causes[0].fault.as_str()), (hop, fault), "{report}");
    Ok(())
}

#[tokio::test]
async fn the_system_is_healthy() -> Result<(), fivewhys::Error> {
    let (twin, named) = (Twin::builder().start().await?, Target::from_env()?);
    let report = Smoke::new(named.unwrap_or_else(|| twin.target())).run().await?;
    assert!(report.passed(), "{report}");
    Ok(())
}

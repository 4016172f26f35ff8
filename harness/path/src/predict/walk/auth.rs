//! The auth service, asked by the backend.

use super::super::call_seen::{CallSeen, CallsSeen};
use super::super::ending::{Reason, Result};
use super::super::request::{Claims, Credential, Request, Time};
use super::super::traits::{Choice, Trait};
use super::super::world::{Step, World};
use crate::path::effect::{Config, Effect};
use crate::path::stop::Stop;

/// What the backend gets from the auth service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// It refused the backend itself.
    CallerRefused(Reason),
    /// No usable answer.
    Failed,
    /// No such route.
    NoRoute,
    /// None, in a way that is not known.
    Open,
    /// No connection.
    Unreached,
    /// No answer in time.
    Late,
}

/// How a question of the backend ends, as both sides see it.
struct Outcome {
    answer: Answer,
    /// What the auth service can have logged of the question.
    calls: CallsSeen,
    /// Why the auth service refused or failed. `None`: it did neither.
    why: Reason,
}

/// An answer that comes late, or for a backend that has left.
const LATE: CallsSeen = LATE_FAILURE.and(CallSeen::AnsweredLate);
/// The answer of a service that hangs, or waits in vain for what it needs: what confirms a token did find it.
const LATE_FAILURE: CallsSeen = CallsSeen::of(&[CallSeen::Nothing, CallSeen::Answered, CallSeen::Unfinished]);
/// A token that is not active: many services answer that it is not, others refuse.
const SAID_NO: CallsSeen = CallsSeen::of(&[CallSeen::Answered, CallSeen::Refused]);

impl Outcome {
    const YES: Self = Self::new(Answer::Yes, CallsSeen::of(&[CallSeen::Answered]), Reason::None);

    const fn new(answer: Answer, calls: CallsSeen, why: Reason) -> Self {
        Self { answer, calls, why }
    }

    /// The question did not reach the auth service.
    const fn unheard(answer: Answer) -> Self {
        Self::new(answer, CallsSeen::NOTHING, Reason::None)
    }

    const fn failed(why: Reason) -> Self {
        Self::new(Answer::Failed, CallsSeen::of(&[CallSeen::Failed]), why)
    }

    const fn no(why: Reason) -> Self {
        Self::new(Answer::No, SAID_NO, why)
    }
}

/// What the backend asks.
#[derive(Debug, Clone, Copy)]
enum Question {
    /// For the keys, or whether it is healthy.
    Keys,
    Token(Credential),
    Login,
}

/// The backend's own request. `credential` is `None` when keys are fetched or the health check is called.
pub(super) fn asked(world: &mut World<'_>, request: &Request, credential: Option<Credential>) -> Step<Answer> {
    put(world, request, credential.map_or(Question::Keys, Question::Token))
}

/// The backend's own request to log a user in.
pub(super) fn asked_to_log_in(world: &mut World<'_>, request: &Request) -> Step<Answer> {
    put(world, request, Question::Login)
}

/// Reports whether a user with this login exists.
pub(super) fn knows_the_login(world: &mut World<'_>, request: &Request) -> Step<Answer> {
    let known =
        !request.same_user || !world.shows(Stop::Client, Effect::UnknownUser) || world.yes(Trait::LoginIsRight)?;
    let denied = request.same_user && world.shows(Stop::Auth, Effect::DeniesUser);
    Ok(if world.shows(Stop::Client, Effect::BadLogin) || !known || denied { Answer::No } else { Answer::Yes })
}

fn put(world: &mut World<'_>, request: &Request, what: Question) -> Step<Answer> {
    let outcome = question(world, request, what)?;
    // Keys are fetched once, and maybe before.
    let maybe_before = matches!(what, Question::Keys);
    world.calls = if maybe_before { outcome.calls.and(CallSeen::Nothing) } else { outcome.calls };
    world.why_not = outcome.why;
    Ok(outcome.answer)
}

fn question(world: &mut World<'_>, request: &Request, what: Question) -> Step<Outcome> {
    if world.shows(Stop::AuthCall, Effect::Unknown) && world.choice(Trait::UnknownHere)? != Choice::Untouched {
        return Ok(Outcome::new(Answer::Open, CallsSeen::ANY, Reason::Unknown));
    }
    // A bad revision may lack what it needs to ask.
    if world.has(Stop::Backend, Effect::BadRevision, request)? && world.yes(Trait::UnknownLooksAtToken)? {
        return Ok(Outcome::new(Answer::Open, CallsSeen::ANY, Reason::Unknown));
    }
    let lost = |world: &World<'_>, what| world.lacks(Stop::Backend, what);
    if world.has(Stop::AuthCall, Effect::NoListener, request)? || lost(world, Config::AuthAddress) {
        return Ok(Outcome::unheard(Answer::Unreached));
    }
    if world.has(Stop::AuthCall, Effect::DropPackets, request)? {
        return Ok(Outcome::unheard(Answer::Late));
    }
    if world.has(Stop::AuthCall, Effect::Hang, request)? {
        return Ok(Outcome::new(Answer::Late, LATE, Reason::None));
    }
    // Its answers take longer than the backend waits, which need not be long.
    if world.has(Stop::AuthCall, Effect::Slow, request)? {
        return Ok(Outcome::new(Answer::Open, LATE, Reason::None));
    }
    if world.has(Stop::AuthCall, Effect::Misroute, request)? {
        let answer = match () {
            () if world.yes(Trait::StrangerIsAuth)? => Answer::No,
            () if world.yes(Trait::WrongAddressAnswers)? => Answer::NoRoute,
            () => Answer::Unreached,
        };
        return Ok(Outcome::new(answer, CallsSeen::of(&[CallSeen::Nothing, CallSeen::NoRoute]), Reason::None));
    }
    if world.has(Stop::AuthCall, Effect::Fail, request)? {
        return Ok(Outcome::unheard(Answer::Open));
    }
    if world.has(Stop::AuthCall, Effect::Refuse, request)? {
        let calls = CallsSeen::of(&[CallSeen::Nothing, CallSeen::Refused]);
        return Ok(Outcome::new(Answer::Open, calls, Reason::None));
    }
    if !matches!(what, Question::Keys) && is_backend_refused(world, request)? {
        let why = caller_reason(world);
        return Ok(Outcome::new(Answer::CallerRefused(why), CallsSeen::of(&[CallSeen::Refused]), why));
    }
    answer(world, request, what)
}

/// Reports whether the auth service refuses the backend as a calling service.
fn is_backend_refused(world: &mut World<'_>, request: &Request) -> Step<bool> {
    let wrong =
        world.has(Stop::AuthCall, Effect::ReplaceCaller, request)? || world.lacks(Stop::Auth, Config::CallerSecret);
    let absent = world.has(Stop::AuthCall, Effect::DropCaller, request)?
        || world.lacks(Stop::Backend, Config::CallerSecret)
        || world.lacks(Stop::Backend, Config::CallerId);
    if !wrong && !absent {
        return Ok(false);
    }
    is_refused(world, !wrong)
}

/// Returns why the auth service refuses the backend.
pub(super) fn caller_reason(world: &World<'_>) -> Reason {
    if world.lacks(Stop::Auth, Config::CallerSecret) {
        Reason::CallerUnset
    } else if (world.lacks(Stop::Backend, Config::CallerId) && !world.lacks(Stop::Backend, Config::CallerSecret))
        || world.replaces(Stop::AuthCall, Config::CallerId)
    {
        Reason::CallerId
    } else {
        Reason::Caller
    }
}

/// Reports whether the auth service refuses a caller whose credentials are wrong, or absent.
pub(super) fn is_refused(world: &mut World<'_>, absent: bool) -> Step<bool> {
    Ok(match world.choice(Trait::AuthChecksCallers)? {
        Choice::Yes => true,
        Choice::Shown => !absent,
        _ => false,
    })
}

fn answer(world: &mut World<'_>, request: &Request, what: Question) -> Step<Outcome> {
    if does_not_run(world, request)? {
        return Ok(Outcome::unheard(Answer::Unreached));
    }
    if world.has(Stop::Auth, Effect::Refuse, request)? {
        let calls = CallsSeen::of(&[CallSeen::Nothing, CallSeen::Refused]);
        return Ok(Outcome::new(Answer::Failed, calls, Reason::Everyone));
    }
    if world.is_limited(Stop::Auth, request)? {
        return Ok(Outcome::new(Answer::Failed, CallsSeen::of(&[CallSeen::Throttled]), Reason::Limit));
    }
    if !matches!(what, Question::Keys)
        && world.shows(Stop::AuthStore, Effect::NoListener)
        && world.choice(Trait::AuthHealthAsks)? == Choice::Store
        && world.yes(Trait::ChecksHealthFirst)?
    {
        return Ok(Outcome::failed(world.store_of_auth()));
    }
    if world.has(Stop::Auth, Effect::Hang, request)? {
        return Ok(Outcome::new(Answer::Late, LATE_FAILURE, Reason::Unknown));
    }
    let is_slow = world.has(Stop::Auth, Effect::Slow, request)? && world.yes(Trait::AskedRouteTouched)?;
    if is_slow && world.yes(Trait::ImpatientBackend)? {
        return Ok(Outcome::new(Answer::Late, LATE, Reason::Unknown));
    }
    if world.shows(Stop::Auth, Effect::Unknown) && world.choice(Trait::UnknownHere)? != Choice::Untouched {
        return Ok(Outcome::new(Answer::Failed, CallsSeen::ANY, Reason::Unknown));
    }
    if world.shows(Stop::Auth, Effect::Fail) && world.yes(Trait::AskedRouteTouched)? {
        return Ok(Outcome::failed(Reason::Code));
    }
    if world.shows(Stop::Auth, Effect::NotFound) && world.yes(Trait::AskedRouteTouched)? {
        return Ok(Outcome::new(Answer::NoRoute, CallsSeen::of(&[CallSeen::NoRoute]), Reason::Route));
    }
    match what {
        Question::Keys => Ok(Outcome::YES),
        Question::Token(credential) => of_the_token(world, request, credential),
        Question::Login => of_the_login(world, request),
    }
}

/// What the backend gets if the auth service needs its store, which is down.
fn asked_without_store(world: &mut World<'_>) -> Step<Outcome> {
    let why = world.store_of_auth();
    Ok(if world.yes(Trait::CallerWaits)? {
        Outcome::new(Answer::Late, LATE_FAILURE, why)
    } else {
        Outcome::failed(why)
    })
}

/// What the auth service answers about a login.
fn of_the_login(world: &mut World<'_>, request: &Request) -> Step<Outcome> {
    if knows_the_login(world, request)? == Answer::No {
        return Ok(Outcome::no(Reason::User));
    }
    if world.shows(Stop::AuthStore, Effect::NoListener) {
        return asked_without_store(world);
    }
    Ok(if world.shows(Stop::Auth, Effect::CannotIssue) { Outcome::failed(Reason::Code) } else { Outcome::YES })
}

/// The answer to a request for keys at a wrong address.
pub(super) fn without_keys(world: &mut World<'_>, answers: bool) -> Answer {
    world.calls = CallsSeen::of(&[CallSeen::Nothing, CallSeen::NoRoute, CallSeen::Answered]);
    if answers { Answer::NoRoute } else { Answer::Unreached }
}

/// What the auth service answers about the token.
fn of_the_token(world: &mut World<'_>, request: &Request, credential: Credential) -> Step<Outcome> {
    if world.shows(Stop::Auth, Effect::SaysNo) && world.yes(Trait::AskedRouteTouched)? {
        let fails = world.result(Trait::BrokenCheckShows)? == Result::Failed;
        return Ok(if fails { Outcome::failed(Reason::Code) } else { Outcome::no(Reason::Unknown) });
    }
    if request.same_user && world.shows(Stop::Auth, Effect::DeniesUser) {
        return Ok(Outcome::no(Reason::User));
    }
    if world.shows(Stop::AuthStore, Effect::NoListener) && world.yes(Trait::AuthKnowsUsers)? {
        return asked_without_store(world);
    }
    Ok(judge(world, &credential, None)?.map_or(Outcome::YES, Outcome::no))
}

pub(super) fn does_not_run(world: &mut World<'_>, request: &Request) -> Step<bool> {
    world.has(Stop::Auth, Effect::DoesNotStart, request)
}

/// Reports whether the auth service's health check succeeds for the backend.
pub(super) fn is_healthy(world: &mut World<'_>, request: &Request) -> Step<bool> {
    let store =
        world.shows(Stop::AuthStore, Effect::NoListener) && world.choice(Trait::AuthHealthAsks)? == Choice::Store;
    let answer = asked(world, request, None)?;
    Ok(!store && matches!(answer, Answer::Yes | Answer::No))
}

/// Returns why the auth service refuses this credential. `ours` is our own question; `None` is the backend's.
pub(super) fn judge(world: &mut World<'_>, credential: &Credential, ours: Option<&Request>) -> Step<Option<Reason>> {
    if !credential.parses {
        return Ok(Some(Reason::Malformed));
    }
    if credential.key != world.key_of_auth() {
        return Ok(Some(Reason::Signature));
    }
    if world.shows(Stop::Auth, Effect::NoKeys) && world.yes(Trait::AuthUsesKeySet)? {
        return Ok(Some(Reason::Key));
    }
    match credential.time {
        Time::Past => return Ok(Some(Reason::Expired)),
        Time::Future => return Ok(Some(Reason::Early)),
        Time::Now if world.shows(Stop::Auth, Effect::ClockOffset) && world.yes(Trait::OffsetIsLarge)? => {
            return Ok(Some(Reason::Early));
        }
        Time::Now | Time::AheadOfIssuer => {}
    }
    let changed = credential.claims == Claims::Agreed && world.shows(Stop::Auth, Effect::OtherClaim);
    if changed && world.yes(Trait::AuthExpectsItsOwn)? {
        return Ok(Some(Reason::Claims));
    }
    let others = !matches!(credential.claims, Claims::Agreed | Claims::Auth);
    if others && world.yes(Trait::AuthJudgesClaims)? {
        return Ok(Some(Reason::Claims));
    }
    if credential.revoked {
        return Ok(Some(Reason::Inactive));
    }
    if !credential.user_exists {
        let knows = if ours.is_some() { Trait::RouteKnowsUsers } else { Trait::AuthKnowsUsers };
        if world.yes(knows)? {
            return Ok(Some(Reason::User));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::path::effect::{Patch, Reach};
    use crate::predict::topology::{Declared, Topology};
    use crate::predict::world::Unset;
    use crate::terms::{Algorithm, TokenKind, Validation};

    fn answers(world: &mut World<'_>, request: &Request, all: &mut Vec<Answer>) {
        match question(world, request, Question::Keys) {
            Ok(outcome) => all.push(outcome.answer),
            Err(Unset(of)) => {
                let Ok(()) = world.with_each_value(of, |world, _| {
                    answers(world, request, all);
                    Ok::<(), Infallible>(())
                });
            }
        }
    }

    #[test]
    fn a_wrong_address_refuses_knows_no_route_or_is_not_reached() {
        let topology = Topology::of(&Declared {
            validation: Validation::Introspection,
            algorithm: Algorithm::Hs256,
            has_key_set: false,
            has_auth_service: true,
            startup_check: None,
            endpoints: vec![None],
        });
        let misroutes = Patch { at: None, effect: Effect::Misroute, reach: Reach::All, of: None, only: None };
        let request = Request::to_a_protected_endpoint(TokenKind::Valid);
        let mut all = Vec::new();
        answers(&mut World::new(&topology, vec![(Stop::AuthCall, misroutes)]), &request, &mut all);
        for answer in [Answer::No, Answer::NoRoute, Answer::Unreached] {
            assert!(all.contains(&answer), "{answer:?} in {all:?}");
        }
    }
}

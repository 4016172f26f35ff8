//! How every kind of probe ends where a fault shows, by the model of the path, in a system of which nothing is declared.

use fivewhys_path::{Declared, Outlook, Patch, Request, Stop, Topology};

use super::hypothesis::Hypothesis;
use crate::diagnose::model::fault::Fault;
use crate::diagnose::model::probe_class::{Kind, Place, ProbeClass};
use crate::terms::{
    Algorithm, Caller, EndpointKind, EvidenceSource, Role, Service, TokenKind, TokenLocation, Validation,
};

/// The token kinds that are compared.
const TOKENS: [TokenKind; 6] = [
    TokenKind::Valid,
    TokenKind::Issued,
    TokenKind::None,
    TokenKind::Malformed,
    TokenKind::Expired,
    TokenKind::WrongKey,
];

/// The probes that a set of evidence grants, in a system of which nothing is declared.
pub(in crate::diagnose) struct Foreseen {
    pub(in crate::diagnose) classes: Vec<ProbeClass>,
    topology: Topology,
}

impl Foreseen {
    pub(in crate::diagnose) fn with(evidence_sources: &[EvidenceSource]) -> Self {
        let classes = probe_classes(evidence_sources);
        let declared = Declared {
            validation: Validation::Unknown,
            algorithm: Algorithm::default(),
            has_key_set: false,
            has_auth_service: true,
            startup_check: None,
            endpoints: vec![None; ENDPOINTS],
        };
        Self { classes, topology: Topology::of(&declared) }
    }

    /// Returns how each probe ends where the fault makes a call fail that must work. `None`: it makes none of these fail.
    pub(in crate::diagnose) fn of(&self, fault: &Fault) -> Option<Vec<Outlook>> {
        let patches = Hypothesis::Fault(fault).patches();
        let mut must_work: Vec<Request> = self.classes.iter().map(request).filter(Request::must_work).collect();
        // What users call comes first.
        must_work.sort_by_key(|one| one.role != Role::Protected || one.past_edge);
        must_work.iter().find_map(|shown| self.where_it_shows(&patches, shown))
    }

    /// Returns how each probe ends in a healthy system.
    pub(in crate::diagnose) fn healthy(&self) -> Vec<Outlook> {
        self.classes.iter().map(|class| Outlook::of(Vec::new(), &request(class), &self.topology)).collect()
    }

    fn where_it_shows(&self, patches: &[(Stop, Patch)], shown: &Request) -> Option<Vec<Outlook>> {
        let outlook = |class| Outlook::where_it_shows(patches, shown, &request(class), &self.topology);
        self.classes.iter().map(outlook).collect()
    }
}

/// The endpoints of [`request`].
const ENDPOINTS: usize = 9;

fn request(class: &ProbeClass) -> Request {
    let (endpoint, to, role) = match (class.place, class.kind) {
        (Place::Protected | Place::Direct, Kind::Http) => (0, Service::Backend, Role::Protected),
        (Place::Protected | Place::Direct, Kind::Sse) => (1, Service::Backend, Role::Protected),
        (Place::Protected | Place::Direct, Kind::Websocket) => (2, Service::Backend, Role::Protected),
        (Place::BackendHealth | Place::DirectHealth, _) => (3, Service::Backend, Role::Health),
        (Place::AuthHealth, _) => (4, Service::Auth, Role::Health),
        (Place::SelfCheck, _) => (5, Service::Auth, Role::SelfCheck),
        (Place::Issuer, _) => (6, Service::Auth, Role::Issuer),
        (Place::Introspection, _) if class.caller.is_some() => (7, Service::Auth, Role::Introspection),
        (Place::Introspection, _) => (8, Service::Auth, Role::Introspection),
    };
    Request {
        endpoint,
        to,
        past_edge: class.is_direct(),
        role,
        kind: match class.kind {
            Kind::Http => EndpointKind::Http,
            Kind::Sse => EndpointKind::Sse,
            Kind::Websocket => EndpointKind::Websocket,
        },
        token: class.token,
        location: class.token_location,
        caller: class.caller,
        has_body: false,
        has_query: false,
        sends_messages: false,
        from_cache: false,
        same_user: class.same_user,
        of_any_subject: class.token.may_name_another_subject(),
    }
}

/// Returns every kind of probe that can be sent with this evidence.
fn probe_classes(evidence_sources: &[EvidenceSource]) -> Vec<ProbeClass> {
    let health = |place| ProbeClass {
        place,
        kind: Kind::Http,
        token: TokenKind::None,
        token_location: TokenLocation::Header,
        caller: None,
        same_user: true,
        optional: false,
    };
    let mut probe_classes = vec![health(Place::BackendHealth)];
    let auth = evidence_sources.contains(&EvidenceSource::Auth);
    let tokens = TOKENS.into_iter().filter(|token| auth || *token != TokenKind::Issued);
    for token in tokens {
        probe_classes.extend(protected(token));
        if auth {
            probe_classes.extend(introspection(token, evidence_sources));
        }
    }
    if evidence_sources.contains(&EvidenceSource::Direct) {
        let past_edge = [TokenKind::Valid, TokenKind::None].into_iter().flat_map(protected);
        probe_classes.extend(past_edge.map(|class| ProbeClass { place: Place::Direct, ..class }));
        probe_classes.push(health(Place::DirectHealth));
    }
    if auth {
        probe_classes.extend([Place::AuthHealth, Place::Issuer, Place::SelfCheck].map(health));
    }
    probe_classes
}

fn protected(token: TokenKind) -> impl Iterator<Item = ProbeClass> {
    let ways = [
        (Kind::Http, TokenLocation::Header),
        (Kind::Sse, TokenLocation::Header),
        (Kind::Websocket, TokenLocation::Header),
        (Kind::Websocket, TokenLocation::Subprotocol),
    ];
    let users = if token == TokenKind::Valid { &[true, false][..] } else { &[true][..] };
    ways.into_iter().flat_map(move |(kind, token_location)| {
        users.iter().map(move |same_user| ProbeClass {
            place: Place::Protected,
            kind,
            token,
            token_location,
            caller: None,
            same_user: *same_user,
            optional: false,
        })
    })
}

fn introspection(token: TokenKind, evidence_sources: &[EvidenceSource]) -> impl Iterator<Item = ProbeClass> {
    let credentials = evidence_sources.contains(&EvidenceSource::ServiceCredentials);
    let callers = Caller::HARMLESS_FIRST
        .into_iter()
        .filter(move |one| credentials || !matches!(one, Caller::Right | Caller::WrongId));
    callers.map(Some).chain([None]).map(move |caller| ProbeClass {
        place: Place::Introspection,
        kind: Kind::Http,
        token,
        token_location: TokenLocation::Body,
        caller,
        same_user: true,
        optional: false,
    })
}

#[cfg(test)]
mod tests {
    use fivewhys_path::Ended;
    use rstest::rstest;

    use super::*;
    use crate::diagnose::model::catalogue::Catalogue;
    use crate::diagnose::model::load::parse;

    /// Returns a catalogue of one fault at the edge.
    fn at_the_edge(does: &str) -> Catalogue {
        let text = format!(
            "[[fault]]\nid = \"edge/tea\"\ntitle = \"t\"\nprior = \"rare\"\ninvolves = []\ncurable_by_rollback = false\nowner = \"o\"\n\
             fix = \"f\"\nwhys = []\ndoes = [{{ {does} }}]\n"
        );
        let written = parse("one.toml", &text).expect("it is in order");
        Catalogue::of_faults(written.into_iter().map(|one| one.fault).collect())
    }

    #[rstest]
    #[case::no_header_arrives(r#"effect = "drop-credential""#, [Ended::Denied, Ended::Ok])]
    #[case::no_socket_arrives(r#"effect = "refuse", for = "sockets""#, [Ended::Ok, Ended::Denied])]
    fn probes_end_as_where_the_fault_shows(#[case] does: &str, #[case] expected: [Ended; 2]) {
        let (foreseen, catalogue) = (Foreseen::with(&[EvidenceSource::Edge]), at_the_edge(does));
        let outlooks = foreseen.of(&catalogue.faults()[0]).expect("it makes a call fail");
        let likeliest = |kind, token_location| {
            let is_it = |class: &ProbeClass| {
                let way = (class.place, class.kind, class.token, class.token_location, class.same_user);
                way == (Place::Protected, kind, TokenKind::Valid, token_location, true)
            };
            let at = foreseen.classes.iter().position(is_it).expect("a class");
            outlooks[at].results().max_by(|a, b| a.1.total_cmp(&b.1)).expect("a result").0
        };
        let seen = [(Kind::Http, TokenLocation::Header), (Kind::Websocket, TokenLocation::Subprotocol)];
        assert_eq!(seen.map(|(kind, location)| likeliest(kind, location)), expected);
    }

    #[test]
    fn a_fault_that_changes_nothing_shows_nowhere() {
        let catalogue = at_the_edge(r#"effect = "drop-query""#);
        assert!(Foreseen::with(&[EvidenceSource::Edge]).of(&catalogue.faults()[0]).is_none());
    }
}

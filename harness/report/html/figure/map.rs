//! The map of hops: how far the failing request came, which hop responded, and where the cause lies.

use maud::{Markup, html};

use crate::report::words::counted;
use crate::report::{Blame, HopMark, Passage};
use crate::terms::Hop;

/// A box on the map.
struct Place {
    hop: Hop,
    name: &'static str,
    about: &'static str,
    x: i32,
    y: i32,
}

const WIDTH: i32 = 158;
const HEIGHT: i32 = 98;
const PLACES: [Place; 6] = [
    Place { hop: Hop::Client, name: "client", about: "this test", x: 2, y: 106 },
    Place { hop: Hop::Edge, name: "edge", about: "public entrance", x: 268, y: 106 },
    Place { hop: Hop::Backend, name: "backend", about: "the service called", x: 534, y: 106 },
    Place { hop: Hop::Auth, name: "auth", about: "checks tokens", x: 800, y: 2 },
    Place { hop: Hop::Data, name: "data", about: "database, Redis", x: 800, y: 106 },
    Place { hop: Hop::Agents, name: "agents", about: "run the tasks", x: 800, y: 210 },
];

/// A connection between two boxes. Some connections are hops themselves.
struct Connection {
    hop: Option<Hop>,
    path: &'static str,
    label: (i32, i32),
    /// The hop at its far end. If the request reached that hop, it used this connection.
    to: Hop,
}

const CONNECTIONS: [Connection; 5] = [
    Connection { hop: Some(Hop::Network), path: "M160,155 H268", label: (214, 108), to: Hop::Edge },
    Connection { hop: None, path: "M426,155 H534", label: (0, 0), to: Hop::Backend },
    Connection { hop: Some(Hop::BackendAuth), path: "M692,155 H746 V51 H800", label: (640, 24), to: Hop::Auth },
    Connection { hop: None, path: "M692,155 H800", label: (0, 0), to: Hop::Data },
    Connection { hop: None, path: "M692,155 H746 V259 H800", label: (0, 0), to: Hop::Agents },
];

/// Returns where a hop is, for a reader who does not know the system.
pub(crate) const fn in_words(hop: Hop) -> &'static str {
    match hop {
        Hop::Client => "in this test: its token, secret, clock or request",
        Hop::Network => "on the network between the test and the public entrance",
        Hop::Edge => "at the edge: the load balancer or the platform's public entrance",
        Hop::Backend => "in the backend",
        Hop::BackendAuth => "between the backend and the auth service: in the backend's call to it",
        Hop::Auth => "in the auth service",
        Hop::Data => "in the database or Redis",
        Hop::Agents => "in the agents behind the backend",
        Hop::Unknown => "at an unknown place",
    }
}

pub(crate) fn figure(number: usize, passage: &Passage) -> Markup {
    let id = format!("map-{number}");
    html! {
        figure {
            h3 { "Where the cause lies" }
            div .drawing tabindex="0" role="region" aria-label=(format!("Map of hops, cause {number}")) {
                svg viewBox="0 0 960 310" role="img" aria-labelledby=(id) {
                    title #(id) { (in_one_line(passage)) }
                    // Blamed connections are drawn last, on top of the others.
                    @for connection in CONNECTIONS.iter().filter(|one| has(one.to, passage) && !is_blamed(one, passage)) { (connection_drawn(connection, passage)) }
                    @for connection in CONNECTIONS.iter().filter(|connection| is_blamed(connection, passage)) { (connection_drawn(connection, passage)) }
                    @for place in PLACES.iter().filter(|place| has(place.hop, passage)) { (place_drawn(place, passage)) }
                }
            }
            ol .stacked { @for mark in &passage.hops { (in_the_list(*mark)) } }
            figcaption {
                (in_one_line(passage))
                span .of-drawing { " Solid lines: the request came this way. Dotted lines: this exchange does not show it." }
            }
        }
    }
}

/// Reports whether the system has this hop.
fn has(hop: Hop, passage: &Passage) -> bool {
    passage.hops.iter().any(|mark| mark.hop == hop)
}

fn mark(passage: &Passage, hop: Hop) -> HopMark {
    let unseen = HopMark { hop, blame: Blame::None, reached: false, answered: false, ruled_out: 0 };
    passage.hops.iter().copied().find(|mark| mark.hop == hop).unwrap_or(unseen)
}

fn class(mark: HopMark) -> &'static str {
    match (mark.blame, mark.reached) {
        (Blame::Culprit, _) => "culprit",
        (Blame::Suspect, _) => "suspect",
        (Blame::None, true) => "reached",
        (Blame::None, false) => "unseen",
    }
}

/// Returns whether the cause is at this hop, in words.
const fn blame(mark: HopMark) -> &'static str {
    match mark.blame {
        Blame::Culprit => "✗ the cause",
        Blame::Suspect => "? possible cause",
        Blame::None => "",
    }
}

/// Returns what this hop did with the request, in words.
fn part(mark: HopMark) -> &'static str {
    match (mark.answered, mark.reached) {
        _ if mark.hop == Hop::Client => "sent it",
        (true, _) => "responded",
        (false, true) => "forwarded it",
        (false, false) => "not visible",
    }
}

fn place_drawn(place: &Place, passage: &Passage) -> Markup {
    let mark = mark(passage, place.hop);
    let middle = place.x + WIDTH / 2;
    html! {
        g .place .(class(mark)) {
            rect x=(place.x) y=(place.y) width=(WIDTH) height=(HEIGHT) rx="8" {}
            text .name x=(middle) y=(place.y + 22) text-anchor="middle" { (place.name) }
            text .about x=(middle) y=(place.y + 39) text-anchor="middle" { (place.about) }
            text .part x=(middle) y=(place.y + 57) text-anchor="middle" { (part(mark)) }
            @if mark.ruled_out > 0 {
                text .about x=(middle) y=(place.y + 73) text-anchor="middle" { (counted(mark.ruled_out, "fault", "faults")) " ruled out" }
            }
            @if mark.blame != Blame::None { text .state x=(middle) y=(place.y + 90) text-anchor="middle" { (blame(mark)) } }
        }
    }
}

/// Returns a hop as an item of the list that a narrow screen shows in place of the drawing.
fn in_the_list(mark: HopMark) -> Markup {
    let place = PLACES.iter().find(|place| place.hop == mark.hop);
    // A connection has no part of its own in the request.
    if place.is_none() && mark.blame == Blame::None {
        return html! {};
    }
    html! {
        li .(class(mark)) {
            strong { (mark.hop.as_str()) }
            @if let Some(place) = place { " (" (place.about) "): " (part(mark)) }
            @if mark.blame != Blame::None { ", " strong { (blame(mark)) } }
            @if mark.ruled_out > 0 { ", " (counted(mark.ruled_out, "fault", "faults")) " ruled out" }
        }
    }
}

fn is_blamed(connection: &Connection, passage: &Passage) -> bool {
    connection.hop.is_some_and(|hop| mark(passage, hop).blame != Blame::None)
}

fn connection_drawn(connection: &Connection, passage: &Passage) -> Markup {
    let taken = mark(passage, connection.to).reached;
    let own = connection.hop.map(|hop| mark(passage, hop));
    let class = match own {
        Some(mark) if mark.blame != Blame::None => class(mark),
        _ if taken => "reached",
        _ => "unseen",
    };
    let (x, y) = connection.label;
    html! {
        g .way .(class) {
            path d=(connection.path) {}
            @if let Some(mark) = own {
                text .about x=(x) y=(y) text-anchor="middle" { (mark.hop.as_str()) }
                @if mark.blame != Blame::None {
                    rect .badge x=(x - 62) y=(y + 22) width="124" height="26" rx="13" {}
                    text .state x=(x) y=(y + 40) text-anchor="middle" { (blame(mark)) }
                }
            }
        }
    }
}

/// Returns the map in words.
fn in_one_line(passage: &Passage) -> String {
    let answered = passage.hops.iter().find(|mark| mark.answered);
    let answered = answered.map_or_else(
        || "No hop responded".to_owned(),
        |mark| format!("The response was produced {}", in_words(mark.hop)),
    );
    let at = |blame| -> Vec<&str> {
        passage.hops.iter().filter(|mark| mark.blame == blame).map(|mark| in_words(mark.hop)).collect()
    };
    let (culprits, suspects) = (at(Blame::Culprit), at(Blame::Suspect));
    let cause = match (culprits.is_empty(), suspects.is_empty()) {
        (false, _) => format!("The cause lies {}", culprits.join(", or ")),
        (true, false) => format!("The cause may lie {}", suspects.join(", or ")),
        (true, true) => "It is not known where the cause lies".to_owned(),
    };
    format!("{answered}. {cause}.")
}

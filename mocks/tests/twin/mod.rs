//! The twin itself: boot and shutdown, noise, revisions, signing, and what it never shows.

mod lifecycle;
mod noise;
mod revisions;
mod secrecy;
mod signing;

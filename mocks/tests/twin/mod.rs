//! The twin itself: boot and shutdown, noise, signing, and what it never shows.

mod lifecycle;
mod noise;
mod secrecy;
mod signing;

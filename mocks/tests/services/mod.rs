//! A healthy twin: its endpoints, its edge, and the backend's calls to the auth service.

mod auth_calls;
mod clients;
mod edge;
mod endpoints;
mod healthy;

//! What is deployed: services, secrets, manifests, the edge's rules, and which processes run.
//!
//! Start at [`healthy`], which makes a [`Deployment`]; `faults/` then changes it, and `twin/` boots it.
//!
//! - `deployment`: the whole deployment as one value
//! - `plan`: the healthy deployment
//! - `spec`, `manifest`: one Cloud Run service, and its manifest
//! - `environment`: the secret store, and the environment of a process
//! - `build`: the defects of a deployed build
//! - `client`: what a client of the deployment was given
//!
//! Invariant: this folder opens no port and writes no log. A process learns its settings from the manifest only.

mod build;
mod client;
#[expect(clippy::module_inception, reason = "the folder's main type")]
mod deployment;
mod environment;
mod manifest;
mod plan;
mod spec;

pub(crate) use build::{AuthDefect, BackendDefect, Build};
pub(crate) use client::{Client, GivenAddress};
pub(crate) use deployment::{Addresses, Deployment, EdgePort, EdgeRule, Egress, Neighbours, Process};
pub(crate) use environment::{Environment, random_secret};
pub(crate) use manifest::{Rollout, requested, revision, rolled_out, split_traffic};
pub(crate) use plan::{CURRENT, JWT_SECRET, OLDER, ROTATED, SERVICE_SECRET, healthy};
pub(crate) use spec::{PROJECT, REGION, ServiceSpec, Source};

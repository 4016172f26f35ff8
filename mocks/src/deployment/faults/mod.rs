//! What each fault changes in the deployment, one file a hop. A function changes one thing, and knows no symptom.

pub(crate) mod agents;
pub(crate) mod auth;
pub(crate) mod backend;
pub(crate) mod backend_auth;
pub(crate) mod client;
pub(crate) mod data;
pub(crate) mod edge;
pub(crate) mod network;

//! The platform on which the services of a target run.

use super::words;

words! {
    /// The platform of a deployment. It decides the commands in a report.
    pub enum Platform {
        /// Google Cloud Run.
        CloudRun => "cloud-run",
        /// Kubernetes: each service is a Deployment.
        Kubernetes => "kubernetes",
        /// Amazon ECS.
        Ecs => "ecs",
        /// Docker Compose.
        Compose => "compose",
        /// Another platform, or none: the report holds no command of a platform.
        None => "none",
    }
}

impl Platform {
    /// Returns the platform of a command-line tool.
    pub(crate) fn of_tool(program: &str) -> Option<Self> {
        match program.rsplit('/').next()? {
            "gcloud" => Some(Self::CloudRun),
            "kubectl" => Some(Self::Kubernetes),
            "aws" => Some(Self::Ecs),
            "docker" | "docker-compose" => Some(Self::Compose),
            _ => None,
        }
    }
}

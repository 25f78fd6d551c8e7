//! The only door to the environment variables of this process.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the door that the lint points to"
)]

use crate::github::{Variables, api::Client};
use crate::http::Proxies;
use crate::process::Environment;
use std::{env, sync::OnceLock};

/// What the environment says about where and how the program runs.
pub(super) struct Surroundings {
    /// What tools inherit: everything but the secrets that they do not need.
    pub(super) environment: Environment,
    /// Whether this is CI, where the working tree is never changed.
    pub(super) is_ci: bool,
    /// Whether the log is one of GitHub Actions, whose runner takes some lines for commands.
    pub(super) is_github_actions: bool,
    /// Whether colour is unwanted. <https://no-color.org>
    pub(super) no_color: bool,
    /// What GitHub Actions says about the run.
    pub(super) github: Variables,
    /// The token for GitHub's API: `SPEC2PROD_TOKEN`, else `GITHUB_TOKEN`. Never in an argument, and
    /// never in the environment of a tool.
    pub(super) token: Option<String>,
    /// `SPEC2PROD_SURFACES`: where results are shown, in place of what the configuration says.
    pub(super) surfaces: Option<String>,
    /// The proxy on the way to GitHub's API.
    pub(super) proxies: Proxies,
    /// Access to GitHub's API, from when it is first needed. All of a command share it, so that they
    /// keep one pace.
    pub(super) client: OnceLock<Client>,
}

impl Surroundings {
    /// Reads the environment.
    pub(super) fn read() -> Self {
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let is_true = |name: &str| {
            env::var(name).is_ok_and(|value| {
                !matches!(
                    value.to_ascii_lowercase().as_str(),
                    "" | "0" | "false" | "no"
                )
            })
        };
        Self {
            environment: Environment::scrubbed(env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            })),
            is_ci: is_true("CI") || is_true("GITHUB_ACTIONS"),
            is_github_actions: is_true("GITHUB_ACTIONS"),
            no_color: is_set("NO_COLOR"),
            github: Variables::new(env::vars_os().filter_map(|(name, value)| {
                Some((name.into_string().ok()?, value.into_string().ok()?))
            })),
            token: text("SPEC2PROD_TOKEN").or_else(|| text("GITHUB_TOKEN")),
            surfaces: text("SPEC2PROD_SURFACES"),
            proxies: Proxies::read(|name| Some(env::var_os(name)?.to_string_lossy().into_owned())),
            client: OnceLock::new(),
        }
    }
}

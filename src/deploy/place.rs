//! What commands and addresses are told about the deployment: placeholders and variables.

use crate::config::EnvironmentPolicy;
use crate::model::{Component, Version};
use std::collections::BTreeMap;

/// What the placeholders stand for, and what the variables say.
#[derive(Debug, Clone)]
pub(super) struct Place {
    component: String,
    path: String,
    environment: &'static str,
    version: Version,
    previous: Option<Version>,
    id: String,
    url: Option<String>,
    own: BTreeMap<String, String>,
}

/// What a place is about.
pub(super) struct About<'a> {
    /// The version that a command makes active, or looks at.
    pub(super) version: &'a Version,
    /// The version before it.
    pub(super) previous: Option<&'a Version>,
    /// By what a command can tell a repetition.
    pub(super) id: &'a str,
    /// The address that a command gave back, where one did.
    pub(super) url: Option<&'a str>,
}

impl Place {
    pub(super) fn new(
        component: &Component,
        environment: &EnvironmentPolicy,
        about: &About<'_>,
    ) -> Self {
        let mut place = Self {
            component: component.name.to_string(),
            path: component.path.to_string_lossy().into_owned(),
            environment: environment.name.as_str(),
            version: about.version.clone(),
            previous: about.previous.cloned(),
            id: about.id.to_owned(),
            url: None,
            own: BTreeMap::new(),
        };
        // The address itself may have placeholders, but not its own.
        place.url = match about.url {
            Some(url) => Some(url.to_owned()),
            None => environment.url.as_deref().map(|url| place.filled(url)),
        };
        let own = environment.env.iter();
        place.own = own
            .map(|(name, value)| (name.clone(), place.filled(value)))
            .collect();
        place
    }

    /// Where the environment is seen.
    pub(super) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// A text with its placeholders filled. What is filled in is not looked at again.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let (before, after) = rest.split_at(start);
            filled.push_str(before);
            let name = after[1..].split_once('}').map(|(name, _)| name);
            match name.and_then(|name| Some((name, self.value(name)?))) {
                Some((name, value)) => {
                    filled.push_str(value);
                    rest = &after[name.len() + 2..];
                }
                None => {
                    filled.push('{');
                    rest = &after[1..];
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str) -> Option<&str> {
        Some(match name {
            "component" => &self.component,
            "path" => &self.path,
            "version" => name_of(&self.version),
            "environment" => self.environment,
            "url" => self.url.as_deref().unwrap_or_default(),
            _ => return None,
        })
    }

    /// The variables of a command: those of the configuration, and those that say what it is about.
    pub(super) fn env(&self) -> BTreeMap<String, String> {
        let previous = self.previous.as_ref().map(name_of).unwrap_or_default();
        let digest = self.version.digest.as_deref().unwrap_or_default();
        let ours = [
            ("SPEC2PROD_COMPONENT", self.component.as_str()),
            ("SPEC2PROD_VERSION", name_of(&self.version)),
            ("SPEC2PROD_COMMIT", &self.version.commit),
            ("SPEC2PROD_ARTIFACT_DIGEST", digest),
            ("SPEC2PROD_PREVIOUS_VERSION", previous),
            ("SPEC2PROD_ENVIRONMENT", self.environment),
            ("SPEC2PROD_ENVIRONMENT_URL", self.url().unwrap_or_default()),
            ("SPEC2PROD_DEPLOYMENT_ID", &self.id),
        ];
        let ours = ours.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.own.clone().into_iter().chain(ours).collect()
    }
}

/// What a version is called in commands: the digest where there is one, else the commit.
pub(super) fn name_of(version: &Version) -> &str {
    version.digest.as_deref().unwrap_or(&version.commit)
}

//! `stages`: the steps of the workflow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! stage {
    (
        $(#[doc = $doc:literal])+
        $name:ident {
            enabled: $enabled:literal,
            $(#[doc = $timeout_doc:literal])+
            timeout_seconds: $timeout:literal
            $(, $(#[doc = $key_doc:literal])+ $key:ident: $default:literal)* $(,)?
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub(in crate::config) struct $name {
            /// Whether the stage is judged.
            pub(in crate::config) enabled: bool,
            $(#[doc = $timeout_doc])+
            #[schemars(range(min = 1, max = 604_800))]
            pub(in crate::config) timeout_seconds: u64,
            $($(#[doc = $key_doc])+ pub(in crate::config) $key: bool,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { enabled: $enabled, timeout_seconds: $timeout, $($key: $default,)* }
            }
        }
    };
}

/// The steps of the workflow, in the order in which they are judged.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Stages {
    /// Is the specification complete, unambiguous and free of conflicts?
    pub(in crate::config) specification: Specification,
    /// Does an implementation exist? Not in effect yet.
    pub(in crate::config) implementation: Implementation,
    /// Are the tools there, in the right versions?
    pub(in crate::config) dependency_check: DependencyCheck,
    /// Do all tests pass, is coverage high enough?
    pub(in crate::config) testing: Testing,
    /// Lint, format, types, secrets, vulnerabilities, complexity, documentation.
    pub(in crate::config) refactoring: Refactoring,
    /// Are all criteria of staging met? Then it is deployed there.
    pub(in crate::config) staging_deployment: StagingDeployment,
    /// Are all criteria of production met? Then it is deployed there.
    pub(in crate::config) production_deployment: ProductionDeployment,
}

stage! {
    /// Is the specification complete, unambiguous and free of conflicts?
    Specification {
        enabled: true,
        /// How long one tool run of this stage may take, in seconds.
        timeout_seconds: 60,
    }
}

stage! {
    /// Does an implementation exist? Not in effect yet.
    Implementation {
        enabled: false,
        /// How long one tool run of this stage may take, in seconds.
        timeout_seconds: 3600,
    }
}

stage! {
    /// Are the tools there, in the right versions?
    DependencyCheck {
        enabled: true,
        /// How long one tool run of this stage may take, in seconds.
        timeout_seconds: 600,
        /// Whether missing tools may be installed into the run's cache.
        install: true,
    }
}

stage! {
    /// Do all tests pass, is coverage high enough?
    Testing {
        enabled: true,
        /// How long one tool run of this stage may take, in seconds.
        timeout_seconds: 600,
        /// Whether the run's tools may run at the same time.
        parallel_execution: true,
    }
}

stage! {
    /// Lint, format, types, secrets, vulnerabilities, complexity, documentation.
    Refactoring {
        enabled: true,
        /// How long one tool run of this stage may take, in seconds.
        timeout_seconds: 300,
        /// Whether what the linter can mend itself is mended (locally) or offered as a patch (in
        /// CI).
        auto_fix_linting: false,
    }
}

stage! {
    /// Are all criteria of staging met? Then it is deployed there.
    StagingDeployment {
        enabled: true,
        /// How long a deployment may take from its beginning until its tests have passed, in
        /// seconds. Bake time and analysis come on top.
        timeout_seconds: 600,
        /// Whether a version that fails is taken back.
        rollback_on_failure: true,
    }
}

stage! {
    /// Are all criteria of production met? Then it is deployed there.
    ProductionDeployment {
        enabled: true,
        /// How long a deployment may take from its beginning until its tests have passed, in
        /// seconds. Bake time and analysis come on top.
        timeout_seconds: 900,
        /// Whether a version that fails is taken back.
        rollback_on_failure: true,
        /// Whether a person must agree before the deployment.
        require_manual_approval: false,
    }
}

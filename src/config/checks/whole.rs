//! Blocks that components complete: what is missing after one layer is laid over the other.

use super::Findings;
use crate::config::{
    problem::shown,
    raw::Config,
    settings::{Layers, Settings},
};

/// A key that nothing sets.
pub(super) struct Missing {
    /// The pointer of the block that it is missing in.
    pub(super) block: String,
    /// Its name, and what follows.
    pub(super) what: &'static str,
    /// What to do.
    pub(super) advice: &'static str,
}

/// Says what is missing in a block such as `environments/staging`: for every component that it is
/// for, where one has a block of its own, else for all at once.
pub(super) fn check(
    config: &Config,
    settings: &Settings,
    block: &str,
    findings: &mut Findings,
    missing: impl Fn(Option<&str>) -> Vec<Missing>,
) {
    let dotted = block.replace('/', ".");
    let general = format!("/{block}");
    let own = |name: &str| Layers::new(settings, block.to_owned(), Some(name)).pointer("");
    let mut tell = |missing: Missing, message: String, blocks: &[String]| {
        findings.key(missing.block, message, Some(missing.advice.to_owned()));
        blocks.iter().for_each(|block| findings.within(block));
    };
    let mut names = config.components.keys();
    if !names.any(|name| own(name) != general) {
        for missing in missing(None) {
            let message = format!("`{dotted}` has no {}", missing.what);
            tell(missing, message, std::slice::from_ref(&general));
        }
        return;
    }
    for name in config.components.keys() {
        for missing in missing(Some(name)) {
            let own_dotted = format!("components.{}.{dotted}", shown(name));
            let message = format!("neither `{dotted}` nor `{own_dotted}` has {}", missing.what);
            tell(missing, message, &[general.clone(), own(name)]);
        }
    }
}

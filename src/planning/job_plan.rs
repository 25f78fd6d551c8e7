//! What is to be judged, and why.

use crate::impact::{Cause, Matrix};
use crate::model::{ComponentName, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is to be judged, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobPlan {
    /// The jobs, as `strategy.matrix` of a workflow reads them.
    pub matrix: Matrix,
    /// The components to judge.
    pub components: Vec<ComponentName>,
    /// Why each of them is judged.
    pub reasons: BTreeMap<ComponentName, Vec<Cause>>,
    /// The commit that was compared with, as a hash; `None` where nothing was compared.
    pub base: Option<String>,
    /// Where the base and the commit that is checked out branched off.
    pub merge_base: Option<String>,
    /// The commit that is checked out, as a hash.
    pub head: Option<String>,
    /// The names of the components that are no longer there.
    pub removed: Vec<ComponentName>,
    /// How far the components are to be taken, where that was asked.
    pub target: Option<Target>,
    /// How many files changed, where that was compared.
    pub changed_files: Option<usize>,
    /// How many components there are, also those that are not judged.
    pub components_total: usize,
    /// What there is to say beside it, such as why everything is judged.
    pub notes: Vec<String>,
}

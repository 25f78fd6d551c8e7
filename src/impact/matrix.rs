//! Components as the jobs of a matrix.

use crate::model::{ComponentName, Target};
use serde::Serialize;

/// The most jobs that a matrix may have.
/// <https://docs.github.com/actions/reference/limits>
pub const MAX_JOBS: usize = 256;

/// What `strategy.matrix` of a workflow reads.
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrixinclude>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The jobs. None at all are no matrix that GitHub accepts: a job that reads it needs a
    /// condition.
    pub include: Vec<Job>,
}

/// One job of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// The names of its components, separated by commas.
    pub component: String,
    /// What the job is called: its only component, or the first one and how many follow (`a+2`).
    /// Unique in the matrix, and good as a part of a file's name.
    pub name: String,
    /// How far the components are taken, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// Spreads components over at most `max_jobs` jobs, as evenly as they go and in their order.
#[must_use]
pub fn jobs(components: &[ComponentName], max_jobs: usize, target: Option<Target>) -> Matrix {
    let count = components.len().min(max_jobs.clamp(1, MAX_JOBS));
    let mut rest = components;
    let mut include = Vec::with_capacity(count);
    for left in (1..=count).rev() {
        let (own, others) = rest.split_at(rest.len().div_ceil(left));
        rest = others;
        if let Some(first) = own.first() {
            let names: Vec<&str> = own.iter().map(ComponentName::as_str).collect();
            let name = match own.len() - 1 {
                0 => first.to_string(),
                // No name of a component has a `+`.
                more => format!("{first}+{more}"),
            };
            include.push(Job {
                component: names.join(","),
                name,
                target,
            });
        }
    }
    Matrix { include }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names(count: usize) -> Vec<ComponentName> {
        let names = (0..count).map(|n| format!("c{n:04}").parse());
        names.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_job_has_one_component_where_there_are_enough_jobs() {
        let matrix = jobs(&names(2), 256, None);
        let text = serde_json::to_string(&matrix).unwrap();
        insta::assert_snapshot!(text, @r#"{"include":[{"component":"c0000","name":"c0000"},{"component":"c0001","name":"c0001"}]}"#);
        let matrix = jobs(&names(3), 2, Some(Target::Staging));
        let text = serde_json::to_string(&matrix).unwrap();
        insta::assert_snapshot!(text, @r#"{"include":[{"component":"c0000,c0001","name":"c0000+1","target":"staging"},{"component":"c0002","name":"c0002","target":"staging"}]}"#);
    }

    #[test]
    fn every_component_is_in_one_job_and_jobs_are_even() {
        for (components, max, expected) in [
            (0, 256, 0),
            (1, 1, 1),
            (256, 256, 256),
            (300, 256, 256),
            (300, 10, 10),
            (1000, 256, 256),
            (7, 3, 3),
            (300, 10_000, 256),
        ] {
            let all = names(components);
            let matrix = jobs(&all, max, None);
            assert_eq!(matrix.include.len(), expected);
            let sizes: Vec<usize> = matrix
                .include
                .iter()
                .map(|job| job.component.split(',').count())
                .collect();
            let spread = sizes.iter().max().unwrap_or(&0) - sizes.iter().min().unwrap_or(&0);
            assert!(spread <= 1, "{sizes:?}");
            let listed: Vec<&str> = matrix
                .include
                .iter()
                .flat_map(|job| job.component.split(','))
                .collect();
            let expected: Vec<&str> = all.iter().map(ComponentName::as_str).collect();
            assert_eq!(listed, expected);
            let unique: BTreeSet<&str> =
                matrix.include.iter().map(|job| job.name.as_str()).collect();
            assert_eq!(unique.len(), matrix.include.len());
        }
    }
}

//! `spec2prod init`: what a repository needs to be judged, written where it is missing.

use super::Output;
use super::arguments::InitArguments;
use crate::config::{self, FILE_NAMES};
use crate::inside::inside;
use crate::model::ComponentName;
use crate::render::{json, plain};
use anyhow::Context as _;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

const CONFIGURATION: &str = include_str!("../../templates/init/workflow_config.yaml");
const SPECIFICATION: &str = include_str!("../../templates/init/specification.md");
const WORKFLOW: &str = include_str!("../../templates/init/workflow.yml");

/// What the templates have in place of a component's name.
const PLACEHOLDER: &str = "@component@";

/// The component that is described where a repository has none.
const EXAMPLE: &str = "example_component";

/// Where the workflow is written, and where somebody may have it already.
const WORKFLOW_FILES: [&str; 2] = [
    ".github/workflows/spec2prod.yml",
    ".github/workflows/spec2prod.yaml",
];

/// Where the configuration's first line says that its schema is.
const SCHEMA_FILE: &str = "schemas/workflow_config.schema.json";

/// How many specifications are written at once.
const MOST_SPECIFICATIONS: usize = 50;

/// Runs the subcommand. A file that is there is never changed.
pub(super) fn run(arguments: &InitArguments, output: &Output) -> anyhow::Result<u8> {
    let workspace = fs::canonicalize(&arguments.workspace).with_context(|| {
        let shown = arguments.workspace.display();
        format!("the workspace {shown} cannot be used")
    })?;
    let wanted = wanted(&workspace)?;
    let mut done = Done::default();
    let name = wanted
        .first()
        .map_or(EXAMPLE, |wanted| wanted.name.as_str());

    let configuration = CONFIGURATION.replace(PLACEHOLDER, name);
    if done.write(&workspace, &FILE_NAMES, &configuration)? {
        // An editor complains about a first line that leads nowhere.
        done.write(&workspace, &[SCHEMA_FILE], &json::laid_out(config::SCHEMA)?)?;
    }
    let mut specifications = Vec::new();
    for wanted in wanted.iter().take(MOST_SPECIFICATIONS) {
        let file = format!("specs/{}.md", wanted.name);
        let names = match &wanted.specification {
            Some(there) => vec![there.as_str()],
            None => vec![file.as_str()],
        };
        let text = SPECIFICATION.replace(PLACEHOLDER, wanted.name.as_str());
        if done.write(&workspace, &names, &text)? {
            specifications.push(file);
        }
    }
    let has_workflow = done.write(&workspace, &WORKFLOW_FILES, WORKFLOW)?;

    let mut text = done.lines.join("\n");
    let next = next_steps(&done, name, &specifications, has_workflow);
    if !next.is_empty() {
        text.push_str("\n\nNext:\n");
        text.push_str(&next.join("\n"));
    }
    if let Some(more) = wanted.len().checked_sub(MOST_SPECIFICATIONS + 1) {
        output.note(&format!(
            "{} more components were not looked at; run it again when these are done",
            more + 1
        ));
    }
    output.print(&text);
    Ok(0)
}

/// A component that needs a specification.
struct Wanted {
    name: ComponentName,
    /// Its specification, where it has one.
    specification: Option<String>,
}

/// The components of the workspace; without any, the sources that could be some; without those, an
/// example.
fn wanted(workspace: &Path) -> anyhow::Result<Vec<Wanted>> {
    let policy = config::load(workspace, None)?;
    let mut names = config::components(&policy, workspace);
    if names.is_empty() {
        names = config::sources(workspace);
    }
    if names.is_empty() {
        names.push(EXAMPLE.parse()?);
    }
    let wanted = names.into_iter().map(|name| {
        let found = config::component(&policy, workspace, &name, None);
        let set = policy.components.get(name.as_str());
        let specification = match found {
            Ok(component) => component.spec,
            // One that is set and not there is for its owner to mend.
            Err(_) => set.and_then(|set| set.spec.clone()),
        };
        Wanted {
            specification: specification.map(|path| path.to_string_lossy().into_owned()),
            name,
        }
    });
    Ok(wanted.collect())
}

/// What was done, a line a file.
#[derive(Default)]
struct Done {
    lines: Vec<String>,
    written: usize,
}

impl Done {
    /// Writes a file by the first of these names, unless there is one by any of them. Tells whether
    /// it was written.
    fn write(&mut self, workspace: &Path, names: &[&str], text: &str) -> anyhow::Result<bool> {
        let is_there = |name: &&&str| workspace.join(name).symlink_metadata().is_ok();
        if let Some(there) = names.iter().find(is_there) {
            self.lines.push(format!("kept     {}", plain(there)));
            return Ok(false);
        }
        let Some(name) = names.first() else {
            return Ok(false);
        };
        create(workspace, Path::new(name), text)
            .with_context(|| format!("cannot write {name} in {}", workspace.display()))?;
        self.lines.push(format!("written  {}", plain(name)));
        self.written += 1;
        Ok(true)
    }
}

/// Writes a new file; its folders may be new too, and may not lead outside of the workspace.
fn create(workspace: &Path, name: &Path, text: &str) -> io::Result<()> {
    let file = inside(workspace, name)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    // Somebody else may have written it meanwhile.
    let mut created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&file)?;
    created.write_all(text.as_bytes())
}

/// What a person does next, for what was written.
fn next_steps(
    done: &Done,
    name: &str,
    specifications: &[String],
    has_workflow: bool,
) -> Vec<String> {
    let mut steps = Vec::new();
    if let Some(file) = specifications.first() {
        steps.push(format!(
            "  - Fill in what stands in [brackets]: spec2prod spec check {file} --target staging"
        ));
    }
    if has_workflow {
        let file = WORKFLOW_FILES[0];
        steps.push(format!(
            "  - Put the place and the commit of spec2prod in place of OWNER/spec2prod@<sha> in {file}"
        ));
    }
    if done.written > 0 {
        steps.push(
            "  - Keep out of git what runs leave: workflow_report_*.json, workflow_dashboards/, \
             .metrics/"
                .to_owned(),
        );
        steps.push(format!(
            "  - Judge it here: spec2prod run --component {name}"
        ));
    }
    steps
}

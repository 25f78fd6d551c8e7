//! The JSON Schemas that are shipped, and that the program uses and prints, are those of its types.

use spec2prod::{config, render::json};
use std::{env, fs, path::Path};

/// Where this variable is set, the files are written.
const UPDATE: &str = "UPDATE_SCHEMAS";

#[test]
fn the_shipped_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for (name, shipped, made) in [
        (
            "workflow_config.schema.json",
            config::SCHEMA,
            config::schema(),
        ),
        (
            "report.schema.json",
            json::REPORT_SCHEMA,
            json::report_schema(),
        ),
    ] {
        let made = json::pretty(&made);
        if env::var_os(UPDATE).is_some() {
            fs::write(folder.join(name), made).unwrap();
        } else {
            let file = fs::read_to_string(folder.join(name)).unwrap();
            assert!(
                file == made && json::laid_out(shipped).unwrap() == made,
                "schemas/{name} is stale; write it with \
                 `{UPDATE}=1 cargo test --test integration schemas::`"
            );
        }
    }
}

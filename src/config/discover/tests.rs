//! Repositories as people lay them out.

use super::*;
use crate::config::load_text;
use std::fs;
use tempfile::TempDir;

fn workspace(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

fn found(folder: &TempDir, name: &str) -> Component {
    component(
        &Policy::default(),
        folder.path(),
        &name.parse().unwrap(),
        None,
    )
    .unwrap()
}

fn not_found(policy: &Policy, folder: &TempDir, name: &str) -> String {
    component(policy, folder.path(), &name.parse().unwrap(), None)
        .unwrap_err()
        .to_string()
}

fn paths(paths: &[PathBuf]) -> Vec<&str> {
    paths.iter().map(|path| path.to_str().unwrap()).collect()
}

fn names(policy: &Policy, folder: &TempDir) -> Vec<String> {
    components(policy, folder.path())
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_parts_of_a_component_are_found_by_its_name() {
    let folder = workspace(&[
        "src/orchestration/__init__.py",
        "src/orders/__init__.py",
        "specs/orchestration.md",
        "tests/orchestration/test_flow.py",
        "tests/test_orchestrator.py",
        "tests/test_orchestration_edge.py",
        "tests/unit/test_orchestrator_retry.py",
        "tests/test_orders.py",
        "tests/test_other.py",
        "tests/test_orchestrations.py",
    ]);
    let component = found(&folder, "orchestration");
    assert_eq!(component.path, Path::new("src/orchestration"));
    assert_eq!(
        paths(&component.tests),
        [
            "tests/orchestration",
            "tests/test_orchestration_edge.py",
            "tests/test_orchestrator.py",
            "tests/unit/test_orchestrator_retry.py",
        ]
    );
    assert_eq!(
        component.spec.as_deref(),
        Some(Path::new("specs/orchestration.md"))
    );
    assert_eq!(component.toolchain, "python");
    let orders = found(&folder, "orders");
    assert_eq!(paths(&orders.tests), ["tests/test_orders.py"]);
    assert_eq!(orders.spec, None);
    assert_eq!(
        names(&Policy::default(), &folder),
        ["orchestration", "orders"]
    );
}

#[test]
fn sources_may_be_a_module_or_lie_at_the_root() {
    let folder = workspace(&[
        "src/ledger.py",
        "billing/core/invoice.py",
        "docs/conf.py",
        "assets/logo.svg",
        "specs/billing.md",
        "tests/test_ledger.py",
        "tests/test_assets.py",
    ]);
    assert_eq!(found(&folder, "ledger").path, Path::new("src/ledger.py"));
    assert_eq!(found(&folder, "billing").path, Path::new("billing"));
    assert!(
        found(&folder, "billing").tests.is_empty(),
        "tests/ is not billing's alone"
    );
    assert_eq!(names(&Policy::default(), &folder), ["billing", "ledger"]);
    assert!(not_found(&Policy::default(), &folder, "assets").contains("no sources"));
}

#[test]
fn the_tests_of_the_only_component_may_have_any_name() {
    let folder = workspace(&["src/shop/cart.py", "tests/test_cart.py", "README.md"]);
    assert_eq!(paths(&found(&folder, "shop").tests), ["tests"]);
    assert_eq!(names(&Policy::default(), &folder), ["shop"]);
}

#[test]
fn a_longer_name_keeps_its_own_tests() {
    let folder = workspace(&[
        "src/user/a.py",
        "src/user_service/b.py",
        "tests/test_user.py",
        "tests/test_user_names.py",
        "tests/test_user_service.py",
        "tests/test_user_service_slow.py",
    ]);
    assert_eq!(
        paths(&found(&folder, "user").tests),
        ["tests/test_user.py", "tests/test_user_names.py"]
    );
    assert_eq!(
        paths(&found(&folder, "user_service").tests),
        [
            "tests/test_user_service.py",
            "tests/test_user_service_slow.py"
        ]
    );
}

#[test]
fn a_name_with_hyphens_is_found_with_underscores() {
    let folder = workspace(&[
        "src/audit_log/a.py",
        "tests/test_audit_log.py",
        "specs/audit-log.md",
    ]);
    let component = found(&folder, "audit-log");
    assert_eq!(component.path, Path::new("src/audit_log"));
    assert_eq!(paths(&component.tests), ["tests/test_audit_log.py"]);
    assert_eq!(
        component.spec.as_deref(),
        Some(Path::new("specs/audit-log.md"))
    );
}

#[test]
fn what_is_configured_is_taken_and_must_exist() {
    let folder = workspace(&[
        "services/billing/main.sh",
        "services/billing/checks/a.bats",
        "documents/billing.md",
        "given.md",
        "src/orders/a.py",
        "tests/test_orders.py",
    ]);
    let policy = load_text(
        "components:\n  billing:\n    path: services/billing\n    tests: services/billing/checks\n    \
         spec: documents/billing.md\n    toolchain: shell\n  lost: {path: services/lost}\n\
         toolchains:\n  shell:\n    type: command\n    commands:\n      \
         - {name: lint, command: [shellcheck], evidence: [lint]}\n",
        "workflow_config.yaml",
    )
    .unwrap();
    let name: ComponentName = "billing".parse().unwrap();
    let billing = component(&policy, folder.path(), &name, None).unwrap();
    assert_eq!(
        billing,
        Component {
            name: name.clone(),
            path: "services/billing".into(),
            tests: vec!["services/billing/checks".into()],
            spec: Some("documents/billing.md".into()),
            toolchain: "shell".to_owned(),
        }
    );
    for given in [PathBuf::from("given.md"), folder.path().join("given.md")] {
        let billing = component(&policy, folder.path(), &name, Some(&given)).unwrap();
        assert_eq!(billing.spec.as_deref(), Some(Path::new("given.md")));
    }
    let absent = component(&policy, folder.path(), &name, Some(Path::new("absent.md")));
    insta::assert_snapshot!(absent.unwrap_err(), @"the command line names absent.md, which does not exist in the workspace");
    insta::assert_snapshot!(not_found(&policy, &folder, "lost"), @"components.lost.path (workflow_config.yaml:7) names services/lost, which does not exist in the workspace");
    assert_eq!(
        names(&policy, &folder),
        ["billing", "lost"],
        "the list of the file is complete"
    );
}

#[test]
fn a_missing_component_comes_with_what_was_looked_for_and_what_is_there() {
    let folder = workspace(&["src/orders/a.py", "src/billing/a.py", "lib/readme.txt"]);
    let policy = Policy::default();
    insta::assert_snapshot!(not_found(&policy, &folder, "order"), @"no sources of component order found: looked for src/order, src/order.py, order; did you mean orders?");
    insta::assert_snapshot!(not_found(&policy, &folder, "inventory"), @"no sources of component inventory found: looked for src/inventory, src/inventory.py, inventory; the components here are billing, orders");
    insta::assert_snapshot!(not_found(&policy, &workspace(&["a.txt"]), "inventory"), @"no sources of component inventory found: looked for src/inventory, src/inventory.py, inventory; name them with components.inventory.path, or the repository's root with --workspace where this is not it");
}

#[test]
fn sources_without_a_known_language_need_a_toolchain() {
    let folder = workspace(&["src/site/index.html", "specs/site.md"]);
    insta::assert_snapshot!(not_found(&Policy::default(), &folder, "site"), @"no toolchain for component site: src/site has no .py file; name one with components.site.toolchain");
}

#[test]
fn ignored_files_are_not_sources() {
    let folder = workspace(&["app/.venv/lib/a.py", "app/build/b.py"]);
    fs::write(folder.path().join("app/.gitignore"), "build/\n").unwrap();
    assert!(not_found(&Policy::default(), &folder, "app").contains("no sources"));
}

#[cfg(unix)]
#[test]
fn links_that_lead_outside_are_refused() {
    use std::os::unix::fs::symlink;
    let outside = workspace(&["orders/a.py"]);
    let folder = workspace(&["src/inner/a.py", "tests/test_linked.py"]);
    symlink(
        outside.path().join("orders"),
        folder.path().join("src/orders"),
    )
    .unwrap();
    symlink("inner", folder.path().join("src/linked")).unwrap();
    insta::assert_snapshot!(not_found(&Policy::default(), &folder, "orders"), @"src/orders leads outside of the workspace; only what lies inside is read");
    assert_eq!(found(&folder, "linked").path, Path::new("src/linked"));
    let spec = outside.path().join("orders/a.py");
    let name = "linked".parse().unwrap();
    let error = component(&Policy::default(), folder.path(), &name, Some(&spec)).unwrap_err();
    assert!(matches!(error, DiscoverError::Outside { .. }), "{error}");
}

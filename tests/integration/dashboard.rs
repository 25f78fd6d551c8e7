//! The dashboard of a real run, opened in a real browser.

use crate::support::{Repository, with_script};
use std::{fs, path::Path, process::Command};

/// The browser; `scripts/test-tools` sees to it.
fn browser() -> &'static str {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    names
        .into_iter()
        .find(is_there)
        .unwrap_or_else(|| panic!("no browser is there; run scripts/test-tools"))
}

/// What the browser printed on standard output and standard error.
fn open(page: &Path, arguments: &[&str]) -> (Vec<u8>, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--hide-scrollbars", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .env("HOME", profile.path())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    (output.stdout, log)
}

/// What the page complains about: errors, and whatever its policy forbids.
fn complaints(log: &str) -> Vec<&str> {
    log.lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect()
}

/// A picture of the page, checked to be a PNG of this size.
fn picture(page: &Path, width: u32, height: u32, is_dark: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    let scheme = format!(
        "--blink-settings=preferredColorScheme={}",
        u8::from(!is_dark)
    );
    let (_, log) = open(
        page,
        &[
            &format!("--screenshot={}", file.display()),
            &format!("--window-size={width},{height}"),
            &scheme,
        ],
    );
    assert_eq!(complaints(&log), Vec::<&str>::new());
    let bytes = fs::read(&file).unwrap();
    // <https://www.w3.org/TR/png-3/#11IHDR>
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(bytes[16..20], width.to_be_bytes());
    assert_eq!(bytes[20..24], height.to_be_bytes());
    bytes
}

/// The dashboard of a run.
fn dashboard(repository: &Repository, component: &str) -> std::path::PathBuf {
    let report = repository.report(component);
    repository
        .path()
        .join(report["metrics_dashboard"].as_str().unwrap())
}

#[test]
fn a_real_run_is_to_be_seen_in_light_and_dark_and_on_a_phone() {
    let repository = Repository::with_shop();
    repository.write("src/shop/untidy.py", "import os\n");
    repository
        .run(&["run", "--component", "shop", "--target", "staging"])
        .expect_status(1);
    let page = dashboard(&repository, "shop");

    let blank = repository.path().join("blank.html");
    fs::write(&blank, "<!doctype html><title>blank</title>").unwrap();
    let nothing = picture(&blank, 1280, 900, false);
    let light = picture(&page, 1280, 900, false);
    let dark = picture(&page, 1280, 900, true);
    let phone = picture(&page, 500, 900, false);
    for shown in [&light, &dark, &phone] {
        assert!(
            shown.len() > 5 * nothing.len(),
            "{} and {} bytes",
            shown.len(),
            nothing.len()
        );
    }
    assert_ne!(light, dark, "the page does not follow the colour scheme");
}

/// Names and messages of tests that try to be markup, and one that is very long.
fn with_hostile_tests() -> Repository {
    let script = r#"python3 - "$1" <<'PYTHON'
import sys
from xml.sax.saxutils import escape, quoteattr

texts = [
    "<script>document.title='owned'</script>",
    "</style><style>body { display: none }</style>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "&lt;b&gt;bold&lt;/b&gt;",
    "</title></head><h1>heading</h1>",
    "x" * 100_000,
]
cases = "".join(
    f'<testcase classname="c" name={quoteattr(text)}><failure message={quoteattr(text)}>{escape(text)}</failure></testcase>'
    for text in texts
)
open(sys.argv[1], "w").write(f'<testsuite name="s">{cases}</testsuite>')
PYTHON
printf '\033[31mred\033[0m <script>printed</script>\n'
"#;
    with_script(script)
}

#[test]
fn text_of_strangers_stays_text() {
    let repository = with_hostile_tests();
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(1);
    let page = dashboard(&repository, "thing");
    assert!(fs::metadata(&page).unwrap().len() < 500_000);

    let (dom, log) = open(&page, &["--dump-dom"]);
    let dom = String::from_utf8(dom).unwrap();
    assert_eq!(complaints(&log), Vec::<&str>::new());
    for element in ["<script", "<img", "<h1>heading", "<b>bold"] {
        assert!(!dom.contains(element), "{element} is in the page");
    }
    assert_eq!(dom.matches("<style").count(), 1);
    assert_eq!(dom.matches("<h1").count(), 1);
    assert!(dom.contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"));
    assert!(!dom.contains("owned</title>"));
    assert!(!dom.contains('\u{1b}'));
}

#[test]
fn the_policy_of_the_page_forbids_what_is_put_into_it() {
    let repository = with_hostile_tests();
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(1);
    let text = fs::read_to_string(dashboard(&repository, "thing")).unwrap();
    let page = repository.path().join("tampered.html");
    let added = "<script>document.title='owned'</script><style>body { display: none }</style><img src=\"x.png\">";
    fs::write(&page, text.replace("<footer", &format!("{added}<footer"))).unwrap();
    let (dom, log) = open(&page, &["--dump-dom"]);
    let dom = String::from_utf8(dom).unwrap();
    assert!(dom.contains("x.png"), "nothing was put in");
    assert!(!dom.contains("owned</title>"));
    // Script, style and picture: this also shows that complaints are seen at all.
    assert!(complaints(&log).len() >= 3, "{log}");
}

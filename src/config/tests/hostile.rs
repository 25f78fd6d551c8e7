//! Files that nobody writes by mistake.

use super::{EVERY_KEY, load_ok, refused};
use crate::config::load_text;

#[test]
fn an_anchors_bomb_is_refused() {
    let bomb = (1..20).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let again = vec![format!("*a{}", n - 1); 9].join(", ");
        text + &format!("a{n}: &a{n} [{again}]\n")
    });
    insta::assert_snapshot!(refused(&bomb), @r"
    error: too much to read: at most 32 levels of nesting, 50000 values and 10000 values behind aliases are allowed
     --> workflow_config.yaml:1:14
      |
    1 | a0: &a0 [x, x]
      |              ^
    ");
}

#[test]
fn text_of_the_file_reaches_no_terminal_as_it_is() {
    let text = "\"sta\\e[31mges\": 1\nlogging: {level: \"\\a\\e]0;x\\a\"}\n";
    let message = refused(text);
    assert!(!message.contains(['\u{1b}', '\u{7}']), "{message:?}");
    insta::assert_snapshot!(message, @r#"
    error: unknown key `sta\u{1b}[31mges`
     --> workflow_config.yaml:1:1
      |
    1 | "sta\e[31mges": 1
      | ^^^^^^^^^^^^^^ `sta\u{1b}[31mges`
      |
      = help: known here: `version`, `quality_gates`, `error_recovery`, `observability`, `context_management`, `maturity_workflow`, `stages`, `execution`, `components`, `planning`, `toolchains`, `environments`, `suites`, `promotion`, `exemptions`, `history`, `logging`, `notifications`, `gates`, `github`

    error: the text `\u{7}\u{1b}]0;x\u{7}` is not known here
     --> workflow_config.yaml:2:18
      |
    2 | logging: {level: "\a\e]0;x\a"}
      |                  ^^^^^^^^^^^^ `logging.level`
      |
      = help: known here: `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`
    "#);
}

#[test]
fn thousands_of_mistakes_are_told_in_part() {
    let text: String = (0..20_000).map(|n| format!("k{n}: 1\n")).collect();
    let error = load_text(&text, "workflow_config.yaml").unwrap_err();
    assert_eq!(error.problems.len(), 20_000);
    assert!(error.to_string().ends_with("and 19950 more"));
}

#[test]
fn a_circle_of_many_components_is_told_once() {
    let text = (0..900).fold("components:\n".to_owned(), |text, n| {
        text + &format!("  c{n}: {{depends_on: [c{}]}}\n", (n + 1) % 900)
    });
    let error = load_text(&text, "workflow_config.yaml").unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(error.problems[0].message.contains("c0 → c1 → c2"));
    let chain = (0..900).fold("components:\n".to_owned(), |text, n| {
        text + &format!("  c{n}: {{depends_on: [c{}]}}\n", n + 1)
    });
    assert_eq!(load_ok(&(chain + "  c900: {}\n")).components.len(), 901);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// Whatever is written, it is refused in words or obeyed, and nothing else.
    #[test]
    fn any_change_of_a_valid_file_is_refused_or_obeyed(
        position in 0..EVERY_KEY.len(),
        insert in "[-a-z0-9:{}\\[\\]\"'&*~ \\n\\t#]{0,8}",
        cut in 0usize..12,
    ) {
        let mut text = EVERY_KEY.to_owned();
        let end = (position + cut).min(text.len());
        if text.is_char_boundary(position) && text.is_char_boundary(end) {
            text.replace_range(position..end, &insert);
        }
        if let Err(error) = load_text(&text, "workflow_config.yaml") {
            proptest::prop_assert!(!error.problems.is_empty());
            proptest::prop_assert!(error.to_string().starts_with("error: "));
        }
    }
}

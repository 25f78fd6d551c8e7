use super::*;
use serde_json::json;

fn value(text: &str) -> Value {
    parse(text).unwrap().value
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

fn at(line: u32, column: u32) -> Option<Position> {
    Some(Position { line, column })
}

#[test]
fn every_key_and_value_has_its_place() {
    let document = parse("a: 1\nb:\n  - x\n  - 'é': {d/e~: [2]}\n").unwrap();
    let positions = document.positions;
    assert_eq!(
        document.value,
        json!({"a": 1, "b": ["x", {"é": {"d/e~": [2]}}]})
    );
    assert_eq!(positions.value_at(""), at(1, 1));
    assert_eq!(positions.key_at("/a"), at(1, 1));
    assert_eq!(positions.value_at("/a"), at(1, 4));
    assert_eq!(positions.value_at("/b/0"), at(3, 5));
    assert_eq!(positions.key_at("/b/0"), None);
    assert_eq!(positions.key_at("/b/1/é"), at(4, 5));
    assert_eq!(positions.key_at("/b/1/é/d~1e~0"), at(4, 11));
    assert_eq!(positions.value_at("/b/1/é/d~1e~0/0"), at(4, 18));
    for absent in ["/c", "/a/0", "/b/2", "/b/x", "a"] {
        assert_eq!(positions.value_at(absent), None, "{absent}");
    }
}

#[test]
fn scalars_are_read_strictly() {
    assert_eq!(
        value("a: yes\nb: 007\nc: 1_000\nd: true\ne: 1.50\nf: ~\ng: .inf\nh: 1e999\ni: 0x10\n"),
        json!({
            "a": "yes", "b": "007", "c": "1_000", "d": true, "e": 1.5, "f": null,
            "g": ".inf", "h": ".inf", "i": 16,
        })
    );
    assert_eq!(value("1: a\ntrue: b\n"), json!({"1": "a", "true": "b"}));
}

#[test]
fn a_document_without_content_is_null() {
    for text in ["", "# nothing\n", "---\n", "---\n...\n"] {
        assert_eq!(value(text), Value::Null, "{text:?}");
    }
    assert_eq!(
        value("\u{feff}a: 1\n"),
        json!({"a": 1}),
        "a byte order mark is skipped"
    );
}

#[test]
fn merge_keys_are_merged_and_stand_where_they_are_written() {
    let document = parse("x: &b {p: 1, q: 2}\ny:\n  <<: *b\n  q: 3\n").unwrap();
    assert_eq!(document.value["y"], json!({"p": 1, "q": 3}));
    assert_eq!(document.positions.value_at("/y/p"), at(1, 11));
    assert_eq!(document.positions.value_at("/y/q"), at(4, 6));
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_its_place() {
    let texts = [
        "a: 1\nb:\n  a: 2\n  a: 3\n",
        "a: {b: 1, b: 2}\n",
        "0xB: 1\n11: 2\n",
        "a: 1\n---\nb: 2\n",
        "a: !shell ls\n",
        "? [a]\n: 1\n",
        ": 1\n",
    ];
    insta::assert_snapshot!(texts.map(error).join("\n"), @r"
    line 4, column 3: the key `a` is already there in this mapping; remove one of the two
    line 1, column 11: the key `b` is already there in this mapping; remove one of the two
    line 2, column 1: the key `11` is already there in this mapping; remove one of the two
    line 2, column 1: a second document begins here (`---`); a file has exactly one
    line 1, column 11: unsupported tag `!shell`
    line 1, column 3: a key must be plain text
    line 1, column 1: a key is missing before the `:`
    ");
}

#[test]
fn mistakes_are_explained_with_their_place() {
    let texts = [
        "a:\n\tb: 1\n",
        "a:\n  b: 1\n\tc: 2\n",
        "a:\n  - b\n \t - c\n",
        "a: [1, 2\n",
        "a: \"x\n",
        "a: b: c\n",
        "a: *x\n",
        "a: &x [*x]\n",
        "a: \u{1}\n",
    ];
    insta::assert_snapshot!(texts.map(error).join("\n"), @r"
    line 2, column 1: a tab stands in the indentation; YAML is indented with spaces
    line 3, column 1: a tab stands in the indentation; YAML is indented with spaces
    line 3, column 2: a tab stands in the indentation; YAML is indented with spaces
    line 1, column 4: unclosed bracket '['
    line 1, column 4: unclosed quote
    line 1, column 5: mapping values are not allowed in this context
    line 1, column 4: an alias (`*name`) refers to an anchor (`&name`) that is not defined before it
    line 1, column 8: an alias refers to something that it is itself a part of
    line 1, column 4: unexpected character: `\u{1}'
    ");
}

#[test]
fn a_tab_that_does_not_indent_is_no_mistake() {
    assert_eq!(
        value("a:\t1\t# one\nb: \"x\ty\"\n"),
        json!({"a": 1, "b": "x\ty"})
    );
}

#[test]
fn bombs_are_refused() {
    let laughs = (1..20).fold("a0: &a0 [x, x, x]\n".to_owned(), |text, n| {
        let again = vec![format!("*a{}", n - 1); 9].join(", ");
        text + &format!("a{n}: &a{n} [{again}]\n")
    });
    let merges = (1..90).fold("a0: &a0 {x0: 1}\n".to_owned(), |text, n| {
        let before = n - 1;
        text + &format!("a{n}: &a{n} {{<<: [*a{before}, *a{before}], x{n}: 2}}\n")
    });
    let block: String = (0..700).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    let bombs = [
        laughs,
        merges,
        block,
        "[".repeat(500_000),
        "{a: ".repeat(200_000),
        "- ".repeat(400_000),
        "? ".repeat(400_000),
        "- a\n".repeat(200_000),
        format!(
            "a: &x {}\nb: [{}]\n",
            "y".repeat(500_000),
            "*x, ".repeat(900)
        ),
    ];
    for bomb in bombs {
        let message = error(&bomb);
        assert!(
            message.contains("too much to read"),
            "{}: {message}",
            &bomb[..20]
        );
    }
    insta::assert_snapshot!(error(&"#".repeat(MAX_BYTES + 1)), @"line 1, column 1: the text has 1048577 bytes, and at most 1048576 are read");
}

#[test]
fn long_keys_above_many_values_take_little_memory() {
    let keys: String = (0..20)
        .map(|n| format!("{}{}:\n", " ".repeat(n), "k".repeat(1_000)))
        .collect();
    let items = format!("{}- a\n", " ".repeat(20)).repeat(20_000);
    let document = parse(&(keys + &items)).unwrap();
    let pointer = format!("/{}", "k".repeat(1_000)).repeat(20);
    assert_eq!(
        document.positions.value_at(&format!("{pointer}/19999")),
        at(20_020, 23)
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r"[-a-c:?\[\]{},&*#!|>'\x22%@ \t\n<~0-9.]{0,60}") {
        if let Err(error) = parse(&text) {
            proptest::prop_assert!(error.line >= 1 && error.column >= 1);
        }
    }
}

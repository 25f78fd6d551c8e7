use crate::context::{ContextError, Role, Session, count_tokens, list, load, session_id, show};
use serde_json::{Map, Value, json};
use std::{fs, path::Path, sync::Barrier, thread};

/// Written by Python's `json.dump(…, indent=2)`, with fields that only its author knows.
const FOREIGN_ID: &str = "parser-workflow-2025-10-20";
const FOREIGN: &str =
    include_str!("../../../tests/fixtures/context/parser-workflow-2025-10-20.json");

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

fn add(session: &mut Session, content: &str) {
    session.add(Role::User, content, 0.5, Map::new()).unwrap();
}

fn contents(dir: &Path, id: &str) -> Vec<String> {
    let document = load(dir, id).unwrap();
    document.messages().map(|m| m.content.to_owned()).collect()
}

#[test]
fn the_id_names_component_and_day() {
    let id = session_id(
        &"calculator".parse().unwrap(),
        jiff::civil::date(2025, 3, 7),
    );
    assert_eq!(id, "calculator-workflow-2025-03-07");
}

#[test]
fn a_new_session_has_the_ancestors_fields() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("made/on/demand");
    let mut session = Session::open(&dir, "a-workflow-2025-10-20", 8000).unwrap();
    let metadata = json!({"type": "note"}).as_object().unwrap().clone();
    session
        .add(Role::System, "tiktoken is great!", 0.9, metadata)
        .unwrap();
    assert!(!dir.exists(), "nothing is written before save");
    session.save().unwrap();

    let text = fs::read_to_string(dir.join("a-workflow-2025-10-20.json")).unwrap();
    let mut filters = insta::Settings::new();
    filters.add_filter(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00",
        "[microseconds, UTC]",
    );
    filters.bind(|| {
        insta::assert_snapshot!(text, @r#"
    {
      "session_id": "a-workflow-2025-10-20",
      "messages": [
        {
          "role": "system",
          "content": "tiktoken is great!",
          "timestamp": "[microseconds, UTC]",
          "metadata": {
            "type": "note"
          },
          "tokens": 6,
          "importance": 0.9
        }
      ],
      "max_tokens": 8000,
      "current_tokens": 6,
      "metadata": {}
    }
    "#)
    });
}

#[test]
fn a_foreign_session_is_continued_byte_for_byte() {
    let folder = folder_with(&format!("{FOREIGN_ID}.json"), FOREIGN);
    let file = folder.path().join(format!("{FOREIGN_ID}.json"));
    let mut session = Session::open(folder.path(), FOREIGN_ID, 8000).unwrap();
    session.save().unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), FOREIGN);

    add(&mut session, "2 + 2 = 4");
    session.save().unwrap();
    let continued: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let mut expected: Value = serde_json::from_str(FOREIGN).unwrap();
    let added = continued["messages"][3].clone();
    assert_eq!(added["tokens"], 7);
    expected["messages"].as_array_mut().unwrap().push(added);
    expected["current_tokens"] = json!(34 + 7);
    assert_eq!(continued, expected);
}

#[test]
fn a_second_run_of_the_day_adds_to_the_first() {
    let folder = tempfile::tempdir().unwrap();
    for content in ["first", "second"] {
        let mut session = Session::open(folder.path(), "a", 8000).unwrap();
        add(&mut session, content);
        session.save().unwrap();
        session.save().unwrap();
    }
    assert_eq!(contents(folder.path(), "a"), ["first", "second"]);
    let session = Session::open(folder.path(), "a", 8000).unwrap();
    assert!(session.has_message(Role::User, "second"));
    assert!(!session.has_message(Role::System, "second"));
}

#[test]
fn runs_at_the_same_time_lose_no_message() {
    const RUNS: usize = 8;
    const MESSAGES: usize = 12;
    let folder = tempfile::tempdir().unwrap();
    let start = Barrier::new(RUNS);
    thread::scope(|scope| {
        for run in 0..RUNS {
            let (folder, start) = (folder.path(), &start);
            scope.spawn(move || {
                let mut session = Session::open(folder, "a", 8000).unwrap();
                start.wait();
                for number in 0..MESSAGES {
                    add(&mut session, &format!("run {run:02} message {number:02}"));
                    session.save().unwrap();
                }
            });
        }
    });
    let mut found = contents(folder.path(), "a");
    for run in 0..RUNS {
        let prefix = format!("run {run:02}");
        let own: Vec<_> = found.iter().filter(|c| c.starts_with(&prefix)).collect();
        assert!(own.is_sorted(), "each run's messages stand in its order");
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), RUNS * MESSAGES);
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "only the session and its lock: {names:?}");
}

#[test]
fn what_is_no_session_is_left_untouched() {
    let cases = [
        ("", "invalid JSON"),
        ("{\"session_id\": \"a\", \"messages\": [", "invalid JSON"),
        ("[1, 2]", "expected a JSON object"),
        ("{\"messages\": []}", "`session_id` is missing"),
        (
            "{\"session_id\": \"b\", \"messages\": []}",
            "`session_id` is \"b\", expected \"a\"",
        ),
        (
            "{\"session_id\": \"a\", \"messages\": {}}",
            "`messages` is missing or not an array",
        ),
        (
            "{\"session_id\": \"a\", \"messages\": [{\"role\": \"user\", \"content\": 3}]}",
            "`messages[0].content` is missing or not a text",
        ),
    ];
    for (text, problem) in cases {
        let folder = folder_with("a.json", text);
        let error = Session::open(folder.path(), "a", 8000).unwrap_err();
        assert!(matches!(error, ContextError::NotASession { .. }));
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(
            fs::read_to_string(folder.path().join("a.json")).unwrap(),
            text
        );
    }
    let nested = format!(
        "{{\"session_id\": \"a\", \"messages\": {}",
        "[".repeat(100_000)
    );
    let folder = folder_with("a.json", &nested);
    assert!(Session::open(folder.path(), "a", 8000).is_err());
}

#[test]
fn a_file_that_becomes_foreign_meanwhile_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::open(folder.path(), "a", 8000).unwrap();
    add(&mut session, "kept for later");
    fs::write(folder.path().join("a.json"), "not ours").unwrap();
    session.save().unwrap_err();
    assert_eq!(
        fs::read_to_string(folder.path().join("a.json")).unwrap(),
        "not ours"
    );
    fs::remove_file(folder.path().join("a.json")).unwrap();
    session.save().unwrap();
    assert_eq!(contents(folder.path(), "a"), ["kept for later"]);
}

#[test]
fn sizes_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("a.json")).unwrap();
    file.set_len(16 * 1024 * 1024 + 1).unwrap();
    let error = Session::open(folder.path(), "a", 8000).unwrap_err();
    assert!(matches!(error, ContextError::TooLarge { .. }), "{error}");

    let padding = "x".repeat(16 * 1024 * 1024 - 300);
    let full = json!({"session_id": "b", "messages": [], "padding": padding}).to_string();
    fs::write(folder.path().join("b.json"), &full).unwrap();
    let mut session = Session::open(folder.path(), "b", 8000).unwrap();
    add(&mut session, &"one word too many ".repeat(20));
    let error = session.save().unwrap_err();
    assert!(matches!(error, ContextError::TooLarge { .. }), "{error}");
    let after = fs::read_to_string(folder.path().join("b.json")).unwrap();
    assert!(after == full, "the file is left as it is");
}

#[test]
fn ids_stay_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    for id in [
        "",
        ".",
        "..",
        ".hidden",
        "-x",
        "a/b",
        "/etc/passwd",
        "../a",
        "a..b",
        "a\\b",
        "a\0b",
        "a b",
        "ä",
        "a:b",
        &"a".repeat(151),
    ] {
        for error in [
            Session::open(folder.path(), id, 8000).unwrap_err(),
            load(folder.path(), id).unwrap_err(),
        ] {
            assert!(
                matches!(error, ContextError::InvalidId(_)),
                "{id:?}: {error}"
            );
        }
    }
    let error = load(folder.path(), "a").unwrap_err();
    assert!(matches!(error, ContextError::NotFound { .. }));
}

#[test]
fn importance_goes_from_0_to_1() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::open(folder.path(), "a", 8000).unwrap();
    for importance in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let result = session.add(Role::Assistant, "x", importance, Map::new());
        assert!(matches!(result, Err(ContextError::InvalidImportance(_))));
    }
    assert_eq!(session.summary().messages, 0);
}

#[test]
fn a_session_over_budget_keeps_everything_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::open(folder.path(), "a", 12).unwrap();
    add(&mut session, "tiktoken is great!");
    add(&mut session, "tiktoken is great!");
    assert!(!session.summary().is_over_budget, "12 of 12");
    add(&mut session, "!");
    session.save().unwrap();
    let summary = session.summary();
    assert_eq!((summary.current_tokens, summary.max_tokens), (13, Some(12)));
    assert!(summary.is_over_budget);
    assert_eq!(contents(folder.path(), "a").len(), 3);

    let roomier = Session::open(folder.path(), "a", 100).unwrap();
    assert!(
        !roomier.summary().is_over_budget,
        "the setting of now counts"
    );
}

#[test]
fn the_list_is_newest_first_and_names_what_it_cannot_read() {
    let folder = folder_with(&format!("{FOREIGN_ID}.json"), FOREIGN);
    let write = |id: &str, timestamp: &str| {
        let message = json!({"role": "user", "content": "no count", "timestamp": timestamp});
        let session = json!({"session_id": id, "messages": [message]});
        fs::write(
            folder.path().join(format!("{id}.json")),
            session.to_string(),
        )
        .unwrap();
    };
    // The foreign one ends at 06:04:00.000001 without an offset, read as UTC.
    write("earlier", "2025-10-20T08:04:00+02:00");
    write("later", "2025-10-20T06:04:01Z");
    write("timeless", "yesterday");
    fs::write(folder.path().join("broken.json"), "{").unwrap();
    fs::write(folder.path().join("notes.txt"), "").unwrap();
    fs::write(folder.path().join("later.lock"), "").unwrap();
    fs::create_dir(folder.path().join("folder.json")).unwrap();

    let found = list(folder.path()).unwrap();
    let ids: Vec<_> = found.sessions.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["later", FOREIGN_ID, "earlier", "timeless"]);
    assert_eq!(found.sessions[0].max_tokens, None);
    assert_eq!(found.sessions[0].current_tokens, count_tokens("no count"));
    assert_eq!(found.unreadable.len(), 2, "{:?}", found.unreadable);

    let missing = list(&folder.path().join("missing")).unwrap();
    assert!(missing.sessions.is_empty() && missing.unreadable.is_empty());
}

#[test]
fn shown_without_control_characters() {
    let folder = folder_with(&format!("{FOREIGN_ID}.json"), FOREIGN);
    let document = load(folder.path(), FOREIGN_ID).unwrap();
    insta::assert_snapshot!(show(&document), @r"
    parser-workflow-2025-10-20: 3 messages, 34 of 8000 tokens

    [1] system, 2025-10-20T06:03:03.211342, 14 tokens, importance 1
        Parser of invoices:

        - tokenizer → parser → 🧾

    [2] user, 2025-10-20T09:03:15+02:00, 11 tokens, importance 0.7
        Coverage 71 %txt.exe, 2 of 90 tests fail.

    [3] tool, 2025-10-20T06:04:00.000001, 9 tokens, importance 0.1
        [31mFAILED[0m test_a	tab
    ");
}

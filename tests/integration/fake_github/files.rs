//! Files, commits and references.

use super::{
    client::{get, request, send},
    with_pull,
};
use crate::support::github::{FULL_TOKEN, FakeGithub, Fault, Pull};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// Sends something to a place of the repository.
#[track_caller]
fn post(github: &FakeGithub, rest: &str, body: Value) -> Value {
    let path = format!("/repos/octo/shop{rest}");
    request(github, "POST", &path, body).expect(201).json()
}

#[test]
fn a_file_is_read_at_a_branch_or_a_commit() {
    let (github, pull) = with_pull();
    let text = "thresholds: {}\n".repeat(9);
    github.file(&pull.base_sha, "workflow_config.yaml", &text);
    github.file("other", "docs/a b.md", "a");
    let read = |path: &str, name: &str| {
        get(
            &github,
            &format!("/repos/octo/shop/contents/{path}?ref={name}"),
        )
    };
    let file = read("workflow_config.yaml", &pull.base_sha)
        .expect(200)
        .json();
    let content = file["content"].as_str().unwrap();
    assert!(content.lines().count() > 1, "GitHub breaks the lines");
    let bytes = BASE64_STANDARD.decode(content.replace('\n', "")).unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), text);
    assert_eq!(
        read("docs/a%20b.md", "other").expect(200).json()["path"],
        "docs/a b.md"
    );
    read("docs/a%20b.md", "main").expect(404);
    read("README.md", "nowhere").expect(404);
    let bearer = format!("Bearer {FULL_TOKEN}");
    let headers = [
        ("user-agent", "test"),
        ("authorization", bearer.as_str()),
        ("accept", "application/vnd.github.raw+json"),
    ];
    let raw = "/repos/octo/shop/contents/docs/a%20b.md?ref=other";
    let raw = send(&github, "GET", raw, &headers, None)
        .unwrap()
        .expect(200);
    assert_eq!(raw.body, b"a");
    let folder = read("docs", "other").expect(200).json();
    assert_eq!(folder[0]["name"], "a b.md");
    assert_eq!(read("", "other").expect(200).json()[0]["type"], "dir");
}

#[test]
fn a_large_file_comes_without_its_content() {
    let github = FakeGithub::start();
    github.file("main", "large.bin", vec![b'x'; 1024 * 1024 + 1]);
    let file = get(&github, "/repos/octo/shop/contents/large.bin")
        .expect(200)
        .json();
    assert_eq!(
        (&file["encoding"], &file["content"]),
        (&json!("none"), &json!(""))
    );
    let blob = get(
        &github,
        &format!(
            "/repos/octo/shop/git/blobs/{}",
            file["sha"].as_str().unwrap()
        ),
    );
    assert_eq!(blob.expect(200).json()["size"], 1024 * 1024 + 1);
}

#[test]
fn a_file_is_not_overwritten_unseen() {
    let github = FakeGithub::start();
    let path = "/repos/octo/shop/contents/history/run.json";
    let put = |content: &str, sha: Option<&Value>| {
        let mut body =
            json!({"message": "m", "content": BASE64_STANDARD.encode(content), "branch": "main"});
        if let Some(sha) = sha {
            body["sha"] = sha.clone();
        }
        request(&github, "PUT", path, body)
    };
    let sha = put("one", None).expect(201).json()["content"]["sha"].clone();
    put("two", None).expect(422);
    put("two", Some(&sha)).expect(200);
    put("three", Some(&sha)).expect(409);
    assert_eq!(
        github.read("main", "history/run.json").as_deref(),
        Some("two")
    );
}

#[test]
fn a_commit_is_made_from_its_parts_and_moves_a_branch_forward_only() {
    let github = FakeGithub::start();
    let reference = |name: &str| get(&github, &format!("/repos/octo/shop/git/ref/heads/{name}"));
    reference("data").expect(404);
    let blob = post(
        &github,
        "/git/blobs",
        json!({"content": "{}", "encoding": "utf-8"}),
    );
    let entry = |path: &str, sha: &Value| json!({"path": path, "mode": "100644", "type": "blob", "sha": sha});
    let tree = post(
        &github,
        "/git/trees",
        json!({"tree": [entry("a/1.json", &blob["sha"]), entry("2.json", &blob["sha"])]}),
    );
    let first = post(
        &github,
        "/git/commits",
        json!({"message": "first", "tree": tree["sha"], "parents": []}),
    );
    post(
        &github,
        "/git/refs",
        json!({"ref": "refs/heads/data", "sha": first["sha"]}),
    );
    assert_eq!(
        reference("data").expect(200).json()["object"]["sha"],
        first["sha"]
    );
    let changed = json!({
        "base_tree": tree["sha"],
        "tree": [
            {"path": "b/3.json", "mode": "100644", "type": "blob", "content": "3"},
            {"path": "2.json", "mode": "100644", "type": "blob", "sha": null},
        ],
    });
    let changed = post(&github, "/git/trees", changed);
    let commit = |message: &str, parents: Value| {
        post(
            &github,
            "/git/commits",
            json!({"message": message, "tree": changed["sha"], "parents": parents}),
        )
    };
    let (second, rival) = (
        commit("second", json!([first["sha"]])),
        commit("rival", json!([first["sha"]])),
    );
    let path = "/repos/octo/shop/git/refs/heads/data";
    let moved = |sha: &Value, force: bool| {
        request(&github, "PATCH", path, json!({"sha": sha, "force": force}))
    };
    moved(&second["sha"], false).expect(200);
    let refused = moved(&rival["sha"], false).expect(422).json();
    assert_eq!(refused["message"], "Update is not a fast forward");
    let sha = changed["sha"].as_str().unwrap();
    let files = get(
        &github,
        &format!("/repos/octo/shop/git/trees/{sha}?recursive=1"),
    )
    .expect(200)
    .json();
    let files: Vec<&str> = files["tree"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|each| each["path"].as_str())
        .collect();
    assert_eq!(files, ["a", "a/1.json", "b", "b/3.json"]);
    let folders = get(&github, "/repos/octo/shop/git/trees/data")
        .expect(200)
        .json();
    assert_eq!(folders["tree"].as_array().unwrap().len(), 2);
    let read = get(
        &github,
        &format!(
            "/repos/octo/shop/git/commits/{}",
            second["sha"].as_str().unwrap()
        ),
    );
    assert_eq!(read.expect(200).json()["tree"]["sha"], changed["sha"]);
    let again = json!({"ref": "refs/heads/data", "sha": first["sha"]});
    request(&github, "POST", "/repos/octo/shop/git/refs", again).expect(422);
    assert_eq!(github.read("data", "b/3.json").as_deref(), Some("3"));
    moved(&rival["sha"], true).expect(200);
}

#[test]
fn a_branch_moves_meanwhile() {
    let github = FakeGithub::start();
    let head = github.change(|repository| repository.head());
    let tree = json!({"base_tree": head, "tree": [{"path": "a", "mode": "100644", "type": "blob", "content": "a"}]});
    let tree = post(&github, "/git/trees", tree);
    let commit = post(
        &github,
        "/git/commits",
        json!({"message": "m", "tree": tree["sha"], "parents": [head]}),
    );
    let path = "/repos/octo/shop/git/refs/heads/main";
    let rival = Fault::meanwhile(|repository| repository.git.write("main", "rival", b"r"));
    github.plan(rival.on("PATCH", path));
    request(&github, "PATCH", path, json!({"sha": commit["sha"]})).expect(422);
    assert_eq!(github.read("main", "rival").as_deref(), Some("r"));
}

#[test]
fn commits_are_compared() {
    let (github, pull) = with_pull();
    github.file("topic", "unrelated.txt", "no common ancestor");
    github.file(&pull.head_sha, "src/shop/a.py", "a = 1\n");
    github.file("main", "later.txt", "main moved");
    let compare = |names: &str| get(&github, &format!("/repos/octo/shop/compare/{names}"));
    let answer = compare("main...stranger:topic-7").expect(200).json();
    assert_eq!(answer["status"], "diverged");
    assert_eq!(
        (&answer["ahead_by"], &answer["behind_by"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(answer["files"][0]["filename"], "src/shop/a.py");
    assert_eq!(answer["merge_base_commit"]["sha"], pull.base_sha.as_str());
    assert_eq!(
        compare(&format!("{}...main", pull.base_sha)).json()["status"],
        "ahead"
    );
    for number in 0..31 {
        github.file("main", "later.txt", format!("{number}"));
    }
    let names = format!("{}...main", pull.base_sha);
    let commits = |query: &str| {
        let answer = compare(&format!("{names}{query}")).expect(200).json();
        (
            answer["commits"].as_array().unwrap().len(),
            answer["files"].as_array().unwrap().len(),
        )
    };
    assert_eq!(commits(""), (32, 1));
    assert_eq!(commits("?page=2"), (2, 0));
    compare("main...nowhere").expect(404);
    compare("main...topic").expect(404);
    let files = get(&github, "/repos/octo/shop/pulls/7/files")
        .expect(200)
        .json();
    assert_eq!(
        (&files[0]["filename"], &files[0]["status"]),
        (&json!("src/shop/a.py"), &json!("added"))
    );
    let commit = get(
        &github,
        &format!("/repos/octo/shop/commits/{}", pull.head_sha),
    )
    .expect(200);
    assert_eq!(commit.json()["parents"][0]["sha"], pull.base_sha.as_str());
}

#[test]
fn a_pull_request_may_name_its_commits() {
    let github = FakeGithub::start();
    let pull = github.pull(Pull {
        head_sha: "a".repeat(40),
        base_sha: "b".repeat(40),
        ..Pull::new(9)
    });
    github.file(&pull.base_sha, "workflow_config.yaml", "a: 1\n");
    github.file(&pull.head_sha, "workflow_config.yaml", "a: 2\n");
    let files = get(&github, "/repos/octo/shop/pulls/9/files")
        .expect(200)
        .json();
    assert_eq!(files[0]["status"], "modified");
}

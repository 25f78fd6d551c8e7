//! The monitoring, by a server that answers as Prometheus does.

use super::*;
use crate::config::load_text;
use crate::model::{ComponentName, Target};
use crate::process::Environment;
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::mpsc,
};

/// A server that gives every question this answer, and tells what it was asked.
fn serve(status: u16, body: &str) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = mpsc::channel();
    let answer = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let lines = lines.map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            // Who went away gets no answer.
            let _ = tell.send(head.join("\n"));
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, asked)
}

fn vector(values: &[&str]) -> String {
    let series: Vec<String> = values
        .iter()
        .map(|value| format!(r#"{{"metric":{{}},"value":[1,"{value}"]}}"#))
        .collect();
    format!(
        r#"{{"status":"success","data":{{"resultType":"vector","result":[{}]}}}}"#,
        series.join(",")
    )
}

/// The tools of a component `shop` in a folder that is no repository, with these limits.
async fn tools_of(limits: &str) -> Vec<Tool> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("src/shop")).unwrap();
    let text = format!(
        "quality_gates: {{performance: {limits}}}\ncomponents: {{shop: {{path: src/shop, toolchain: python}}}}\n"
    );
    let environment = Environment::scrubbed([
        ("PATH", env!("PATH").to_owned()),
        ("MONITORING_TOKEN", "t0k3n".to_owned()),
    ]);
    let request = Request {
        policy: Some(Arc::new(load_text(&text, "workflow_config.yaml").unwrap())),
        ..Request::new(
            folder.path(),
            "shop".parse::<ComponentName>().unwrap(),
            Target::Dev,
            environment,
        )
    };
    let ground = Groundwork::lay(&request).unwrap();
    tools(&ground, &request).await
}

/// What the only tool gives.
async fn asked(limits: &str) -> Result<PerformanceRun, Unavailable> {
    let mut tools = tools_of(limits).await;
    assert_eq!(tools.len(), 1);
    match tools.remove(0).action {
        Action::Asking(asking) => match (asking.ask)().await.remove(0) {
            (EvidenceKind::Performance, Ok(EvidenceData::Performance(run))) => Ok(run),
            (_, Err(unavailable)) => Err(unavailable),
            (kind, Ok(other)) => panic!("{kind}: {other:?}"),
        },
        Action::Unavailable(unavailable) => Err(unavailable),
        _ => panic!("another action"),
    }
}

fn query(url: &str, query: &str) -> String {
    format!(
        "{{prometheus: {{url: '{url}', token_env: MONITORING_TOKEN}}, response_time_query: '{query}'}}"
    )
}

#[tokio::test]
async fn a_query_is_asked_once_with_its_token() {
    let (url, questions) = serve(200, &vector(&["0.25"]));
    let run = asked(&query(&url, "max(t{c=\"{component}\"})"))
        .await
        .unwrap();
    let observation = Observation {
        figure: ObservedFigure::ResponseTime,
        value: 0.25,
        source: format!("Prometheus at {url}: max(t{{c=\"shop\"}})"),
    };
    assert_eq!(run.observed, [observation]);
    let question = questions.try_recv().unwrap();
    assert!(
        question.contains("authorization: Bearer t0k3n"),
        "{question}"
    );
    assert!(question.contains("c%3D%22shop%22"), "{question}");
    assert!(questions.try_recv().is_err());
}

#[tokio::test]
async fn what_is_no_number_is_no_evidence() {
    for (answer, verdict) in [
        (vector(&[]), "no_data"),
        (vector(&["NaN"]), "no_data"),
        (vector(&["1", "2"]), "no_data"),
        (vector(&["+Inf"]), "errored"),
        (vector(&["-1"]), "errored"),
        ("what?".to_owned(), "errored"),
    ] {
        let (url, _questions) = serve(200, &answer);
        let why = asked(&query(&url, "max(t)")).await.unwrap_err();
        assert!(why.reason().remedy.is_some(), "{why:?}");
        let found = crate::model::Verdict::from(why);
        assert_eq!(found.as_str(), verdict, "{answer}");
    }
    let (url, _questions) = serve(200, &vector(&["1", "2"]));
    let why = asked(&query(&url, "t")).await.unwrap_err();
    insta::assert_snapshot!(why.reason().to_string(), @"the query for the response time gave 2 series, expected one: t; let the query give one number, as with `max(…)`, over a time in which the version was used");
}

#[tokio::test]
async fn who_cannot_be_asked_gives_an_error() {
    let refused = r#"{"status":"error","error":"who are you?"}"#;
    let (url, _questions) = serve(401, refused);
    for url in [url.as_str(), "http://127.0.0.1:1"] {
        let why = asked(&query(url, "max(t)")).await.unwrap_err();
        assert_eq!(why.reason().code, ReasonCode::SourceUnavailable);
        assert!(why.reason().remedy.is_some());
        assert!(matches!(why, Unavailable::Errored(_)));
    }
    let limits = "{prometheus: {url: 'http://127.0.0.1:1', token_env: NO_TOKEN}, memory_query: m}";
    let why = asked(limits).await.unwrap_err();
    insta::assert_snapshot!(why.reason().to_string(), @"Prometheus at http://127.0.0.1:1 wants the token in the environment variable NO_TOKEN, which is not set or empty; set NO_TOKEN for this run; in GitHub Actions, by the `env` of the step, from a secret");
}

#[tokio::test]
async fn without_a_version_nothing_is_asked_about_one() {
    let why = asked(&query("http://127.0.0.1:1", "max(t{v=\"{version}\"})"))
        .await
        .unwrap_err();
    assert_eq!(why.reason().code, ReasonCode::NoVersion);
    assert!(matches!(why, Unavailable::NoData(_)));
}

#[tokio::test]
async fn without_a_query_nobody_is_asked() {
    assert!(tools_of("{}").await.is_empty());
}

//! Facts from a real server, real files, and a service that says what it is told to.

mod reviews;
mod uptime;

use super::*;
use crate::config::RequiredValue;
use crate::ledger::Record;
use crate::model::Prometheus;
use crate::model::{Dependency, Position};
use crate::promotion::tests::{DAY, NOW, World, ago, asked, at};
use crate::promotion::{ForgeReview, Monitoring};
use std::fs;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// A service that hosts the repository.
struct Fake {
    reviews: Result<Vec<ForgeReview>, String>,
}

impl Forge for Fake {
    fn reviews<'a>(&'a self, _: &'a Version) -> Answer<'a, Vec<ForgeReview>> {
        Box::pin(async { self.reviews.clone() })
    }

    fn statuses<'a>(&'a self, environment: &'a str, since: Timestamp) -> Answer<'a, Vec<Sample>> {
        Box::pin(async move {
            assert_eq!((environment, since), ("staging/shop", ago(8 * DAY)));
            Ok(vec![Sample {
                at: since,
                is_up: Some(true),
            }])
        })
    }

    fn records<'a>(&'a self, _: &'a str) -> Answer<'a, Vec<Record>> {
        Box::pin(async { Err("not asked".to_owned()) })
    }

    fn run_reviews(&self) -> Answer<'_, RunReviews> {
        Box::pin(async { Err("not asked".to_owned()) })
    }
}

fn review(by: &str, teams: &[&str], commit: &str) -> ForgeReview {
    ForgeReview {
        by: Some(by.to_owned()),
        teams: teams.iter().map(|&team| team.to_owned()).collect(),
        label: None,
        at: Some(ago(60)),
        commit: commit.to_owned(),
        url: None,
    }
}

/// What a test asks with, and the facts that come of it.
struct Inquiry {
    world: World,
    workspace: tempfile::TempDir,
    forge: Option<Fake>,
    depends_on: Vec<String>,
    specification: Option<Specification>,
    same_source: Result<bool, String>,
    token: Option<String>,
    http: http::Client,
}

impl Inquiry {
    fn new(requirement: &str) -> Self {
        let mut world = World::new();
        world.requirements = vec![asked(requirement, RequiredValue::Yes)];
        Self {
            world,
            workspace: tempfile::tempdir().unwrap(),
            forge: None,
            depends_on: Vec::new(),
            specification: None,
            same_source: Ok(false),
            token: None,
            http: http::Client::default(),
        }
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.workspace.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    async fn facts(&self) -> Facts {
        let variable = |name: &str| self.token.clone().filter(|_| name == "TOKEN");
        let same_source = |_, _| -> Answer<'_, bool> {
            let answer = self.same_source.clone();
            Box::pin(async move { answer })
        };
        let world = &self.world;
        let maturities = BTreeMap::from([("utils".parse().unwrap(), Target::Production)]);
        gather(&Asking {
            component: &world.component,
            version: &world.version,
            requirements: &world.requirements,
            policy: &world.policy,
            depends_on: &self.depends_on,
            depends_on_rule: RuleSource::Default,
            specification: self.specification.as_ref(),
            maturities: &maturities,
            workspace: self.workspace.path(),
            http: &self.http,
            variable: &variable,
            forge: self.forge.as_ref().map(|forge| forge as &dyn Forge),
            staging_environment: Some("staging/shop"),
            same_source: Some(&same_source),
            states: world.facts.states.clone(),
            asks_reviewers: false,
            samples: world.facts.uptime.clone().map(|(_, samples)| samples),
            now: at(NOW),
        })
        .await
    }

    async fn verdict(&self, requirement: &str) -> (String, String) {
        let mut world = World::new();
        world.policy = self.world.policy.clone();
        world.facts = self.facts().await;
        let criterion = world.judge(requirement);
        let reason = criterion
            .verdict
            .reason()
            .map(|reason| reason.message.clone());
        let said = reason.or(criterion.gap).or(criterion.source);
        (
            criterion.verdict.as_str().to_owned(),
            said.unwrap_or_default(),
        )
    }
}

/// A server that answers every request with this JSON, and says what it was asked.
async fn prometheus(body: &'static str) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, receive) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 8192];
            let length = stream.read(&mut request).await.unwrap();
            let asked = String::from_utf8_lossy(&request[..length]).into_owned();
            let _ = send.send(asked);
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, receive)
}

#[tokio::test]
async fn only_what_the_level_needs_is_asked_for() {
    let inquiry = Inquiry::new("rollback_tested");
    let facts = inquiry.facts().await;
    for unavailable in [
        facts.uptime.err(),
        facts.reviews.err(),
        facts.monitoring.err(),
    ] {
        assert_eq!(unavailable.unwrap().reason().code, ReasonCode::NotNeeded);
    }
}

#[tokio::test]
async fn what_is_not_set_up_has_no_source() {
    for name in ["security_review_complete", "monitoring_configured"] {
        let (verdict, said) = Inquiry::new(name).verdict(name).await;
        assert_eq!(verdict, "no_data", "{name}: {said}");
    }
}

const MONITORING: &str = "monitoring_configured";

#[tokio::test]
async fn a_file_with_rules_shows_monitoring() {
    let mut inquiry = Inquiry::new(MONITORING);
    inquiry.world.policy.monitoring.file = Some("monitoring/{component}.yaml".to_owned());
    assert_eq!(inquiry.verdict(MONITORING).await.0, "failed");
    inquiry.write("monitoring/shop.yaml", " \n");
    let (verdict, said) = inquiry.verdict(MONITORING).await;
    assert_eq!(
        (verdict.as_str(), said.as_str()),
        ("failed", "the file monitoring/shop.yaml is empty")
    );
    inquiry.write("monitoring/shop.yaml", &"groups: []\n".repeat(10_000));
    assert_eq!(inquiry.verdict(MONITORING).await.0, "passed");
}

#[tokio::test]
async fn a_query_with_a_result_shows_monitoring() {
    let (full, mut asked) = prometheus(
        r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0"]}]}}"#,
    )
    .await;
    let (empty, _asked) =
        prometheus(r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#).await;
    let mut inquiry = Inquiry::new(MONITORING);
    let query = |url: &str| {
        let server = Prometheus {
            url: url.to_owned(),
            token_env: Some("TOKEN".to_owned()),
        };
        Some((server, "up{job=\"{component}\"}".to_owned()))
    };
    inquiry.world.policy.monitoring.query = query(&full);
    let (verdict, said) = inquiry.verdict(MONITORING).await;
    assert_eq!(verdict, "errored");
    assert!(said.contains("TOKEN"), "{said}");
    inquiry.token = Some(String::new());
    assert_eq!(inquiry.verdict(MONITORING).await.0, "errored");
    inquiry.token = Some("secret".to_owned());
    assert_eq!(inquiry.verdict(MONITORING).await.0, "passed");
    let asked = asked.recv().await.unwrap();
    assert!(asked.contains("query=up%7Bjob%3D%22shop%22%7D"), "{asked}");
    assert!(asked.contains("Bearer secret"), "{asked}");
    inquiry.world.policy.monitoring.query = query(&empty);
    assert_eq!(inquiry.verdict(MONITORING).await.0, "failed");
    inquiry.world.policy.monitoring.query = query("http://127.0.0.1:1");
    assert_eq!(inquiry.verdict(MONITORING).await.0, "errored");
    inquiry.world.policy.monitoring.file = Some("alerts.yaml".to_owned());
    inquiry.write("alerts.yaml", "groups: []");
    assert_eq!(inquiry.verdict(MONITORING).await.0, "passed");
}

#[tokio::test]
async fn dependencies_come_from_configuration_and_specification() {
    let mut inquiry = Inquiry::new("rollback_tested");
    inquiry.depends_on = vec!["utils".to_owned(), "shop".to_owned()];
    let dependency = |name: &str, kind, is_optional| Dependency {
        name: name.to_owned(),
        kind,
        is_optional,
        constraint: None,
        purpose: None,
        at: Position {
            line: 12,
            column: 3,
        },
    };
    let (own, external) = (DependencyKind::Component, DependencyKind::External);
    inquiry.specification = Some(Specification {
        file: "specs/shop.md".to_owned(),
        dependencies: vec![
            dependency("utils", own, false),
            dependency("requests", external, false),
            dependency("cache", own, true),
            dependency("the shared store", own, false),
        ],
        ..Specification::default()
    });
    let facts = inquiry.facts().await;
    let found: Vec<_> = facts
        .dependencies
        .iter()
        .map(|one| (one.component.as_str(), one.maturity, one.stated_at.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                "utils",
                Some(Target::Production),
                "`depends_on`, built-in default"
            ),
            ("the shared store", None, "specs/shop.md:12"),
        ]
    );
}

#[test]
fn monitoring_says_what_was_found() {
    let found = Monitoring {
        is_configured: false,
        what: "there is no file a.yaml".to_owned(),
    };
    let mut world = World::new();
    world.facts.monitoring = Ok(found);
    let criterion = world.judge(MONITORING);
    assert!(criterion.remedy.unwrap().contains("promotion.monitoring"));
}

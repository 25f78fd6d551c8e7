//! What spec2prod writes into a deployment of GitHub, and reads again: data from outside, since
//! everybody who may write deployments can write it.

use super::super::answer::{LONGEST_MESSAGE, one_line};
use crate::model::{ComponentName, Operation, Version, is_full_hash};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// The key by which a payload is known as spec2prod's. Its value is the version of the form.
const KEY: &str = "spec2prod";
/// The form that is written here.
const FORM: u64 = 1;
/// The longest digest, in characters.
const LONGEST_DIGEST: usize = 200;
/// The longest text that is read as a payload, in bytes.
const LONGEST_TEXT: usize = 64 * 1024;

/// What is written down about a deployment where it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentPayload {
    /// The component.
    pub component: ComponentName,
    /// The deployment's id, a UUID.
    pub deployment: String,
    /// What it is about.
    pub operation: Operation,
    /// The version that is to be active.
    pub version: Version,
    /// The version that was active and verified healthy before.
    #[serde(default)]
    pub previous: Option<Version>,
    /// Whether it skips the days in staging.
    #[serde(default)]
    pub is_hotfix: bool,
    /// Whether it stands for the version that is active again, because the one of this deployment
    /// was taken back.
    #[serde(default)]
    pub is_restoration: bool,
}

/// Whose a deployment is, by its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Written by spec2prod.
    Ours(Box<DeploymentPayload>),
    /// It says that it is written by spec2prod, and cannot be understood: what is wrong.
    Unreadable(String),
    /// Somebody else's.
    Foreign,
}

impl Payload {
    /// The payload, where it is one of spec2prod's.
    #[must_use]
    pub fn ours(&self) -> Option<&DeploymentPayload> {
        match self {
            Self::Ours(payload) => Some(payload),
            Self::Unreadable(_) | Self::Foreign => None,
        }
    }

    /// Reads what GitHub gives. `sha` is the commit of the deployment, which the payload must be
    /// about.
    pub(super) fn read(value: &Value, sha: &str) -> Self {
        let parsed = match value {
            Value::Object(object) => object.clone(),
            // GitHub gives a payload that was sent as text as text.
            Value::String(text) if text.len() <= LONGEST_TEXT => {
                serde_json::from_slice(text.as_bytes()).unwrap_or_default()
            }
            _ => Map::new(),
        };
        let Some(form) = parsed.get(KEY) else {
            return Self::Foreign;
        };
        if form.as_u64() != Some(FORM) {
            return Self::Unreadable(format!(
                "its payload has `{KEY}` of another form than {FORM}, which this version of spec2prod does not know"
            ));
        }
        let payload: DeploymentPayload = match serde_json::from_value(Value::Object(parsed)) {
            Ok(payload) => payload,
            Err(error) => {
                // The error repeats what it found, however long that is.
                let error = one_line(&error.to_string(), LONGEST_MESSAGE);
                return Self::Unreadable(format!("its payload cannot be read: {error}"));
            }
        };
        match payload.problem(sha) {
            None => Self::Ours(Box::new(payload)),
            Some(problem) => Self::Unreadable(problem),
        }
    }
}

impl DeploymentPayload {
    /// The payload as it is sent.
    pub(super) fn value(&self) -> Value {
        let mut object = Map::from_iter([(KEY.to_owned(), Value::from(FORM))]);
        if let Ok(Value::Object(fields)) = serde_json::to_value(self) {
            object.extend(fields);
        }
        Value::Object(object)
    }

    /// Why it cannot be what spec2prod wrote for a deployment of this commit.
    fn problem(&self, sha: &str) -> Option<String> {
        if Uuid::parse_str(&self.deployment).is_err() {
            return Some("the deployment's id in its payload is no UUID".to_owned());
        }
        let versions = [Some(&self.version), self.previous.as_ref()];
        if !versions.into_iter().flatten().all(is_plausible) {
            return Some(
                "a version in its payload has no full commit hash, or no digest that can be one"
                    .to_owned(),
            );
        }
        (self.version.commit != sha)
            .then(|| "its payload is about another commit than the deployment".to_owned())
    }
}

fn is_plausible(version: &Version) -> bool {
    let is_digest = |digest: &String| {
        digest.len() <= LONGEST_DIGEST
            && digest.contains(':')
            && digest.bytes().all(|byte| byte.is_ascii_graphic())
    };
    is_commit(&version.commit) && version.digest.as_ref().is_none_or(is_digest)
}

/// Whether it is a commit's hash in full, which can never come to mean another commit, and as git
/// writes it: in other letters it would be another version.
pub(super) fn is_commit(text: &str) -> bool {
    is_full_hash(text) && !text.bytes().any(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const SHA: &str = "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f";

    fn payload() -> DeploymentPayload {
        DeploymentPayload {
            component: "shop".parse().unwrap(),
            deployment: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
            operation: Operation::Deploy,
            version: Version {
                commit: SHA.to_owned(),
                digest: Some("sha256:abc".to_owned()),
            },
            previous: Some(Version::of_commit("a".repeat(40))),
            is_hotfix: false,
            is_restoration: false,
        }
    }

    #[test]
    fn a_payload_is_read_as_it_was_written() {
        let written = payload();
        insta::assert_json_snapshot!(written.value(), @r#"
        {
          "spec2prod": 1,
          "component": "shop",
          "deployment": "01890a5d-ac96-774b-bcce-b302099a8057",
          "operation": "deploy",
          "version": {
            "commit": "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f",
            "digest": "sha256:abc"
          },
          "previous": {
            "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          },
          "is_hotfix": false,
          "is_restoration": false
        }
        "#);
        let expected = Payload::Ours(Box::new(written.clone()));
        assert_eq!(Payload::read(&written.value(), SHA), expected);
        let as_text = Value::String(written.value().to_string());
        assert_eq!(Payload::read(&as_text, SHA), expected);
    }

    #[test]
    fn what_is_somebody_elses_is_left_to_them() {
        for value in [
            Value::Null,
            json!({}),
            json!(""),
            json!("{"),
            json!("[1]"),
            json!({ "version": 1 }),
            json!(["spec2prod"]),
            json!("x".repeat(LONGEST_TEXT + 1)),
        ] {
            assert_eq!(Payload::read(&value, SHA), Payload::Foreign, "{value}");
        }
    }

    #[test]
    fn what_only_says_that_it_is_ours_is_not_believed() {
        let with = |path: &str, value: Value| {
            let mut hostile = payload().value();
            *hostile.pointer_mut(path).unwrap() = value;
            match Payload::read(&hostile, SHA) {
                Payload::Unreadable(problem) => problem,
                other => panic!("{other:?}"),
            }
        };
        let said = [
            with("/spec2prod", json!(2)),
            with("/spec2prod", json!("1")),
            with("/component", json!("../../etc")),
            with("/deployment", json!("$(reboot)")),
            with("/operation", json!("destroy")),
            with("/version/commit", json!("main")),
            with("/version/commit", json!("b".repeat(40))),
            with("/version/commit", json!("A".repeat(40))),
            with("/version/digest", json!("sha256:a b\n")),
            with("/version/digest", json!("x".repeat(10_000))),
            with("/previous", json!({ "commit": "--force" })),
            with("/previous", json!(7)),
        ];
        insta::assert_snapshot!(said.join("\n"), @r#"
            its payload has `spec2prod` of another form than 1, which this version of spec2prod does not know
            its payload has `spec2prod` of another form than 1, which this version of spec2prod does not know
            its payload cannot be read: component name "../../etc" is a path; a name has 1 to 100 letters, digits, `_`, `-` or `.` and starts with a letter or digit
            the deployment's id in its payload is no UUID
            its payload cannot be read: unknown variant `destroy`, expected one of `deploy`, `rollback`, `drill`
            a version in its payload has no full commit hash, or no digest that can be one
            its payload is about another commit than the deployment
            a version in its payload has no full commit hash, or no digest that can be one
            a version in its payload has no full commit hash, or no digest that can be one
            a version in its payload has no full commit hash, or no digest that can be one
            a version in its payload has no full commit hash, or no digest that can be one
            its payload cannot be read: invalid type: integer `7`, expected struct Version
            "#);
    }

    proptest! {
        #[test]
        fn no_payload_breaks_the_reading(text in ".{0,200}", number in any::<i64>()) {
            for value in [
                json!(text),
                json!({ "spec2prod": number, "component": text }),
                json!({ "spec2prod": 1, "deployment": text, "version": { "commit": text } }),
            ] {
                prop_assert!(Payload::read(&value, SHA).ours().is_none());
            }
        }
    }
}

//! The answers of `spec2prod gates --format json`.

use super::Ran;
use serde_json::Value;

/// The answers to some gates' questions.
#[derive(Debug)]
pub(crate) struct Judged {
    document: Value,
}

impl Judged {
    #[track_caller]
    pub(super) fn new(ran: &Ran) -> Self {
        assert!(ran.status.is_some_and(|status| status != 2), "{ran:#?}");
        Self {
            document: ran.json(),
        }
    }

    /// A gate's record.
    #[track_caller]
    pub(crate) fn gate(&self, id: &str) -> &Value {
        let gates = self.document["gates"].as_array().unwrap();
        let found = gates.iter().find(|gate| gate["gate_name"] == id);
        found.unwrap_or_else(|| panic!("no gate {id}: {:#}", self.document))
    }

    /// A gate's verdict with the code of its reason, where it has one: `errored tool_crashed`.
    #[track_caller]
    pub(crate) fn verdict(&self, id: &str) -> String {
        let gate = self.gate(id);
        let mut words = vec![gate["verdict"].as_str().unwrap()];
        words.extend(gate["reason"]["code"].as_str());
        words.join(" ")
    }

    /// Checks a gate's verdict.
    #[track_caller]
    pub(crate) fn expect(&self, id: &str, verdict: &str) -> &Self {
        assert_eq!(self.verdict(id), verdict, "{:#}", self.document);
        self
    }

    /// Why a gate has no verdict.
    #[track_caller]
    pub(crate) fn reason(&self, id: &str) -> &str {
        let reason = &self.gate(id)["reason"]["message"];
        reason
            .as_str()
            .unwrap_or_else(|| panic!("{:#}", self.gate(id)))
    }

    /// The number that a gate measured first.
    #[track_caller]
    pub(crate) fn number(&self, id: &str) -> f64 {
        let number = &self.gate(id)["measurements"][0]["actual"]["number"];
        number
            .as_f64()
            .unwrap_or_else(|| panic!("{:#}", self.gate(id)))
    }

    /// A gate's findings as `rule file`.
    #[track_caller]
    pub(crate) fn findings(&self, id: &str) -> Vec<String> {
        let findings = self.gate(id)["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap_or_default();
                format!("{} {}", text("rule"), text("file"))
            })
            .collect()
    }

    /// How often a tool was started.
    #[track_caller]
    pub(crate) fn attempts(&self, tool: &str) -> usize {
        self.tool(tool)["attempts"].as_array().unwrap().len()
    }

    /// A tool's run.
    #[track_caller]
    pub(crate) fn tool(&self, name: &str) -> &Value {
        let tools = self.document["tools"].as_array().unwrap();
        let found = tools.iter().find(|tool| tool["tool"] == name);
        found.unwrap_or_else(|| panic!("no tool {name}: {:#}", self.document))
    }
}

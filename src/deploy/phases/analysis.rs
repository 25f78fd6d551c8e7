//! Asking the monitoring about a version while it bakes.
//!
//! Each rule asks `count` times, and waits for `interval` before each. All rules ask at the same
//! time; a failure ends them all.
//!
//! | answer | counts as |
//! |---|---|
//! | one number, also an infinite one | compared with the limit; more than `failures` that do not hold: failed |
//! | no series, several series, NaN | inconclusive: with `inconclusive: fail` a result that does not hold, with `block` no data |
//! | none, or a refusal | asked again; more than `errors` in a row: errored |

use super::{errored, pause};
use crate::config::{AnalysisPolicy, Inconclusive};
use crate::deploy::{
    effects::{Call, Finding, Real},
    hooks::interrupted,
};
use crate::model::{Actual, Measurement, Operator, Reason, ReasonCode, Unit, Verdict};
use crate::prometheus::{PrometheusError, Series, Server, number};
use tokio::task::JoinSet;

pub(in crate::deploy) async fn run(real: &Real<'_>, call: &Call) -> Finding {
    let server = match server(real) {
        Ok(server) => server,
        Err(reason) => {
            let message = reason.message.clone();
            return Finding::new(Verdict::Errored(reason), message);
        }
    };
    let place = real.place(call);
    let mut asking = JoinSet::new();
    for (index, rule) in real.order.environment.analysis.iter().enumerate() {
        let (server, rule, mut call) = (server.clone(), rule.clone(), call.clone());
        // One that fails ends the others.
        call.stop = call.stop.child_token();
        let query = place.filled(&rule.query);
        asking.spawn(async move { (index, ask(&server, &rule, &query, &call).await) });
    }
    let mut answers = Vec::new();
    while let Some(answer) = asking.join_next().await {
        let Ok((index, answer)) = answer else {
            let message = "a question to the monitoring panicked";
            return Finding::new(errored(ReasonCode::InternalError, message), message);
        };
        let has_failed = answer.verdict == Verdict::Failed;
        answers.push((index, answer));
        if has_failed {
            break;
        }
    }
    drop(asking);
    answers.sort_by_key(|(index, _)| *index);
    together(answers.into_iter().map(|(_, answer)| answer).collect())
}

fn server(real: &Real<'_>) -> Result<Server, Reason> {
    const CODE: ReasonCode = ReasonCode::MonitoringUnavailable;
    let environment = &real.order.environment;
    let policy = environment.prometheus.as_ref().ok_or_else(|| {
        Reason::new(CODE, "`analysis` needs `prometheus`, which is not set up")
            .remedy("set `prometheus` in the environment's configuration")
    })?;
    let variables = real.means.processes.environment();
    let token = policy.token(CODE, |name| variables.get(name).map(str::to_owned))?;
    Ok(Server::new(real.means.http.clone(), &policy.url, token))
}

/// The finding of all rules: the worst, in the words of all.
fn together(answers: Vec<Finding>) -> Finding {
    let worst = answers.iter().max_by_key(|answer| answer.verdict.rank());
    let verdict = worst.map_or(Verdict::Passed, |answer| answer.verdict.clone());
    let is_told = |answer: &&Finding| verdict.is_pass() || !answer.verdict.is_pass();
    let messages: Vec<&str> = answers
        .iter()
        .filter(is_told)
        .map(|answer| answer.message.as_str())
        .collect();
    let message = messages.join("; ");
    Finding {
        measurements: answers
            .into_iter()
            .flat_map(|answer| answer.measurements)
            .collect(),
        ..Finding::new(verdict, message)
    }
}

async fn ask(server: &Server, rule: &AnalysisPolicy, query: &str, call: &Call) -> Finding {
    let mut results = Results::new(rule, query);
    while results.answered < rule.count.max(1) {
        let is_time = pause(call, rule.interval).await;
        let answer = tokio::select! {
            biased;
            () = call.stop.cancelled() => None,
            answer = server.query(query) => Some(answer).filter(|_| is_time),
        };
        let Some(answer) = answer else {
            let message = format!("{}: ended before all answers were there", rule.name);
            return Finding::new(interrupted(message.clone()), message);
        };
        if let Some(finding) = results.take(answer) {
            return finding;
        }
    }
    results.end()
}

/// What a rule was answered so far.
struct Results<'a> {
    rule: &'a AnalysisPolicy,
    query: &'a str,
    answered: u32,
    missing: u32,
    bad: u32,
    /// What was inconclusive the last time.
    inconclusive: Option<String>,
    /// The value that is furthest on the wrong side.
    worst: Option<f64>,
}

impl<'a> Results<'a> {
    const fn new(rule: &'a AnalysisPolicy, query: &'a str) -> Self {
        Self {
            rule,
            query,
            answered: 0,
            missing: 0,
            bad: 0,
            inconclusive: None,
            worst: None,
        }
    }

    /// Counts an answer; gives the end, where it is one.
    fn take(&mut self, answer: Result<Vec<Series>, PrometheusError>) -> Option<Finding> {
        let series = match answer {
            Ok(series) => series,
            Err(error) => {
                self.missing += 1;
                return (self.missing > self.rule.errors).then(|| self.unanswered(&error));
            }
        };
        (self.answered, self.missing) = (self.answered + 1, 0);
        match number(&series) {
            Ok(value) => {
                let holds = self.measured(value).holds;
                self.worst = Some(self.worst.map_or(value, |worst| self.worse(worst, value)));
                self.bad += u32::from(!holds);
            }
            Err(problem) => {
                self.bad += u32::from(self.rule.inconclusive == Inconclusive::Fail);
                self.inconclusive = Some(problem);
            }
        }
        (self.bad > self.rule.failures).then(|| self.failed())
    }

    fn end(self) -> Finding {
        if let (Some(problem), Inconclusive::Block) = (&self.inconclusive, self.rule.inconclusive) {
            let message = format!(
                "{}: the query {:?} gave {problem}",
                self.rule.name, self.query
            );
            let reason = Reason::new(ReasonCode::AnalysisInconclusive, message.clone())
                .remedy("let the query always give one number, as with `or vector(0)`");
            return self.finding(Verdict::NoData(reason), message);
        }
        let text = self.text();
        if self.bad == 0 {
            return self.finding(Verdict::Passed, text);
        }
        let message = format!("{text}; {} did not hold, as is allowed", self.bad);
        self.finding(Verdict::Warned, message)
    }

    fn failed(&self) -> Finding {
        let mut message = format!(
            "{}; {} of {} did not hold, {} may",
            self.text(),
            self.bad,
            self.answered,
            self.rule.failures
        );
        if let (Some(problem), Inconclusive::Fail) = (&self.inconclusive, self.rule.inconclusive) {
            message = format!("{message}; the query {:?} gave {problem}", self.query);
        }
        self.finding(Verdict::Failed, message)
    }

    fn unanswered(&self, error: &PrometheusError) -> Finding {
        let message = format!(
            "{}: {} answers in a row are missing: {error}",
            self.rule.name, self.missing
        );
        let verdict = errored(ReasonCode::MonitoringUnavailable, message.clone());
        self.finding(verdict, message)
    }

    fn finding(&self, verdict: Verdict, message: String) -> Finding {
        let actual = self.worst.map_or(Actual::Unknown, shown);
        Finding {
            measurements: vec![self.measurement(actual)],
            ..Finding::new(verdict, message)
        }
    }

    /// `error rate: at worst 0.02 in 5 answers, required ≤ 0.01`.
    fn text(&self) -> String {
        let worst = self.worst.map_or("unknown".to_owned(), |w| w.to_string());
        format!(
            "{}: at worst {worst} in {} answers, required {} {}",
            self.rule.name,
            self.answered,
            self.rule.operator.symbol(),
            self.rule.target
        )
    }

    fn measured(&self, value: f64) -> Measurement {
        self.measurement(Actual::Number(value))
    }

    fn measurement(&self, actual: Actual) -> Measurement {
        let rule = self.rule;
        Measurement::new(
            rule.name.clone(),
            actual,
            rule.operator,
            rule.target,
            Unit::Count,
            rule.rule.clone(),
        )
    }

    /// The one of two values that is further on the wrong side.
    fn worse(&self, one: f64, other: f64) -> f64 {
        match self.rule.operator {
            Operator::AtLeast => one.min(other),
            Operator::AtMost => one.max(other),
            Operator::Equals => {
                let distance = |value: f64| (value - self.rule.target).abs();
                if distance(other) > distance(one) {
                    other
                } else {
                    one
                }
            }
        }
    }
}

/// A number for a report, which has no infinity.
const fn shown(value: f64) -> Actual {
    Actual::Number(value.clamp(f64::MIN, f64::MAX))
}

//! When stages and tools worked, on one axis of wall time. The chart is its own table of data.

use super::bar::percent;
use super::name;
use crate::model::{Ended, Report, StageRecord, ToolRun, Verdict};
use crate::render::text::{counted, duration};

/// Most marks on the axis: more would run into each other on a phone.
const TICKS: f64 = 4.0;

/// The chart.
pub(super) struct Timeline {
    pub(super) ticks: Vec<Tick>,
    pub(super) stages: Vec<Row>,
    pub(super) tools: Vec<Row>,
    pub(super) caption: String,
    /// Whether an attempt failed, so that its hatching must be explained.
    pub(super) has_failed_attempts: bool,
    /// Whether there was a wait, so that its line must be explained.
    pub(super) has_waits: bool,
}

/// A mark on the axis.
pub(super) struct Tick {
    pub(super) at: String,
    pub(super) label: String,
    /// The side of the label: SVG's `text-anchor`.
    pub(super) anchor: &'static str,
}

/// A stage or a tool.
pub(super) struct Row {
    pub(super) name: String,
    /// The stage's verdict; empty for a tool.
    pub(super) verdict: &'static str,
    pub(super) segments: Vec<Segment>,
    pub(super) start: String,
    pub(super) time: String,
    /// The chart's row in a sentence.
    pub(super) description: String,
}

/// A stretch of time.
pub(super) struct Segment {
    pub(super) from: String,
    pub(super) length: String,
    /// What it is: a verdict's word, `attempt`, `failed-attempt` or `wait`.
    pub(super) kind: &'static str,
    pub(super) title: String,
}

/// A share of the axis for each millisecond.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    whole: f64,
}

impl Axis {
    /// An axis from 0 to this many milliseconds.
    pub(super) const fn until(whole: f64) -> Self {
        Self { whole }
    }

    pub(super) fn segment(
        self,
        from: f64,
        length: f64,
        kind: &'static str,
        title: String,
    ) -> Segment {
        Segment {
            from: percent(from / self.whole),
            length: percent(length.min(self.whole - from) / self.whole),
            kind,
            title,
        }
    }

    /// Marks at round times, the first at 0.
    pub(super) fn ticks(self) -> Vec<Tick> {
        let rough = self.whole / TICKS;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * magnitude);
        let step = steps
            .into_iter()
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let marks = (0..=TICKS as u32).map(|index| f64::from(index) * step);
        marks
            .take_while(|at| *at <= self.whole)
            .map(|at| Tick {
                at: percent(at / self.whole),
                label: tick_label(at),
                anchor: match at {
                    0.0 => "start",
                    _ if at > self.whole * 0.94 => "end",
                    _ => "middle",
                },
            })
            .collect()
    }
}

impl Timeline {
    pub(super) fn of(report: &Report) -> Self {
        let ends = report
            .tools
            .iter()
            .map(|tool| (tool.started_ms + tool.duration_ms) as f64);
        let stage_ends = report
            .stages()
            .map(|stage| stage.started_ms + stage.execution_time_ms);
        let whole = ends
            .chain(stage_ends)
            .chain([report.total_execution_time_ms])
            .filter(|end| end.is_finite())
            .fold(1.0, f64::max);
        let axis = Axis::until(whole);
        let judged = report
            .stages()
            .filter(|s| !matches!(s.verdict, Verdict::Skipped(_)));
        let attempts = || report.tools.iter().flat_map(|tool| &tool.attempts);
        Self {
            ticks: axis.ticks(),
            stages: judged.map(|stage| stage_row(stage, axis)).collect(),
            tools: report
                .tools
                .iter()
                .map(|tool| tool_row(tool, axis))
                .collect(),
            caption: caption(report),
            has_failed_attempts: attempts().any(|attempt| attempt.ended != Ended::WithEvidence),
            has_waits: attempts().any(|attempt| attempt.number > 1 && attempt.delay_ms > 0),
        }
    }
}

fn caption(report: &Report) -> String {
    let worked: u64 = report.tools.iter().map(|tool| tool.duration_ms).sum();
    let wall = duration(report.total_execution_time_ms);
    match report.tools.len() {
        0 => format!("No tool was run. The run took {wall}."),
        tools => {
            let worked = duration(worked as f64);
            format!(
                "{} worked {worked} within {wall} of wall time.",
                counted(tools, "tool")
            )
        }
    }
}

fn stage_row(stage: &StageRecord, axis: Axis) -> Row {
    let word = stage.verdict.as_str();
    let (start, time) = (
        duration(stage.started_ms),
        duration(stage.execution_time_ms),
    );
    let title = format!("{}: {word}, {time}", stage.stage_name);
    Row {
        name: stage.stage_name.to_string(),
        verdict: word,
        segments: vec![axis.segment(stage.started_ms, stage.execution_time_ms, word, title)],
        description: format!("from {start} for {time}, {word}"),
        start,
        time,
    }
}

fn tool_row(tool: &ToolRun, axis: Axis) -> Row {
    let mut segments = Vec::new();
    let mut at = tool.started_ms as f64;
    for (index, attempt) in tool.attempts.iter().enumerate() {
        let (wait, took) = (attempt.delay_ms as f64, attempt.duration_ms as f64);
        if index > 0 && attempt.delay_ms > 0 {
            segments.push(axis.segment(at, wait, "wait", format!("waited {}", duration(wait))));
            at += wait;
        }
        let (kind, ended) = match &attempt.ended {
            Ended::WithEvidence => ("attempt", "gave evidence".to_owned()),
            Ended::WithError { kind, .. } => ("failed-attempt", format!("{kind} error")),
        };
        let title = format!("attempt {}: {ended}, {}", attempt.number, duration(took));
        segments.push(axis.segment(at, took, kind, title));
        at += took;
    }
    let (start, time) = (
        duration(tool.started_ms as f64),
        duration(tool.duration_ms as f64),
    );
    let attempts = match tool.attempts.len() {
        0 | 1 => String::new(),
        several => format!(", {}", counted(several, "attempt")),
    };
    Row {
        name: name(&tool.tool),
        verdict: "",
        segments,
        description: format!("from {start} for {time}{attempts}"),
        start,
        time,
    }
}

/// `0`, `500 ms`, `2 s`, `3 min`.
fn tick_label(milliseconds: f64) -> String {
    match milliseconds {
        0.0 => "0".to_owned(),
        short if short < 1000.0 => format!("{short} ms"),
        medium if medium < 60_000.0 => format!("{} s", medium / 1000.0),
        long => duration(long),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn the_axis_has_round_marks() {
        let labels = |whole: f64| -> Vec<String> {
            Axis { whole }
                .ticks()
                .into_iter()
                .map(|tick| tick.label)
                .collect()
        };
        assert_eq!(labels(2803.0), ["0", "1 s", "2 s"]);
        assert_eq!(labels(840.0), ["0", "500 ms"]);
        assert_eq!(labels(1.0), ["0", "0.5 ms", "1 ms"]);
        assert_eq!(
            labels(200_000.0),
            ["0", "50 s", "1 min 40 s", "2 min 30 s", "3 min 20 s"]
        );
    }

    #[test]
    fn attempts_stand_one_behind_the_other() {
        let timeline = Timeline::of(&samples::red());
        let drawn: Vec<(&str, &str, &str)> = timeline.tools[0]
            .segments
            .iter()
            .map(|segment| (segment.kind, segment.from.as_str(), segment.length.as_str()))
            .collect();
        // 17 ms, 702 ms, 1151 ms and 1538 ms of 3894 ms.
        assert_eq!(
            drawn,
            [
                ("failed-attempt", "0.44%", "18.03%"),
                ("wait", "18.46%", "29.56%"),
                ("attempt", "48.02%", "39.5%"),
            ]
        );
        assert!(timeline.has_failed_attempts);
    }

    #[test]
    fn stages_that_were_skipped_take_no_time() {
        let timeline = Timeline::of(&samples::red());
        let names: Vec<&str> = timeline
            .stages
            .iter()
            .map(|row| row.name.as_str())
            .collect();
        assert_eq!(names, ["specification", "testing", "refactoring"]);
    }

    #[test]
    fn the_caption_shows_that_tools_ran_side_by_side() {
        assert_eq!(
            Timeline::of(&samples::green()).caption,
            "5 tools worked 6.47 s within 2.80 s of wall time."
        );
    }
}

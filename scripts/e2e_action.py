#!/usr/bin/env python3
"""Runs the action for real, by `act`, and looks at what it left.

    scripts/e2e_action.py SPEC2PROD TESTS [EVENT...]

SPEC2PROD is packed as a release, TESTS is the compiled integration test, which has the stand-in for
GitHub. For each event a workflow of docs/github.md, or the one that `spec2prod init` writes, runs
on this machine, and what is then on GitHub, in the summaries, outputs and artifacts, and the exit
status, are held against what the documents say. The first difference ends it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from e2e_events import SCENARIOS, Scenario
from e2e_repository import WrongError, command
from e2e_setting import FULL_TOKEN, READ_ONLY_TOKEN, RUN_ID, TOOLS, Ran, Run, Setting


def expect(found: object, wanted: object, what: str) -> None:
    """Ends with a message where something is not as wanted."""
    if found != wanted:
        raise WrongError(f"{what}: found {found!r}, expected {wanted!r}")


def expect_in(part: str, text: str, what: str) -> None:
    """Ends with a message where a text lacks a part."""
    if part not in text:
        raise WrongError(f"{what}: lacks {part!r}:\n{text}")


class Look:
    """What is looked at after a run; each part prints one line."""

    def __init__(self, scenario: Scenario, setting: Setting) -> None:
        """Runs the workflow."""
        self.scenario = scenario
        self.pull = setting.judged.pulls.get(scenario.number)
        self.head = scenario.head(setting.judged)
        self.base = setting.judged.base
        if not scenario.follows:
            pulls = [
                {
                    "number": pull.number,
                    "head_sha": pull.head,
                    "head_branch": pull.branch,
                    "head_repository": pull.repository,
                    "base_sha": pull.base,
                }
                for pull in setting.judged.pulls.values()
            ]
            merged = [pull.merged for pull in setting.judged.pulls.values()]
            commits = [setting.judged.base, *merged]
            setting.fake.ask("reset", {"commits": commits, "pulls": pulls})
        if scenario.event != "pull_request" and scenario.is_merged:
            setting.judged.merge()
        earlier = len(setting.fake.ask("state")["requests"])
        downloads = len(setting.release.downloads)
        began = time.monotonic()
        self.ran: Ran = setting.act(
            Run(
                name=scenario.name,
                workflow=scenario.workflow,
                event=scenario.event,
                payload=scenario.payload(setting.judged),
                token=FULL_TOKEN if scenario.can_write else READ_ONLY_TOKEN,
                sha=scenario.sha(setting.judged),
                attempt=scenario.attempt,
                artifacts=setting.folder / f"artifacts-of-{scenario.follows or scenario.name}",
                artifacts_of_base=setting.folder / f"artifacts-of-{SCENARIOS[0].name}",
            )
        )
        self.say(f"{scenario.workflow} ran for {time.monotonic() - began:.1f} s")
        self.downloads = setting.release.downloads[downloads:]
        self.state = setting.fake.ask("state")
        self.requests = self.state["requests"][earlier:]
        (setting.folder / scenario.name / "github.json").write_text(json.dumps(self.state))

    def say(self, text: str) -> None:
        """Prints what was seen."""
        print(f"{self.scenario.name:12} {text}", flush=True)

    def at_all(self) -> None:
        """Looks at everything."""
        expect(self.state["violations"], [], "requests that GitHub does not describe")
        self.at_installation()
        if self.scenario.event == "workflow_run":
            expect(self.ran.status, 0, "the exit status of the workflow")
        elif not self.scenario.has_jobs:
            self.at_one_job()
        else:
            self.at_plan()
            self.at_artifacts()
            self.at_summaries()
            self.at_end()
        self.at_check_runs()
        self.at_comments()
        self.at_writes()

    def at_installation(self) -> None:
        """The archive of the release was downloaded once, and is right."""
        said = "\n".join(self.ran.said())
        expect(len(self.downloads), 1, f"downloads of the release ({self.downloads})")
        expect_in("the checksum is right", said, "the log of the installation")
        expect(said.count("the cache was asked for"), 0, "uses of the cache")
        self.say(f"installed {self.downloads[0].lstrip('/')} from the mirror")

    def at_one_job(self) -> None:
        """One component in one job: no tool ran twice, one artifact, one verdict."""
        said = "\n".join(self.ran.said())
        expect(said.count("::group::pytest "), 1, "runs of pytest")
        names = [each.name for each in self.ran.artifacts.iterdir()]
        expect(names, ["spec2prod-letters-linux-1"], "the artifacts")
        files = {file.name for file in (self.ran.artifacts / names[0]).rglob("*")}
        wanted = {"workflow_report_letters.json", "workflow_dashboard_letters.html"}
        expect(wanted - files, set(), f"missing files of {files}")
        outputs = self.ran.outputs("letters")
        expect(outputs.get("verdict"), "failed", "the output `verdict`")
        expect(outputs.get("stages-failed"), "testing", "the output `stages-failed`")
        expect_in("`letters` is blocked", self.ran.summaries("letters")[-1], "the summary")
        expect(self.ran.status, 1, "the exit status of the workflow")
        self.say(f"one job with one run of pytest, {names[0]}, ended with {self.ran.status}")

    def at_plan(self) -> None:
        """The matrix has a job for each component."""
        components = list(self.scenario.components)
        outputs = self.ran.outputs("plan")
        expect(outputs.get("components"), ",".join(components), "the output `components`")
        has_components = str(bool(components)).lower()
        expect(outputs.get("has-components"), has_components, "the output `has-components`")
        jobs = json.loads(outputs["matrix"])["include"]
        expect(sorted(job["component"] for job in jobs), components, "the matrix")
        legs = [line["matrix"] for line in self.ran.lines if line.get("jobID") == "judge"]
        legs = sorted({leg["component"] for leg in legs if leg})
        expect(legs, components, "the jobs of the matrix")
        self.say(f"planned {len(jobs)} jobs: {', '.join(legs) or 'none'}")

    def at_artifacts(self) -> None:
        """Each job left its report and dashboard, the verdict the dashboard of all."""
        attempt = self.scenario.attempt
        folder = self.ran.artifacts
        names = sorted(each.name for each in folder.glob(f"*-linux-{attempt}"))
        overall = f"spec2prod_summary-linux-{attempt}"
        legs = [f"spec2prod-{name}-linux-{attempt}" for name in self.scenario.components]
        expect(names, [*legs, overall], "the artifacts")
        for component, name in zip(self.scenario.components, legs, strict=True):
            files = {file.name: file for file in (folder / name).rglob("*") if file.is_file()}
            report = f"workflow_report_{component}.json"
            wanted = {report, f"workflow_dashboard_{component}.html"}
            expect(files.keys(), wanted, f"the files of {name}")
            read = json.loads(files[report].read_text("utf-8"))
            expect(
                read["success"], component != self.scenario.broken, f"the success of {component}"
            )
            expect(read["source"]["head"] or read["source"]["commit"], self.head, f"{name}: commit")
        files = [file.name for file in (folder / overall).rglob("*")]
        expect("workflow_dashboard.html" in files, True, f"the dashboard of all in {files}")
        self.say(f"uploaded {', '.join(names)}")

    def at_summaries(self) -> None:
        """Each job shows its result, the verdict shows all."""
        short = self.head[:12]
        for component in self.scenario.components:
            [summary] = self.ran.summaries("judge", component)
            words = "is blocked" if component == self.scenario.broken else "is ready"
            expect_in(f"`{component}` {words}", summary, f"the summary of {component}")
            expect_in(f"commit `{short}`", summary, f"the summary of {component}")
        [summary] = self.ran.summaries("verdict")
        for words in (*self.scenario.components, f"commit `{short}`"):
            expect_in(words, summary, "the summary of the verdict")
        self.say(f"{len(self.scenario.components) + 1} job summaries")

    def at_end(self) -> None:
        """The run ends as the verdict says."""
        outputs = self.ran.outputs("verdict")
        verdict = self.scenario.verdict
        expect(outputs.get("verdict"), verdict, "the output `verdict`")
        success = verdict == "passed"
        expect(outputs.get("success"), str(success).lower(), "the output `success`")
        expect(self.ran.status, 0 if success else 1, "the exit status of the workflow")
        self.say(f"the verdict is {verdict}, the workflow ended with {self.ran.status}")

    def at_check_runs(self) -> None:
        """One check run with a fixed name, and one for each component."""
        begin = f"{RUN_ID}.{self.scenario.attempt}."
        runs = [run for run in self.state["check_runs"] if run["external_id"].startswith(begin)]
        found = sorted((run["name"], run["conclusion"]) for run in runs)
        wanted = []
        if self.scenario.can_write:
            # What a stranger's artifact says never becomes the check that a branch asks for.
            if self.scenario.has_jobs:
                conclusion = "failure" if self.scenario.verdict == "failed" else "success"
                wanted.append(("spec2prod", conclusion))
            for component in self.scenario.components:
                conclusion = "failure" if component == self.scenario.broken else "success"
                wanted.append((f"spec2prod: {component}", conclusion))
        expect(found, wanted, "the check runs")
        for run in runs:
            shown = (run["head_sha"], run["status"])
            expect(shown, (self.head, "completed"), f"commit and status of {run['name']}")
        shown = ", ".join(f"{name} ({conclusion})" for name, conclusion in found)
        self.say(f"check runs: {shown or 'none'}")

    def at_comments(self) -> None:
        """One comment that says what blocks; none without a pull request or anything to judge."""
        comments = self.state["comments"]
        scenario = self.scenario
        is_wanted = scenario.number is not None and scenario.can_write and scenario.components
        expect(len(comments), int(bool(is_wanted)), "the number of comments")
        for comment in comments:
            expect(comment["number"], self.scenario.number, "the pull request of the comment")
            parts = [f"run={RUN_ID} attempt={self.scenario.attempt}", f"commit `{self.head[:12]}`"]
            if self.scenario.broken in self.scenario.components:
                what = "1 of 3 components" if len(self.scenario.components) > 1 else "letters"
                parts += [f"{what} is blocked", "`test_pass_rate`", "test_weight"]
            if self.scenario.number == 7 and self.scenario.has_jobs:
                base = self.base[:12]
                parts.append(f"**Since the base** (`{base}`)\n\n- `letters`: was passed; ")
            for part in parts:
                expect_in(part, comment["body"], "the comment")
        self.say(f"comments: {len(comments)}")

    def at_writes(self) -> None:
        """What the token may not do is not done, and is said once."""
        writes = [each for each in self.requests if each["is_write"]]
        done = [each for each in writes if each["status"] < 300]
        notes = [line for line in self.ran.said() if "checks: write" in line]
        if self.scenario.can_write:
            expect(len(done), len(writes), "writes that GitHub took")
            expect(notes, [], "notes on permissions")
        else:
            expect(done, [], "writes that GitHub took")
            expect(len(notes), 1, f"notes on permissions ({notes})")
            expect_in("pull-requests: write", notes[0], "the note on permissions")
            [summary] = self.ran.summaries("verdict")
            expect(summary.count("checks: write"), 1, "notes on permissions in the summary")
        self.say(f"{len(self.requests)} requests; GitHub took {len(done)} of {len(writes)} writes")


def check_workflow(setting: Setting) -> None:
    """Holds the workflow that `init` writes against zizmor."""
    workflow = setting.judged.folder / ".github/workflows/init.yml"
    command(TOOLS / "zizmor", "--offline", "--persona=pedantic", "--quiet", workflow, cwd=TOOLS)
    print("init         zizmor has nothing to say about the workflow", flush=True)


def main(arguments: list[str]) -> int:
    """Runs the scenarios that are named, with the first and those that they follow, or all."""
    known = [scenario.name for scenario in SCENARIOS]
    names = set(arguments[2:] or known)
    if len(arguments) < 2 or not names <= set(known):
        print(f"{__doc__}\nEVENT: {', '.join(known)}", file=sys.stderr)
        return 2
    names |= {each.follows for each in SCENARIOS if each.name in names and each.follows}
    names.add(known[0])
    folder = Path(tempfile.mkdtemp(prefix="spec2prod-e2e-"))
    setting, place = None, "setting"
    try:
        setting = Setting(folder, *(Path(argument).resolve() for argument in arguments[:2]))
        check_workflow(setting)
        for scenario in SCENARIOS:
            if scenario.name in names:
                place = scenario.name
                Look(scenario, setting).at_all()
    except (WrongError, subprocess.TimeoutExpired) as error:
        print(f"{place}: {error}\n{folder} has the logs", file=sys.stderr)
        return 1
    finally:
        if setting:
            setting.stop()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

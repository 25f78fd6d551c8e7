//! The files that a command writes its reports to: one attempt at a time has them, finds nothing of an
//! earlier one there, and what is read afterwards is its own.

use super::{Collector, interrupted};
use crate::file_lock::try_lock_exclusively;
use crate::git::tracked_files;
use crate::inside::inside;
use crate::model::{Reason, ReasonCode, Unavailable};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

/// How often is looked whether a report is free.
const PAUSE: Duration = Duration::from_millis(50);
/// A wait that is worth a word.
const LONG: Duration = Duration::from_secs(1);
/// By how much the clock of a file system may be behind.
const CLOCK: Duration = Duration::from_secs(60);

/// Nobody else writes these reports until this is dropped.
pub(super) struct Turn {
    _locks: Vec<File>,
    begun: SystemTime,
    /// What is said about it, where others were waited for.
    pub(super) note: Option<String>,
}

impl Turn {
    /// Waits until no other attempt has one of the reports, in this run or another one in the
    /// workspace, and removes what earlier ones left there.
    ///
    /// # Errors
    ///
    /// When others hold a report for longer than `limit`, or what is there cannot or must not be
    /// removed.
    pub(super) async fn take(
        collector: &Collector,
        reports: &[PathBuf],
        limit: Duration,
    ) -> Result<Self, Unavailable> {
        let begun = Instant::now();
        let (mut locks, mut note) = (Vec::new(), None);
        let shared = shared(collector, reports);
        // Always in the same order, so that no two wait for each other.
        for report in &shared {
            locks.push(wait(collector, report, begun, limit).await?);
            let waited = begun.elapsed();
            if waited > LONG {
                note = Some(format!(
                    "waited {:.1} s for another run that writes {}",
                    waited.as_secs_f64(),
                    shown(collector, report)
                ));
            }
        }
        for report in &shared {
            refuse_tracked(collector, report).await?;
        }
        for report in reports {
            remove(report)?;
        }
        Ok(Self {
            _locks: locks,
            begun: SystemTime::now(),
            note,
        })
    }

    /// A report that was written before this attempt began, and put in its place since.
    pub(super) fn stale<'a>(&self, reports: &'a [PathBuf]) -> Option<&'a PathBuf> {
        reports.iter().find(|report| {
            let modified = fs::metadata(report).and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified| modified + CLOCK < self.begun)
        })
    }
}

/// The reports at places that other runs use too: all but those in the run's own folder.
fn shared(collector: &Collector, reports: &[PathBuf]) -> BTreeSet<PathBuf> {
    let own = collector.logs.parent();
    let reports = reports.iter();
    reports
        .filter(|report| !own.is_some_and(|own| report.starts_with(own)))
        .map(|report| {
            let report: PathBuf = report.components().collect();
            let folder = report
                .parent()
                .and_then(|folder| folder.canonicalize().ok());
            match (folder, report.file_name()) {
                (Some(folder), Some(name)) => folder.join(name),
                _ => report,
            }
        })
        .collect()
}

fn shown<'a>(collector: &Collector, report: &'a Path) -> std::path::Display<'a> {
    let relative = report.strip_prefix(&collector.workspace);
    relative.unwrap_or(report).display()
}

async fn wait(
    collector: &Collector,
    report: &Path,
    begun: Instant,
    limit: Duration,
) -> Result<File, Unavailable> {
    let name = blake3::hash(report.as_os_str().as_encoded_bytes());
    let folder = collector.workspace.join(".spec2prod/locks");
    let cannot = |error: io::Error| {
        let message = format!(
            "other runs cannot be kept from the report {} by a lock in {}: {error}",
            shown(collector, report),
            folder.display()
        );
        let reason = Reason::new(ReasonCode::ReportUnreadable, message);
        Unavailable::Errored(reason.remedy(
            "set `report.path` to \"{report}\", which is a file of the run's own, and let the command write it",
        ))
    };
    let file = folder.join(name.to_hex().as_str());
    let file = inside(&collector.workspace, &file).map_err(cannot)?;
    fs::create_dir_all(&folder).map_err(cannot)?;
    let lock = File::create(file).map_err(cannot)?;
    let mut is_told = false;
    while !try_lock_exclusively(&lock).map_err(cannot)? {
        let waited = begun.elapsed();
        if waited > limit {
            let message = format!(
                "another run that writes {} was not done within {} s",
                shown(collector, report),
                limit.as_secs_f64()
            );
            let reason = Reason::new(ReasonCode::ToolTimedOut, message);
            return Err(Unavailable::Errored(reason.remedy(
                "set `report.path` to \"{report}\", which is a file of the run's own, so that runs need not wait for each other",
            )));
        }
        if waited > LONG && !is_told {
            is_told = true;
            let report = shown(collector, report);
            tracing::info!("another run that writes {report} is waited for");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = collector.cancel.cancelled() => return Err(interrupted()),
        }
    }
    Ok(lock)
}

/// What the repository has is never removed, and is no report of a run.
async fn refuse_tracked(collector: &Collector, report: &Path) -> Result<(), Unavailable> {
    let Ok(relative) = report.strip_prefix(&collector.workspace) else {
        return Ok(());
    };
    if fs::symlink_metadata(report).is_err() {
        return Ok(());
    }
    let path = relative.to_string_lossy();
    let (processes, workspace) = (&collector.processes, &collector.workspace);
    match tracked_files(processes, workspace, &path, &collector.cancel).await {
        Ok(files) if files.is_empty() => Ok(()),
        Ok(_) => {
            let reason = Reason::new(
                ReasonCode::ReportStale,
                format!(
                    "the report {path} is a file of the repository, so it cannot be removed before the command writes it"
                ),
            );
            Err(Unavailable::NoData(reason.remedy(format!(
                "take it out of git (`git rm --cached {path}`) and let git ignore it, or let the command write \"{{report}}\""
            ))))
        }
        // Without a repository there is nothing to spare.
        Err(error) => {
            tracing::debug!("whether git knows {path} cannot be said: {error}");
            Ok(())
        }
    }
}

/// Removes a file or link. A folder is none of ours, and no report either.
fn remove(report: &Path) -> Result<(), Unavailable> {
    let Ok(metadata) = fs::symlink_metadata(report) else {
        return Ok(());
    };
    if !metadata.is_file() && !metadata.is_symlink() {
        return Ok(());
    }
    fs::remove_file(report).map_err(|error| {
        let message = format!(
            "{} is there from before the run and cannot be removed: {error}",
            report.display()
        );
        let reason = Reason::new(ReasonCode::ReportUnreadable, message);
        Unavailable::Errored(reason.remedy("remove it, or let the command write another file"))
    })
}

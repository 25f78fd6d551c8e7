//! Processes of a run on Linux, found in `/proc`.
//!
//! A process belongs to a run when it is the child or in its process group, when it was started by
//! one that belongs to it, or when its environment has the run's cookie. The cookie finds those
//! that left the group with `setsid` and lost their parent by a double fork. Only a process that
//! also got a new environment is not found, unless it was seen while it still had its parent.
//!
//! Looking at every process of the machine takes long where it has many. After an ordinary end nothing
//! is left, and the children of this process tell that.

use super::{super::start::COOKIE, Firmness};
use nix::{
    sys::{
        prctl,
        signal::{Signal, kill, killpg},
        wait::{WaitPidFlag, waitpid},
    },
    unistd::Pid,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs::{self, File},
    io::Read as _,
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

/// The most characters that the number of a process and the space behind it take.
const MAX_NUMBER: usize = 11;

/// The children of all runs that were not waited for yet.
static CHILDREN: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// The processes of one run.
#[derive(Debug)]
pub(in crate::process) struct Members {
    /// The child, which leads the process group; `None` once it was waited for, because its number
    /// may then be given to another process.
    child: Option<i32>,
    /// The process group; it outlives the child.
    group: Option<i32>,
    /// `SPEC2PROD_PROCESS=…` of this run.
    cookie: Vec<u8>,
    /// When the child was started. What is older does not belong to the run.
    started: u64,
    /// The members at the last look that were not waited for, with their times of start.
    known: HashMap<i32, u64>,
}

/// One line of the process table.
#[derive(Debug, Clone, Copy)]
struct Entry {
    pid: i32,
    parent: i32,
    group: i32,
    /// In clock ticks since boot.
    started: u64,
    is_zombie: bool,
}

/// What the environment of a process says about the run it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cookie {
    Ours,
    AnotherRun,
    Absent,
}

impl Members {
    /// See <https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html>.
    pub(in crate::process) fn adopt_orphans() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            if let Err(error) = prctl::set_child_subreaper(true) {
                tracing::warn!(%error, "orphaned processes cannot be adopted");
            }
        });
    }

    pub(in crate::process) fn new(child: Option<u32>, cookie: &str) -> Self {
        let child = child.and_then(|pid| i32::try_from(pid).ok());
        running_children().extend(child);
        Self {
            child,
            group: child,
            cookie: format!("{COOKIE}={cookie}").into_bytes(),
            started: child.and_then(entry).map_or(0, |entry| entry.started),
            known: HashMap::new(),
        }
    }

    pub(in crate::process) fn child_is_gone(&mut self) {
        if let Some(child) = self.child.take() {
            running_children().remove(&child);
        }
    }

    /// How many processes live. Zombies do not.
    pub(in crate::process) fn living(&mut self) -> usize {
        if self.child.is_none() && is_without_orphans() {
            return 0;
        }
        self.look().len()
    }

    /// Signals every process once.
    pub(in crate::process) fn signal(&mut self, firmness: Firmness) {
        let signal = match firmness {
            Firmness::Ask => Signal::SIGTERM,
            Firmness::Kill => Signal::SIGKILL,
        };
        let members = self.look();
        // The group at one stroke, so that none of it forks in between. A process that is already
        // gone is what was wanted; one that may not be signalled is still seen afterwards.
        let group = self.child;
        if let Some(group) = group {
            let _ = killpg(Pid::from_raw(group), signal);
        }
        for member in members {
            if Some(member.group) != group {
                let _ = kill(Pid::from_raw(member.pid), signal);
            }
        }
    }

    /// The living members. Waits for members that are dead and were adopted by this process.
    fn look(&mut self) -> Vec<Entry> {
        let table: Vec<Entry> = table()
            .filter(|entry| entry.started >= self.started)
            .collect();
        let mut members: HashSet<i32> = table
            .iter()
            .filter(|entry| self.has(entry))
            .map(|entry| entry.pid)
            .collect();
        loop {
            let before = members.len();
            for entry in &table {
                if members.contains(&entry.parent) {
                    members.insert(entry.pid);
                }
            }
            if members.len() == before {
                break;
            }
        }
        let (dead, living): (Vec<Entry>, Vec<Entry>) = table
            .into_iter()
            .filter(|entry| members.contains(&entry.pid))
            .partition(|entry| entry.is_zombie);
        self.known = living
            .iter()
            .map(|entry| (entry.pid, entry.started))
            .collect();
        for entry in dead {
            // The child itself is tokio's to wait for.
            if entry.parent == own_pid() && Some(entry.pid) != self.child {
                let _ = waitpid(Pid::from_raw(entry.pid), Some(WaitPidFlag::WNOHANG));
            } else {
                // Its parent may die without waiting for it, and this process becomes the parent.
                self.known.insert(entry.pid, entry.started);
            }
        }
        living
    }

    fn has(&self, entry: &Entry) -> bool {
        if self.child == Some(entry.pid) || self.known.get(&entry.pid) == Some(&entry.started) {
            return true;
        }
        match self.cookie_of(entry.pid) {
            Cookie::Ours => true,
            Cookie::Absent => Some(entry.group) == self.group,
            Cookie::AnotherRun => false,
        }
    }

    fn cookie_of(&self, pid: i32) -> Cookie {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let name_length = COOKIE.len() + 1;
        environment
            .split(|&byte| byte == 0)
            .find(|variable| variable.starts_with(&self.cookie[..name_length]))
            .map_or(Cookie::Absent, |variable| {
                if variable == self.cookie {
                    Cookie::Ours
                } else {
                    Cookie::AnotherRun
                }
            })
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        self.child_is_gone();
    }
}

fn running_children() -> MutexGuard<'static, BTreeSet<i32>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether all children of this process are known to run. Then nothing is left of a run whose child
/// was waited for: it would descend from an orphan, and those become children of this process.
fn is_without_orphans() -> bool {
    let adopts = prctl::get_child_subreaper().unwrap_or(false);
    // While a child is waited for, a list that is read can lack another.
    let same_twice = || own_children().filter(|first| own_children().as_ref() == Some(first));
    adopts && same_twice().is_some_and(|children| children.is_subset(&running_children()))
}

/// The children of this process, by thread:
/// <https://man7.org/linux/man-pages/man5/proc_tid_children.5.html>. `None` where the system does not
/// tell, or there are more than one `read` gives.
fn own_children() -> Option<BTreeSet<i32>> {
    let mut children = BTreeSet::new();
    let mut list = [0; 2048];
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let mut file = File::open(thread.ok()?.path().join("children")).ok()?;
        let length = file.read(&mut list).ok()?;
        // A number that did not fit is left for the next `read`.
        if length + MAX_NUMBER > list.len() {
            return None;
        }
        let list = std::str::from_utf8(&list[..length]).ok()?;
        for child in list.split_ascii_whitespace() {
            children.insert(child.parse().ok()?);
        }
    }
    Some(children)
}

fn own_pid() -> i32 {
    Pid::this().as_raw()
}

fn table() -> impl Iterator<Item = Entry> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|file| file.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(entry)
}

/// Reads `/proc/PID/stat`, <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
///
/// All processes of the machine are looked at, so this takes one `read`. The line is never longer than
/// the room for it: some fifty numbers and a name of at most 64 bytes.
fn entry(pid: i32) -> Option<Entry> {
    let mut line = [0; 2048];
    let mut file = File::open(format!("/proc/{pid}/stat")).ok()?;
    let length = file.read(&mut line).ok()?;
    parse(pid, &line[..length])
}

fn parse(pid: i32, stat: &[u8]) -> Option<Entry> {
    // The name in parentheses can hold anything, also parentheses and spaces.
    let stat = String::from_utf8_lossy(stat);
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    // The group is field 5, the time of start is field 22.
    let started = fields.nth(16)?.parse().ok()?;
    Some(Entry {
        pid,
        parent,
        group,
        started,
        is_zombie: matches!(state, "Z" | "X" | "x"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_process_table_is_read_whatever_the_name_is() {
        let stat = b"4242 (a) Z (b\xff) S 17 18 19 0 -1 4194560 107 0 0 0 0 0 0 0 20 0 1 0 987654 2707456 231 1";
        let entry = parse(4242, stat).unwrap();
        assert_eq!(
            (entry.parent, entry.group, entry.started),
            (17, 18, 987_654)
        );
        assert!(!entry.is_zombie);
        assert!(parse(1, b"4242 (cut off) S 17").is_none());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "children that no run knows")]
    fn the_children_of_all_threads_are_listed() {
        let sleep = || std::process::Command::new("sleep").arg("1000").spawn();
        let mut children = vec![sleep().unwrap()];
        children.push(std::thread::scope(|scope| {
            scope.spawn(sleep).join().unwrap().unwrap()
        }));
        let listed = own_children().unwrap();
        for mut child in children {
            let pid = i32::try_from(child.id()).unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(listed.contains(&pid));
            assert!(!own_children().unwrap().contains(&pid));
        }
    }

    #[test]
    fn this_process_is_in_the_table() {
        let own = table().find(|entry| entry.pid == own_pid()).unwrap();
        assert!(!own.is_zombie);
        assert!(own.started > 0);
    }
}

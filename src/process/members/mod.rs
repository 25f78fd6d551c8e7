//! The processes of one run: found, counted and signalled, as each system allows.
//!
//! | system | found |
//! |---|---|
//! | Linux | the child, its process group, their descendants, and whatever carries the run's cookie, also after `setsid` and double fork |
//! | other Unix | the process group |
//! | elsewhere | nothing besides the child, which tokio ends |

#[cfg(all(unix, not(target_os = "linux")))]
mod group;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(unix))]
mod single;

#[cfg(all(unix, not(target_os = "linux")))]
pub(super) use group::Members;
#[cfg(target_os = "linux")]
pub(super) use linux::Members;
#[cfg(not(unix))]
pub(super) use single::Members;

/// How firmly a process is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Firmness {
    /// It may clean up: `SIGTERM`.
    Ask,
    /// It has no say: `SIGKILL`.
    Kill,
}

//! The only door to child processes.

//! The engine against a ledger in memory: with simulated effects, and with real ones.

#![cfg(unix)]

mod decisions;
mod given_back;
mod held;
mod hooks_behind;
mod interrupted;
mod real;
mod real_around;
mod real_case;
mod real_health;
mod real_monitoring;
mod simulated_case;
mod simulated_holds;
mod simulation;
mod support;
mod watched;
mod world;

//! Access to GitHub's API for a job.

use super::Surroundings;
use crate::github::{
    Event,
    api::{Client, ClientLimits, ClientSettings, Token},
};
use anyhow::Context as _;

/// A client for the GitHub that an event is from. To be called within a tokio runtime.
///
/// # Errors
///
/// When there is no token, or it cannot be used; the message says what to do.
pub(super) fn client(surroundings: &Surroundings, event: &Event) -> anyhow::Result<Client> {
    let token = surroundings.token.as_deref().context(
        "there is no token; pass `token: ${{ github.token }}` to the action, or set `surfaces` to \
         what is wanted without check runs and comment",
    )?;
    Ok(Client::new(&ClientSettings {
        api_url: event.api_url.clone(),
        token: Token::new(token),
        limits: ClientLimits::default(),
    })?)
}

//! Access to GitHub's API for a job.

use super::Surroundings;
use crate::github::{
    Event,
    api::{Client, ClientLimits, ClientSettings, Token},
};
use anyhow::Context as _;

/// A client for the GitHub that the run's event is from. All clients of a command keep one pace, and
/// each has time of its own: what is shown never takes the time of what is asked for. To be called
/// within the runtime of the command.
///
/// # Errors
///
/// When there is no token, or it cannot be used; the message says what to do.
pub(super) fn client(surroundings: &Surroundings, event: &Event) -> anyhow::Result<Client> {
    if let Some(client) = surroundings.client.get() {
        return Ok(client.with_fresh_time(ClientLimits::default().total));
    }
    let token = surroundings.token.as_deref().context(
        "there is no token; pass `token: ${{ github.token }}` to the action, or set `surfaces` to \
         what is wanted without check runs and comment",
    )?;
    let client = Client::new(&ClientSettings {
        api_url: event.api_url.clone(),
        token: Token::new(token),
        limits: ClientLimits::default(),
        proxies: surroundings.proxies.clone(),
    })?;
    Ok(surroundings.client.get_or_init(|| client).clone())
}

//! Showing a deployment on GitHub while it goes on. The deployment waits for nothing here.

use crate::deploy::{DeploymentEvent, Watcher};
use crate::github::api::Client;
use crate::publish::{DeploymentFacts, DeploymentPosting};
use std::sync::Arc;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

/// Shows the deployments of one component to one environment, beside them.
pub struct DeploymentPoster {
    sender: UnboundedSender<Message>,
    task: JoinHandle<DeploymentPosting>,
}

enum Message {
    Happened(DeploymentEvent),
    /// Nothing comes any more. Watchers may live on, so that the channel does not end by itself.
    Finish,
}

impl DeploymentPoster {
    /// Begins to show what the watcher sees. To be called within a tokio runtime.
    #[must_use]
    pub fn start(client: Client, facts: DeploymentFacts) -> (Watcher, Self) {
        let (sender, receiver) = unbounded_channel();
        let task = tokio::spawn(post(DeploymentPosting::new(client, facts), receiver));
        let to_task = sender.clone();
        let watcher: Watcher = Arc::new(move |event| {
            // The end of a phase says nothing that the beginning of the next does not.
            if !matches!(event, DeploymentEvent::PhaseEnded { .. }) {
                // After the end nobody listens, which is no trouble of the deployment.
                let _ = to_task.send(Message::Happened(event));
            }
        });
        (watcher, Self { sender, task })
    }

    /// Waits until all is shown; gives what went wrong: where, and what to do.
    pub async fn finish(self) -> Vec<(&'static str, String)> {
        let _ = self.sender.send(Message::Finish);
        match self.task.await {
            Ok(posting) => posting.into_problems().await,
            Err(error) => {
                let message = format!("showing the deployment ended abnormally: {error}");
                vec![("deployment", message)]
            }
        }
    }
}

async fn post(
    mut posting: DeploymentPosting,
    mut receiver: UnboundedReceiver<Message>,
) -> DeploymentPosting {
    let mut waiting = Vec::new();
    // GitHub takes its time: what is overtaken meanwhile is not said.
    while receiver.recv_many(&mut waiting, usize::MAX).await > 0 {
        let mut messages = std::mem::take(&mut waiting).into_iter().peekable();
        while let Some(message) = messages.next() {
            match message {
                Message::Finish => return posting,
                Message::Happened(DeploymentEvent::Started(deployment)) => {
                    posting.open(&deployment).await;
                }
                Message::Happened(DeploymentEvent::PhaseStarted {
                    deployment,
                    phase,
                    is_rollback,
                }) => {
                    let is_last = messages
                        .peek()
                        .is_none_or(|next| matches!(next, Message::Finish));
                    if is_last {
                        posting.progress(&deployment, phase, is_rollback).await;
                    }
                }
                Message::Happened(DeploymentEvent::PhaseEnded { .. }) => {}
                Message::Happened(DeploymentEvent::Ended(deployment)) => {
                    posting.complete(&deployment).await;
                }
            }
        }
    }
    posting
}

//! What a child printed, within a limit.

use super::pipe::Pipe;
use std::{collections::VecDeque, io, ops::RangeInclusive, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How much is read at once, in bytes: at first, since most tools print less and more room would be
/// cleared in vain, and at most, which is what a Linux pipe holds.
const CHUNKS: RangeInclusive<usize> = 4 * 1024..=64 * 1024;
/// How long the pause is behind a piece that is not full, each twice as long as the one before: a tool
/// that prints a dot for each test would otherwise wake this process for each. Meanwhile the pipe holds
/// what is printed.
const PAUSES: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_millis(64);

/// The beginning and the end of an output, and how long it was in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    limit: usize,
    is_broken: bool,
}

impl Captured {
    /// Holds at most `limit` bytes: the first half of them from the beginning, the other half from
    /// the end.
    pub(super) const fn with_limit(limit: usize) -> Self {
        Self {
            head: Vec::new(),
            tail: VecDeque::new(),
            total: 0,
            limit,
            is_broken: false,
        }
    }

    /// Reads to the end, keeps what the limit allows and lets go of the rest, so that the writer is
    /// never held up. Stops early at an error or when `stop` is cancelled, and makes no pauses any more
    /// when the writer `has_ended`.
    pub(super) async fn read(
        pipe: io::Result<Option<Pipe>>,
        limit: usize,
        has_ended: &CancellationToken,
        stop: &CancellationToken,
    ) -> Self {
        let mut captured = Self::with_limit(limit);
        let reading = async {
            match pipe? {
                Some(pipe) => captured.read_all(pipe, has_ended).await,
                None => Ok(()),
            }
        };
        let outcome = tokio::select! {
            biased;
            outcome = reading => outcome,
            () = stop.cancelled() => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "the output of a child could not be read to its end");
            captured.is_broken = true;
        }
        captured
    }

    async fn read_all(&mut self, mut pipe: Pipe, has_ended: &CancellationToken) -> io::Result<()> {
        let mut chunk = vec![0; *CHUNKS.start()];
        let mut pause = *PAUSES.start();
        loop {
            let length = pipe.read(&mut chunk).await?;
            if length == 0 {
                return Ok(());
            }
            self.push(&chunk[..length]);
            if length < *CHUNKS.start() {
                tokio::select! {
                    () = sleep(pause) => {}
                    () = has_ended.cancelled() => {}
                }
                pause = (2 * pause).min(*PAUSES.end());
            } else {
                pause = *PAUSES.start();
                if length == chunk.len() {
                    chunk.resize((2 * length).min(*CHUNKS.end()), 0);
                }
            }
        }
    }

    fn push(&mut self, chunk: &[u8]) {
        self.total += chunk.len() as u64;
        let tail_limit = self.limit / 2;
        let head_room = self.limit - tail_limit - self.head.len();
        let (head, rest) = chunk.split_at(head_room.min(chunk.len()));
        self.head.extend_from_slice(head);
        let rest = &rest[rest.len().saturating_sub(tail_limit)..];
        let overflow = (self.tail.len() + rest.len()).saturating_sub(tail_limit);
        self.tail.drain(..overflow);
        self.tail.extend(rest);
    }

    /// How many bytes were printed, also those that were not kept.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Whether bytes are missing: in the middle, beyond the limit, or at the end, where reading
    /// failed. A report that is cut must not be parsed.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.missing() > 0 || self.is_broken
    }

    /// The bytes that were kept. Where the output is cut, its end follows its beginning directly.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let (first, second) = self.tail.as_slices();
        [&self.head, first, second].concat()
    }

    /// The output as text for a person: bytes that are not UTF-8 become `�`, and a line says how
    /// much is missing where it is cut. Control characters are still in it.
    #[must_use]
    pub fn text_lossy(&self) -> String {
        if self.missing() == 0 {
            return String::from_utf8_lossy(&self.bytes()).into_owned();
        }
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        format!(
            "{}\n[… {} bytes left out …]\n{}",
            String::from_utf8_lossy(&self.head),
            self.missing(),
            String::from_utf8_lossy(&tail),
        )
    }

    fn missing(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }
}

impl From<Vec<u8>> for Captured {
    /// An output that was kept whole.
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            total: bytes.len() as u64,
            limit: bytes.len(),
            head: bytes,
            tail: VecDeque::new(),
            is_broken: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn captured(limit: usize, chunks: &[&[u8]]) -> Captured {
        let mut captured = Captured::with_limit(limit);
        for chunk in chunks {
            captured.push(chunk);
        }
        captured
    }

    #[test]
    fn a_short_output_is_kept_whole() {
        let output = captured(10, &[b"hello", b"world"]);
        assert_eq!(output.bytes(), b"helloworld");
        assert!(!output.is_cut());
        assert_eq!(output.text_lossy(), "helloworld");
    }

    #[test]
    fn a_long_output_keeps_its_ends_and_says_what_is_missing() {
        let output = captured(6, &[b"beginning", b" middle", b" end"]);
        assert_eq!(output.bytes(), b"begend");
        assert_eq!(output.total(), 20);
        assert_eq!(output.text_lossy(), "beg\n[… 14 bytes left out …]\nend");
    }

    #[test]
    fn a_character_between_head_and_tail_stays_whole_when_nothing_is_cut() {
        let output = captured(4, &["aaö".as_bytes()]);
        assert_eq!(output.text_lossy(), "aaö");
    }

    proptest! {
        #[test]
        fn any_chunks_give_the_two_ends(limit in 0_usize..40, chunks: Vec<Vec<u8>>) {
            let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let all = chunks.concat();
            let output = captured(limit, &chunks);
            prop_assert_eq!(output.total(), all.len() as u64);
            prop_assert_eq!(output.is_cut(), all.len() > limit);
            let expected = if all.len() > limit {
                [&all[..limit - limit / 2], &all[all.len() - limit / 2..]].concat()
            } else {
                all
            };
            prop_assert_eq!(output.bytes(), expected);
        }
    }
}

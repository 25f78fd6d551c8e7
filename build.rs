//! Writes the vocabulary of the `cl100k_base` encoding as a table that needs no set-up at run time.
//!
//! The libraries that count these tokens spend 30 to 90 ms and 28 to 35 MB on every start to build
//! their maps from the vocabulary, more than all the rest of a run. The table is built here once
//! from the vocabulary that tiktoken-rs ships, and `src/context/tokens.rs` searches it in place.
//!
//! Two files are written to `OUT_DIR`:
//! - `cl100k_base.bin`: for each length, shortest first, a block of all tokens of that length in
//!   the order of their bytes. An entry is the token's bytes and its rank, 3 bytes, big-endian.
//! - `cl100k_base.rs`: `BLOCKS`, where block `n` begins at `BLOCKS[n]` and ends at `BLOCKS[n + 1]`.

use std::{collections::BTreeSet, env, error::Error, fs, path::PathBuf};

/// Ranks 0 to 100,255 are ordinary tokens, special tokens follow:
/// <https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py>
const ORDINARY_TOKENS: u32 = 100_256;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by the environment where to write"
)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);

    let encoding = tiktoken_rs::cl100k_base()?;
    let mut tokens = BTreeSet::new();
    for rank in 0..ORDINARY_TOKENS {
        let token = encoding.decode_bytes(&[rank])?;
        tokens.insert((token.len(), token, rank));
    }

    let mut table = Vec::new();
    let mut blocks = vec![0];
    for (length, token, rank) in &tokens {
        // A length without tokens has an empty block.
        while blocks.len() <= *length {
            blocks.push(table.len());
        }
        table.extend_from_slice(token);
        table.extend_from_slice(&rank.to_be_bytes()[1..]);
    }
    blocks.push(table.len());

    fs::write(folder.join("cl100k_base.bin"), &table)?;
    let source = format!("static BLOCKS: [usize; {}] = {blocks:?};\n", blocks.len());
    fs::write(folder.join("cl100k_base.rs"), source)?;
    Ok(())
}

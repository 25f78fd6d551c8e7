//! Writes the vocabulary of the `cl100k_base` encoding as a table that needs no set-up at run time and
//! the schemas without their layout, and lets the linker pack relocations where the C library reads
//! them.
//!
//! The libraries that count these tokens spend 30 to 90 ms and 28 to 35 MB on every start to build
//! their maps from the vocabulary, more than all the rest of a run. The table is built here once
//! from the vocabulary that tiktoken-rs ships, and `src/context/tokens.rs` searches it in place.
//!
//! The tokens are in the order of their bytes, in groups of [`GROUP`]. A token says how many of its
//! bytes are those of the token before it in its group, and its other bytes follow: the upper four
//! bits of its first byte are the number that is shared, the lower four the number that follows; of
//! [`MANY`] or more the number is in the next byte. Written to `OUT_DIR`:
//! - `cl100k_base.tokens`: the tokens;
//! - `cl100k_base.ranks`: their ranks in the same order, [`RANK_BITS`] bits each, lowest bits first;
//! - `cl100k_base.rs`: these constants, and `GROUPS`, where each group begins among the tokens.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The files of `schemas/`.
const SCHEMAS: [&str; 2] = ["report.schema.json", "workflow_config.schema.json"];

/// Ranks 0 to 100,255 are ordinary tokens, special tokens follow:
/// <https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py>
const ORDINARY_TOKENS: u32 = 100_256;

/// Tokens in a group. A search reads through one group, whose first token is written whole.
const GROUP: usize = 48;

/// The largest number that four bits hold.
const MANY: usize = 15;

/// As many as the highest rank needs.
const RANK_BITS: usize = 17;

/// The first glibc that reads packed relocations:
/// <https://sourceware.org/glibc/wiki/Release/2.36>
const PACKED_RELOCATIONS: (u32, u32) = (2, 36);

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    if glibc().is_some_and(|version| version >= PACKED_RELOCATIONS) {
        // Half a megabyte less of addresses to correct when the program starts.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let folder = PathBuf::from(variable("OUT_DIR")?);
    for schema in SCHEMAS {
        write_schema(schema, &folder)?;
    }
    write_vocabulary(&folder)
}

/// Writes a schema of `schemas/` on one line, which is a third shorter. It is laid out with a value on
/// each line, and a line break within a text is written `\n`.
fn write_schema(name: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let file = Path::new("schemas").join(name);
    println!("cargo::rerun-if-changed={}", file.display());
    let schema: String = fs::read_to_string(file)?
        .lines()
        .map(str::trim_start)
        .collect();
    fs::write(folder.join(name), schema)?;
    Ok(())
}

/// The version of the glibc that the program is compiled for. It is known of this machine's only,
/// and `None` where the program is for another one or does without.
#[expect(
    clippy::disallowed_methods,
    reason = "a build script is no part of the program, whose children src/process starts"
)]
fn glibc() -> Option<(u32, u32)> {
    let is_for_this_machine = variable("TARGET").ok()? == variable("HOST").ok()?;
    if !is_for_this_machine || variable("CARGO_CFG_TARGET_ENV").ok()? != "gnu" {
        return None;
    }
    let told = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    let (major, minor) = told.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by the environment what it builds"
)]
fn variable(name: &str) -> Result<String, env::VarError> {
    env::var(name)
}

fn write_vocabulary(folder: &Path) -> Result<(), Box<dyn Error>> {
    let encoding = tiktoken_rs::cl100k_base()?;
    let mut vocabulary = BTreeMap::new();
    for rank in 0..ORDINARY_TOKENS {
        vocabulary.insert(encoding.decode_bytes(&[rank])?, rank);
    }

    let tokens: Vec<&[u8]> = vocabulary.keys().map(Vec::as_slice).collect();
    let mut table = Vec::new();
    let mut groups = Vec::new();
    for group in tokens.chunks(GROUP) {
        groups.push(table.len());
        let mut before: &[u8] = &[];
        for token in group {
            write_token(&mut table, before, token)?;
            before = token;
        }
    }

    fs::write(folder.join("cl100k_base.tokens"), &table)?;
    fs::write(
        folder.join("cl100k_base.ranks"),
        packed(vocabulary.values()),
    )?;
    let mut source = String::new();
    writeln!(source, "const GROUP: usize = {GROUP};")?;
    writeln!(source, "const MANY: usize = {MANY};")?;
    writeln!(source, "const RANK_BITS: usize = {RANK_BITS};")?;
    writeln!(
        source,
        "static GROUPS: [u32; {}] = {groups:?};",
        groups.len()
    )?;
    fs::write(folder.join("cl100k_base.rs"), source)?;
    Ok(())
}

fn write_token(table: &mut Vec<u8>, before: &[u8], token: &[u8]) -> Result<(), Box<dyn Error>> {
    let same = token
        .iter()
        .zip(before)
        .take_while(|(one, other)| one == other);
    let shared = same.count().min(MANY);
    let following = &token[shared..];
    table.push(u8::try_from(shared << 4 | following.len().min(MANY))?);
    if following.len() >= MANY {
        table.push(u8::try_from(following.len())?);
    }
    table.extend_from_slice(following);
    Ok(())
}

fn packed<'a>(ranks: impl ExactSizeIterator<Item = &'a u32>) -> Vec<u8> {
    let mut bits = vec![0; (ranks.len() * RANK_BITS).div_ceil(8) + 1];
    for (index, rank) in ranks.enumerate() {
        let first = index * RANK_BITS;
        let shifted = (rank << (first % 8)).to_le_bytes();
        for (byte, part) in bits[first / 8..].iter_mut().zip(shifted) {
            *byte |= part;
        }
    }
    bits
}

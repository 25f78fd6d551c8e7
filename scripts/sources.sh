#!/usr/bin/env bash
# What identifies the sources of spec2prod, for scripts/install.sh and scripts/package: both must come
# to the same answer on Linux, macOS (bash 3.2, BSD tools) and Windows (Git bash). It is sourced.

# The SHA-256 of standard input, in hexadecimal.
sha256_of_input() {
    local sum
    if command -v sha256sum >/dev/null; then
        sum=$(sha256sum)
    else
        sum=$(shasum -a 256)
    fi
    printf '%s\n' "${sum%% *}"
}

# The version in Cargo.toml of this folder.
package_version() {
    sed -n '/^version *= *"/{s///;s/".*//;p;q;}' "$1/Cargo.toml"
}

# One SHA-256 over everything that the program is compiled from, in this folder. The runner unpacks
# an action without its git history, so a commit could not be asked for.
sources_sum() (
    cd "$1" || exit
    hasher=(shasum -a 256)
    if command -v sha256sum >/dev/null; then
        hasher=(sha256sum)
    fi
    # Git bash marks each name with `*`.
    {
        printf '%s\n' .cargo/config.toml Cargo.lock Cargo.toml build.rs rust-toolchain.toml
        find schemas src templates -type f
    } | LC_ALL=C sort | tr '\n' '\0' | xargs -0 "${hasher[@]}" | sed 's/ [ *]/  /' | sha256_of_input
)

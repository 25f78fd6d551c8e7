#!/usr/bin/env bash
# Puts the spec2prod of this checkout onto the runner, for action.yml:
#
#     install.sh install    installs what was released, or finds what was built: `binary` in
#                           GITHUB_OUTPUT. Where that is not to be had, it is left out, and `folder`
#                           and `key` are there for actions/cache.
#     install.sh build      builds it into `folder`, unless the cache had it: `binary` again
#
# checksums.txt beside action.yml names the released archives, and the sources that they were built
# from. Where it names one for this system and these very sources, that archive is downloaded and must
# have that checksum. Where it does not, there is no release of this commit for this system.
#
# Runs in bash 3.2 (macOS) and in Git bash (Windows).
set -euo pipefail
export LC_ALL=C
began=${EPOCHREALTIME-}

# Only gh needs the token: nothing that is downloaded or built here inherits it.
token=${SPEC2PROD_ATTESTATION_TOKEN-}
unset SPEC2PROD_ATTESTATION_TOKEN

# Makes one line of a text, without `##[`, which the runner takes for a command anywhere in a line:
# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
plain() {
    local text=$1 command='##[' harmless='## ['
    text=${text//$'\r'/ }
    text=${text//$'\n'/ }
    text=${text//"$command"/$harmless}
    printf '%s' "$text"
}

say() {
    printf 'spec2prod: %s\n' "$(plain "$*")"
}

# Says what is wrong and what to do, as an annotation, and ends with the status for "not judged".
# https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts escapes the same.
fail() {
    local text percent=%
    text=$(plain "$*")
    text=${text//"$percent"/%25}
    printf '::error title=spec2prod was not installed::%s\n' "$text" >&2
    exit 3
}

# How long this script has been running; bash before 5 counts whole seconds only.
elapsed() {
    if [ -z "$began" ]; then
        printf '%s s' "$SECONDS"
        return
    fi
    local milliseconds=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
    printf '%d.%03d s' $((milliseconds / 1000)) $((milliseconds % 1000))
}

# Backslashes of Windows' paths, which bash takes as they are but other programs of Git bash do not.
path_of() {
    if [ "${RUNNER_OS-}" = Windows ]; then
        printf '%s' "${1//\\//}"
    else
        printf '%s' "$1"
    fi
}

# Writes an output of the step.
output() {
    case $2 in
        *$'\n'*) fail "the path $2 has a line break, which cannot be handed on; use another folder" ;;
    esac
    if [ -n "${GITHUB_OUTPUT-}" ]; then
        printf '%s=%s\n' "$1" "$2" >>"$(path_of "$GITHUB_OUTPUT")"
    fi
}

# The target triple for which there are releases on this runner; nothing where there are none.
released_triple() {
    case "${RUNNER_OS-} ${RUNNER_ARCH-}" in
        'Linux X64') printf 'x86_64-unknown-linux-musl' ;;
        'Linux ARM64') printf 'aarch64-unknown-linux-musl' ;;
        'macOS X64') printf 'x86_64-apple-darwin' ;;
        'macOS ARM64') printf 'aarch64-apple-darwin' ;;
        'Windows X64') printf 'x86_64-pc-windows-msvc' ;;
    esac
}

# The checksum that checksums.txt has for the asset; nothing where these sources were not released.
released_sum() {
    local list=$action/checksums.txt sum name is_for_these_sources=
    if [ -z "$triple" ] || [ ! -f "$list" ]; then
        return
    fi
    while read -r sum name; do
        name=${name%$'\r'}
        if [ "$sum $name" = "# sources $sources" ]; then
            is_for_these_sources=yes
        elif [ -n "$is_for_these_sources" ] && [ "${name#\*}" = "$asset" ]; then
            [[ $sum =~ ^[0-9a-f]{64}$ ]] || fail "$list: \"$sum\" is no SHA-256 for $asset;" \
                "take the file from the release again"
            printf '%s' "$sum"
            return
        fi
    done <"$list"
}

# OWNER/REPOSITORY of this action. The variables of the runner name the innermost action, or nothing,
# in a composite action (https://github.com/actions/runner/issues/2525), so the path is asked first.
repository_of_action() {
    local rest=${action##*/_actions/} remote
    if [ "$rest" != "$action" ]; then
        printf '%s' "$rest" | cut -d / -f 1,2
        return
    fi
    remote=$(git -C "$action" config --get remote.origin.url 2>/dev/null || true)
    remote=${remote%.git}
    if [[ $remote =~ [/:]([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)/?$ ]]; then
        printf '%s' "${BASH_REMATCH[1]}"
        return
    fi
    printf '%s' "${GITHUB_ACTION_REPOSITORY:-${GITHUB_REPOSITORY-}}"
}

# Where the release's files are.
address_of_files() {
    if [ -n "${SPEC2PROD_MIRROR-}" ]; then
        printf '%s' "${SPEC2PROD_MIRROR%/}"
    else
        printf '%s' "${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download/v$version"
    fi
}

# Downloads an address to a file. 44: there is no such file.
download() {
    local protocol attempt status code
    if [[ $1 =~ ^https:// ]]; then
        protocol='=https'
    elif [[ $1 =~ ^http://127\.0\.0\.1(:[0-9]+)?/ ]]; then
        protocol='=http'
    else
        fail "$1 is neither https nor on http://127.0.0.1; correct the input \`mirror\`"
    fi
    for attempt in 1 2 3; do
        status=0
        code=$(curl -q --silent --show-error --fail --location --max-redirs 5 \
            --proto "$protocol" --proto-redir "$protocol" --connect-timeout 10 --max-time 300 \
            --speed-limit 1024 --speed-time 30 --max-filesize 104857600 \
            --output "$2" --write-out '%{http_code}' --url "$1") || status=$?
        case "$status $code" in
            '0 '*) return 0 ;;
            '22 404' | '22 410') return 44 ;;
            '22 408' | '22 429') ;;
            '22 4'*) break ;;
        esac
        say "attempt $attempt to download $1 failed (curl $status, HTTP $code)"
        if [ "$attempt" -lt 3 ]; then
            sleep "$attempt"
        fi
    done
    fail "$1 could not be downloaded (curl $status, HTTP $code): run the job again; where the network" \
        "does not let the runner through, set the input \`mirror\` to a server that it reaches"
}

# Holds an archive against its attestation, where that can be done. Its checksum holds already.
verify_attestation() {
    local server=${GITHUB_SERVER_URL:-https://github.com} found
    case $server in
        https://github.com | https://*.ghe.com) ;;
        *)
            say "not checked by attestation: $server has none; the checksum is right"
            return
            ;;
    esac
    if ! command -v gh >/dev/null || ! gh attestation --help >/dev/null 2>&1; then
        say "not checked by attestation: there is no gh that can; the checksum is right"
        return
    fi
    if [ -z "$token" ]; then
        say "not checked by attestation: the input \`token\` is empty; the checksum is right"
        return
    fi
    found=$(GH_TOKEN=$token GH_HOST=${server#https://} GH_PROMPT_DISABLED=1 gh attestation verify "$1" \
        --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" \
        2>&1 </dev/null) ||
        fail "$asset has the right checksum, but its attestation could not be verified: $found." \
            "Run the job again; if that does not help, do not use this release and tell its owner"
    say "its attestation by $repository/.github/workflows/release.yml is right"
}

# Whether this is the program, in the right version, and runs here.
is_right_program() {
    local said
    said=$("$1" --version 2>/dev/null) || return 1
    [ "${said%$'\r'}" = "spec2prod $version" ]
}

# Takes the program out of an archive, whose files are known: any other name is refused.
unpack() {
    local archive=$1 names name
    names=$(tar -tzf - <"$archive") ||
        fail "$asset is no archive that can be read, though its checksum is that of checksums.txt;" \
            "tell the owner of the action"
    while IFS= read -r name; do
        case ${name%$'\r'} in
            "$program" | LICENSE-APACHE | LICENSE-MIT) ;;
            *)
                rm -f "$archive"
                fail "$asset holds \"$name\", which does not belong there, and nothing of it was unpacked;" \
                    "tell the owner of the action"
                ;;
        esac
    done <<NAMES
$names
NAMES
    mkdir -p "$scratch/unpacked"
    tar -xzf - -C "$scratch/unpacked" "$program" <"$archive" ||
        fail "$program could not be taken out of $asset; is the disk full?"
    if [ ! -f "$scratch/unpacked/$program" ] || [ -L "$scratch/unpacked/$program" ]; then
        rm -f "$archive"
        fail "$program in $asset is no file; tell the owner of the action"
    fi
    chmod +x "$scratch/unpacked/$program"
    is_right_program "$scratch/unpacked/$program" ||
        fail "$program of $asset does not run on this runner as version $version; tell the owner of the action"
    # Another job of this machine may be running it: on Windows it can then not be replaced.
    cmp -s "$scratch/unpacked/$program" "$folder/$program" ||
        mv -f "$scratch/unpacked/$program" "$folder/$program"
}

# Installs the released archive. 44: the release does not have it.
install_release() {
    local archive=$folder/$asset part=$scratch/$asset address found status=0
    if [ -f "$archive" ] && [ "$(sha256_of_input <"$archive")" = "$expected" ]; then
        say "using $asset, which an earlier job downloaded"
    else
        address=$(address_of_files)/$asset
        download "$address" "$part" || status=$?
        if [ "$status" -eq 44 ]; then
            say "$address is not there (HTTP 404)"
            return 44
        fi
        [ "$status" -eq 0 ] || exit "$status"
        found=$(sha256_of_input <"$part")
        [ "$found" = "$expected" ] ||
            fail "$address has the SHA-256 $found, but checksums.txt of the action says $expected." \
                "The file was changed, cut short, or belongs to something else. Nothing was installed, and" \
                "nothing is built instead: correct the mirror, or tell the owner of the action"
        say "downloaded $address; the checksum is right"
        verify_attestation "$part"
        mv -f "$part" "$archive"
    fi
    unpack "$archive"
}

# Whether an earlier job of this machine built the program, or the cache had it.
was_built() {
    [ -f "$folder/$program" ] && is_right_program "$folder/$program"
}

# Builds the program from this checkout.
build() {
    command -v cargo >/dev/null ||
        fail "there is no release of this commit for ${RUNNER_OS:-this system} ${RUNNER_ARCH-}, and cargo is" \
            "not there to build it: install Rust in a step before this one (https://rustup.rs), or use a" \
            "commit of the action that has a release for this runner"
    say "building spec2prod $version, which takes some minutes the first time"
    printf '::group::cargo install\n'
    # In the action's folder, so that its Rust version applies and no settings of the judged
    # repository do. Without the slow optimisations of a release.
    (
        unset CARGO_BUILD_RUSTFLAGS CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS RUSTFLAGS
        cd "$action"
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo install --locked --quiet \
            --path . --root "$scratch/root" --target-dir "$scratch/target" --bin spec2prod
    ) || {
        printf '::endgroup::\n'
        fail "building spec2prod $version failed; the log of this step, under \"cargo install\", says why"
    }
    printf '::endgroup::\n'
    is_right_program "$scratch/root/bin/$program" ||
        fail "what was built does not say that it is spec2prod $version; is $action changed?"
    mv -f "$scratch/root/bin/$program" "$folder/$program"
}

action=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/sources.sh
. "$action/scripts/sources.sh"

version=$(package_version "$action")
sources=$(sources_sum "$action")
triple=$(released_triple)
asset=spec2prod-$version-$triple.tar.gz
program=spec2prod
if [ "${RUNNER_OS-}" = Windows ]; then
    program=spec2prod.exe
fi
expected=$(released_sum)
base=$(path_of "${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-${TMPDIR:-/tmp}}}")

# Makes the folder that the program is kept in: `folder`, and a `scratch` in it.
keep_in() {
    key=spec2prod-$version-$1-${sources:0:16}
    folder=$base/spec2prod/$key
    if ! mkdir -p "$folder" 2>/dev/null || [ ! -w "$folder" ]; then
        base=$(path_of "${RUNNER_TEMP:-${TMPDIR:-/tmp}}")
        folder=$base/spec2prod/$key
        mkdir -p "$folder" || fail "the folder $folder could not be made; let the runner write to RUNNER_TEMP"
    fi
    scratch=$(mktemp -d "$folder/.scratch.XXXXXX") || fail "$folder cannot be written to; is the disk full?"
}

# Names the program that is in the folder.
finish() {
    [ -f "$folder/$program" ] || fail "$folder/$program could not be written; is the disk full?"
    output binary "$folder/$program"
    say "spec2prod $version is ready after $(elapsed)"
    exit 0
}

# What is built is linked with the libraries of the runner's image.
system=${triple:-${RUNNER_OS:-unknown}-${RUNNER_ARCH:-unknown}}${ImageOS:+-$ImageOS}-built
scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
case ${1-} in
    install)
        if [ -n "$expected" ]; then
            keep_in "$triple"
            repository=$(repository_of_action)
            status=0
            install_release || status=$?
            case $status in
                0) finish ;;
                44) rm -rf "$scratch" ;;
                *) exit "$status" ;;
            esac
        fi
        keep_in "$system"
        if was_built; then
            say "using what was built from these sources before"
            finish
        fi
        say "there is no release of this commit for ${RUNNER_OS:-this system} ${RUNNER_ARCH-}"
        output folder "$folder"
        output key "$key"
        ;;
    build)
        keep_in "$system"
        was_built || build
        finish
        ;;
    *) fail "install.sh knows install and build, not \"${1-}\"" ;;
esac

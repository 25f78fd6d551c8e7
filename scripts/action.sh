#!/usr/bin/env bash
# Turns the inputs of action.yml into the arguments of spec2prod, and becomes spec2prod. Each input is
# data: it is one argument, or one for each name in it, and never part of a command line.
#
# Runs in bash 3.2 (macOS) and in Git bash (Windows).
set -euo pipefail

# Says which input is wrong, as an annotation, and ends with the status for wrong usage.
fail() {
    printf '::error title=spec2prod was not started::%s\n' "$*" >&2
    exit 2
}

# Takes blanks and line breaks off both ends, and leaves the rest in `trimmed`: a process for each
# input would take longer than everything else here.
trim() {
    trimmed=${1#"${1%%[![:space:]]*}"}
    trimmed=${trimmed%"${trimmed##*[![:space:]]}"}
}

# Adds OPTION=VALUE, where there is a value. With `=`, a value that begins with `-` is no option.
add() {
    trim "$2"
    if [ -n "$trimmed" ]; then
        arguments+=("$1=$trimmed")
    fi
}

# Splits a text at commas and line breaks, and at blanks too where the second word says so, and leaves
# what is between them in `names`.
split() {
    local text=$1 line_break=$'\n' name
    names=()
    text=${text//,/$line_break}
    if [ "${2-}" = blanks ]; then
        text=${text//[[:blank:]]/$line_break}
    fi
    while IFS= read -r name; do
        trim "$name"
        if [ -n "$trimmed" ]; then
            names+=("$trimmed")
        fi
    done <<NAMES
$text
NAMES
}

binary=${SPEC2PROD_BINARY:?the step before names the program}
case ${SPEC2PROD_INPUT_UPLOAD_ARTIFACT-} in
    true | false) ;;
    *) fail "the input \`upload-artifact\` is neither true nor false" ;;
esac
split "${SPEC2PROD_INPUT_COMMAND-}" blanks
[ "${#names[@]}" -gt 0 ] || fail "the input \`command\` is empty; leave it out for \`run\`"
arguments=("${names[@]}")
split "${SPEC2PROD_INPUT_COMPONENT-}"
# bash 3.2 takes an empty list for an unset variable.
for component in ${names[@]+"${names[@]}"}; do
    add --component "$component"
done
add --target "${SPEC2PROD_INPUT_TARGET-}"
add --spec "${SPEC2PROD_INPUT_SPEC-}"
add --config "${SPEC2PROD_INPUT_CONFIG-}"
add --workspace "${SPEC2PROD_INPUT_WORKING_DIRECTORY-}"
add --output "${SPEC2PROD_INPUT_OUTPUT-}"
add --base "${SPEC2PROD_INPUT_BASE-}"
add --max-jobs "${SPEC2PROD_INPUT_MAX_JOBS-}"
while IFS= read -r line; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then
        arguments+=("$line")
    fi
done <<LINES
${SPEC2PROD_INPUT_ARGUMENTS-}
LINES
# What follows `--` is no option, whatever it begins with.
split "${SPEC2PROD_INPUT_GATES-}" blanks
trim "${SPEC2PROD_INPUT_REPORTS-}"
if [ -n "$trimmed" ]; then
    names+=("$trimmed")
fi
if [ "${#names[@]}" -gt 0 ]; then
    arguments+=(-- "${names[@]}")
fi

# What the judged component's tools have no use for.
for variable in ${!SPEC2PROD_INPUT_@} SPEC2PROD_BINARY; do
    unset "$variable"
done
if [ "${RUNNER_OS-}" = Windows ]; then
    # Git bash would turn arguments that look like a path (`/x`) into Windows' paths.
    export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'
fi
exec "$binary" "${arguments[@]}"

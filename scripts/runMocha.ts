// Runs the test files that match the patterns: node scripts/runMocha.ts PATTERN...
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { runMocha } from "./mocha.ts";

const files = globSync(process.argv.slice(2))
	.map((file) => resolve(file))
	.sort();
if (files.length === 0) {
	throw new Error(`No test file matches ${process.argv.slice(2).join(" ")}.`);
}
const { failed } = await runMocha(files, { timeout: 30_000 });
// Not left to an empty event loop: a socket that a failed test forgot must not keep the run alive.
process.exit(failed === 0 ? 0 : 1);

// Runs the test files that match the patterns: node scripts/runMocha.ts PATTERN...
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { runToEnd } from "./ending.ts";
import { runMocha } from "./mocha.ts";

// The process then ends by itself: a socket that a failed test forgot must not keep the run alive.
await runToEnd(async () => {
	const files = globSync(process.argv.slice(2))
		.map((file) => resolve(file))
		.sort();
	if (files.length === 0) {
		throw new Error(`No test file matches ${process.argv.slice(2).join(" ")}.`);
	}
	const { failed } = await runMocha(files, { timeout: 30_000 });
	return failed === 0 ? 0 : 1;
});

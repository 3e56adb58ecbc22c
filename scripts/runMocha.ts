// Runs the test files that match the patterns: node scripts/runMocha.ts PATTERN...
import { globSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
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
	// Properties try the same cases in each run, so that what fails is the change; other seeds look for what nobody thought of.
	fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 4) });
	const { failed } = await runMocha(files, { timeout: 30_000 });
	return failed === 0 ? 0 : 1;
});

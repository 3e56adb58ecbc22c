import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runMocha } from "../../scripts/mocha.ts";

/** Milliseconds for one test; the extension host shares its machine with a browser. */
const timeout = 30_000;

/** Called by VS Code in the extension host; the bundles of the suites lie beside this one. Rejects when a test failed. */
export async function run(): Promise<void> {
	const folder = join(__dirname, "suites");
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.cjs"));
	const { failed } = await runMocha(
		files.sort().map((file) => join(folder, file)),
		{ timeout },
	);
	if (failed > 0) {
		throw new Error(`${failed} ${failed === 1 ? "test" : "tests"} failed.`);
	}
}

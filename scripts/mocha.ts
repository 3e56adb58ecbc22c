import { writeFile } from "node:fs/promises";
import Mocha from "mocha";

/** How many tests ended in which way. */
export interface TestCounts {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

/** The name of the environment variable with the file that takes a run's `TestCounts` as JSON. */
export const countsFileVariable = "RELAY_ACCOUNTS_TEST_COUNTS";

/** The name of the environment variable with what is put before each line, for whoever has to tell them from others. */
export const lineMarkVariable = "RELAY_ACCOUNTS_TEST_LINE_MARK";

export interface MochaOptions {
	/** Milliseconds for one test. */
	readonly timeout: number;
}

/**
 * Runs the files with the spec reporter. Writes the counts to the file that the environment names, so that whoever started
 * this run can add them up.
 */
export async function runMocha(files: readonly string[], options: MochaOptions): Promise<TestCounts> {
	const mark = process.env[lineMarkVariable] ?? "";
	Mocha.reporters.Base.consoleLog = (text = "", ...values) => console.log(`${mark}${text}`, ...values);
	const mocha = new Mocha({ ui: "bdd", color: false, reporter: "spec", timeout: options.timeout, forbidOnly: true });
	for (const file of files) {
		mocha.addFile(file);
	}
	await mocha.loadFilesAsync();
	const counts = await new Promise<TestCounts>((resolve) => {
		const runner = mocha.run((failed) => {
			const { passes = 0, pending = 0 } = runner.stats ?? {};
			resolve({ passed: passes, failed, skipped: pending });
		});
	});
	const countsFile = process.env[countsFileVariable];
	if (countsFile !== undefined) {
		await writeFile(countsFile, JSON.stringify(counts));
	}
	return counts;
}

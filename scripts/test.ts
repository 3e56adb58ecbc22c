// `npm test`: every stage in order, and as its last line how many tests passed, failed and were skipped in all of them.
import { parseArgs } from "node:util";
import { isEnding, makeRunFolder, runToEnd } from "./ending.ts";
import type { TestCounts } from "./mocha.ts";
import { buildStage, everything, needsBuild, nothing, oneFailure, type Stage, selections } from "./testStages.ts";

function readStages(): readonly Stage[] {
	const { values } = parseArgs({ options: { only: { type: "string" } } });
	if (values.only === undefined) {
		return everything;
	}
	const selected = selections[values.only];
	if (selected === undefined) {
		throw new Error(`--only takes one of ${Object.keys(selections).join(", ")}`);
	}
	return selected;
}

function sum(one: TestCounts, other: TestCounts): TestCounts {
	return {
		passed: one.passed + other.passed,
		failed: one.failed + other.failed,
		skipped: one.skipped + other.skipped,
	};
}

function inWords({ passed, failed, skipped }: TestCounts): string {
	return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

async function runStage(stage: Stage, buildFailed: boolean): Promise<TestCounts> {
	if (buildFailed && needsBuild.has(stage)) {
		console.error(`${stage.name} cannot run without the build.`);
		return oneFailure;
	}
	try {
		return await stage.run();
	} catch (error) {
		if (!isEnding()) {
			console.error(error instanceof Error ? error.message : error);
		}
		return oneFailure;
	}
}

async function main(): Promise<number> {
	const stages = readStages();
	makeRunFolder();
	let total = nothing;
	let buildFailed = false;
	const summary: string[] = [];
	for (const stage of stages) {
		console.log(`\n── ${stage.name} ──`);
		const began = performance.now();
		const counts = await runStage(stage, buildFailed);
		if (isEnding()) {
			break;
		}
		const seconds = ((performance.now() - began) / 1000).toFixed(1);
		buildFailed ||= stage === buildStage && counts.failed > 0;
		total = sum(total, counts);
		summary.push(`${stage.name.padEnd(8)}${seconds.padStart(7)} s   ${inWords(counts)}`);
		console.log(`── ${stage.name}: ${seconds} s ──`);
	}
	if (!isEnding()) {
		console.log(`\n${summary.join("\n")}\n\n${inWords(total)}`);
	}
	return total.failed === 0 ? 0 : 1;
}

await runToEnd(main);

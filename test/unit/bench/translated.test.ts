import assert from "node:assert/strict";
import { resultOf } from "../../../bench/aim.ts";
import { translated } from "../../../bench/parts/translated.ts";
import { reportOf } from "../../../bench/report.ts";
import type { PartResult } from "../../../bench/run.ts";
import type { Target } from "../../../bench/targets/target.ts";
import { translatedAims } from "../../../bench/translatedAims.ts";
import { directions, isDirect, nameOf, withDirect } from "../../../bench/wire/directions.ts";

/** Two rounds in which translation takes half as much again as the direct path, and others take twice that. */
const own = Object.fromEntries(
	directions.flatMap((direction) => {
		const name = nameOf(direction);
		const direct = { [`${name}.bad`]: 0, [`${name}.cpu`]: 30, [`${name}.first`]: 0.5 };
		const shares = { [`${name}.cpu`]: 45, [`${name}.cpuShare`]: 1.5, [`${name}.firstShare`]: 1.6 };
		return Object.entries(isDirect(direction) ? direct : { ...direct, ...shares });
	}),
);
const router = { "anthropic-openai.bad": 3, "anthropic-openai.cpu": 90, "anthropic-openai.first": 0.4 };

const result: PartResult = {
	part: translated,
	rounds: new Map([
		["direct", [{ bad: 0 }, { bad: 0 }]],
		[
			"relayAccounts",
			[
				{ ...own, bad: 0 },
				{ ...own, bad: 0 },
			],
		],
		[
			"claudeCodeRouter",
			[
				{ ...router, bad: 3 },
				{ ...router, bad: 3 },
			],
		],
	]),
	failures: new Map(),
};

function target(name: Target["name"], title: string): Target {
	return { name, title, note: "", start: () => Promise.reject(new Error("Nobody starts it.")) };
}

describe("the bench's part of translation", () => {
	it("has an aim for CPU and one for the first event in each of the twelve directions, and for each rival's", () => {
		const found = translatedAims.map((aim) => resultOf(aim, result));
		assert.equal(found.length, 12 * 2 + 4 * 2);
		assert.deepEqual(
			found.slice(0, 24).map(({ measured, isMet }) => [measured?.median, isMet]),
			Array.from({ length: 12 }, () => [
				[1.5, true],
				[1.6, false],
			]).flat(),
		);
		const router = found.filter(({ aim }) => aim.includes("openai account") && aim.includes("claude-code-router"));
		assert.deepEqual(
			router.map(({ measured, isMet }) => [measured?.median, isMet]),
			[
				[0.5, true],
				[1.25, false],
			],
		);
		assert.equal(found.filter(({ isMet }) => isMet === null).length, 6);
	});

	it("is shown by a line for each way and each target that was measured in it", () => {
		const targets = [
			target("relayAccounts", "ours"),
			target("nginx", "nginx"),
			target("claudeCodeRouter", "the router"),
		];
		const machine = { cpu: "", cores: 2, memory: "", system: "", node: "", load: "" };
		const report = reportOf({
			...{ machine, startedAt: new Date(0), rounds: 2, quick: true, targets, missing: [], aims: [] },
			...{ parts: [result], blockedHost: null, remarks: [] },
		});
		const lines = report.split("\n").filter((line) => /^\| \w+ client, /.test(line));
		assert.equal(lines.length, 16 + 1);
		assert.ok(
			lines.includes("| openai client, direct | ours | 30.0 (30.0..30.0) | – | 0.500 (0.500..0.500) | – | – | 2 | 0 |"),
		);
		assert.ok(
			lines.includes(
				"| anthropic client, openai account | the router | 90.0 (90.0..90.0) | – | 0.400 (0.400..0.400) | – | – | 2 | 6 |",
			),
		);
	});

	it("measures the direct way of a client before those that were asked for", () => {
		assert.deepEqual(withDirect(["gemini-codex", "gemini-gemini"]), ["gemini-gemini", "gemini-codex"]);
		assert.deepEqual(withDirect(directions.map(nameOf)).length, 16);
	});
});

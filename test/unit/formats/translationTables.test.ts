import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { contradiction, fateOf } from "../../support/requestFates.ts";
import { collapsed } from "../../support/sdkTypes/collapsed.ts";
import { readFields } from "../../support/sdkTypes/readFields.ts";
import { messages } from "../../support/sdkTypes/typeReading.ts";
import { isSamePlace, readTables, referredBy, tableGaps, toldBy } from "../../support/translationTables.ts";

const rows = readTables(readFileSync(new URL("../../../docs/translation.md", import.meta.url), "utf8"));

/** Fields whose every word has to be told in their row, because a client decides by it what to do next. */
const endings: Readonly<Record<Format, readonly string[]>> = {
	openai: ["choices[].finish_reason"],
	codex: ["status", "incomplete_details.reason"],
	anthropic: ["stop_reason"],
	gemini: ["candidates[].finishReason", "promptFeedback.blockReason"],
};

describe("docs/translation.md", () => {
	for (const format of formats) {
		describe(`on ${format}`, () => {
			const own = rows.filter((row) => row.format === format);
			const fields = readFields(format);

			it("has a row for each field that the SDK knows, and none for another", () => {
				assert.deepEqual(tableGaps(own, fields), []);
			});

			it("refers to rows that are there", () => {
				const referred = own.flatMap((row) => referredBy(row) ?? []);
				assert.deepEqual(
					referred.filter((place) => !own.some(({ path }) => isSamePlace(path, place))),
					[],
				);
			});

			it("says of each field of a request what the reader does with it", () => {
				const wrong = own
					.filter(({ message }) => message === "request")
					.flatMap((row) => {
						const found = contradiction(toldBy(row, own), fateOf(format, row.path));
						return found === null ? [] : `${row.path}: “${row.becomes}”, but ${found}`;
					});
				assert.deepEqual(wrong, []);
			});

			it("tells what becomes of each way to end", () => {
				for (const path of endings[format]) {
					const words = fields.find((field) => field.message === "reply" && field.path === path)?.words ?? [];
					assert.notEqual(words.length, 0, path);
					const row = own.find((one) => one.message === "reply" && one.path === path);
					assert.deepEqual(
						words.filter((word) => !row?.becomes.includes(`\`${word}\``)),
						[],
						path,
					);
				}
			});

			it("takes together only what is there", () => {
				const paths = new Set(fields.map(({ message, path }) => `${message} ${path}`));
				const rules = messages.flatMap((message) =>
					(collapsed[format][message] ?? []).map((rule) => `${message} ${rule}`),
				);
				assert.deepEqual(
					rules.filter((rule) => !paths.has(rule)),
					[],
				);
			});
		});
	}

	it("is found wanting where a field has no row, a row no field, or a cell no word", () => {
		const fields = [
			{ message: "request" as const, path: "model" },
			{ message: "request" as const, path: "seed" },
		];
		const text = [
			"## OpenAI Chat Completions",
			"### Request",
			"| Field | What becomes of it |",
			"| --- | --- |",
			"| `model` | |",
			"| `mood` | carried |",
			"### Beyond the SDK",
			"| `seed` | carried |",
		].join("\n");
		assert.deepEqual(tableGaps(readTables(text), fields), [
			"no row for request: seed",
			"no such field: request: mood",
			"the SDK knows seed",
			"empty: request: model",
		]);
	});
});

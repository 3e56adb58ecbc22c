import assert from "node:assert/strict";
import { type Format, formats, type NativeAccount } from "../../../src/accounts/account.ts";
import { everyGroup, groupOf, servedGroups } from "../../../src/pool/groups.ts";
import { relayAccount, servedRelay } from "../../support/relayAccount.ts";
import { labelOf, PoolUnderTest } from "./poolUnderTest.ts";

const native: Pick<NativeAccount, "type" | "format"> = { type: "native", format: null };

describe("the groups", () => {
	it("put each pair of formats where the table says", () => {
		const table = Object.fromEntries(
			formats.map((format) => [
				format,
				Object.fromEntries(formats.map((spoken) => [spoken, groupOf(format, relayAccount({ format: spoken }))])),
			]),
		);
		assert.deepEqual(table, {
			codex: { codex: "direct", openai: "otherFormat", anthropic: "otherFormat", gemini: "otherFormat" },
			openai: { codex: "codexPath", openai: "direct", anthropic: "otherFormat", gemini: "otherFormat" },
			anthropic: { codex: "codexPath", openai: "otherFormat", anthropic: "direct", gemini: "otherFormat" },
			gemini: { codex: "codexPath", openai: "otherFormat", anthropic: "otherFormat", gemini: "direct" },
		});
	});

	it("have native accounts beside relays that speak codex", () => {
		assert.equal(groupOf("codex", native), "direct");
		for (const format of ["openai", "anthropic", "gemini"] as const) assert.equal(groupOf(format, native), "codexPath");
	});

	it("give out only accounts of the client's format as long as nothing is translated", () => {
		assert.deepEqual(servedGroups, ["direct"]);
		for (const format of formats) {
			const others = formats
				.filter((other) => other !== format)
				.map((other) => servedRelay({ label: other, format: other }));
			const refused = new PoolUnderTest(others).refusal("noneServes", { format });
			assert.deepEqual(
				refused.passedOver.map(({ why }) => why),
				["otherFormat", "otherFormat", "otherFormat"],
			);
		}
	});

	it("are asked in order, before any priority, when all are served", () => {
		const relays = (["gemini", "codex", "openai"] as const).map((format, index) =>
			servedRelay({ label: format, format, priority: 9 - index }),
		);
		const test = new PoolUnderTest(relays, {}, everyGroup);
		const first = test.lease({ format: "openai" });
		assert.equal(labelOf(first), "openai");
		assert.deepEqual(
			test.notes.at(-1)?.passedOver.map(({ label, why }) => [label, why]),
			[
				["gemini", "lowerPriority"],
				["codex", "lowerPriority"],
			],
		);
		const order = (format: Format) => {
			const tried: string[] = [];
			for (let count = 0; count < 3; count += 1) tried.push(labelOf(test.lease({ format }, tried)));
			return tried;
		};
		assert.deepEqual(order("openai"), ["openai", "codex", "gemini"]);
		assert.deepEqual(order("anthropic"), ["codex", "gemini", "openai"]);
		assert.deepEqual(order("codex"), ["codex", "gemini", "openai"]);
	});
});

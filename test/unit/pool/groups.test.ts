import assert from "node:assert/strict";
import { type Format, formats, type NativeAccount } from "../../../src/accounts/account.ts";
import { groupOf } from "../../../src/pool/groups.ts";
import { relayAccount, servedRelay } from "../../support/relayAccount.ts";
import { labelOf, PoolUnderTest } from "./poolUnderTest.ts";

const native: Pick<NativeAccount, "type" | "format" | "priority"> = { type: "native", format: null, priority: 0 };

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

	it("have native accounts beside a client's own relays, whatever it speaks, where a person has given them a priority", () => {
		for (const format of formats) {
			assert.equal(groupOf(format, { ...native, priority: 1 }), "direct");
			assert.equal(groupOf(format, { ...native, priority: -1 }), format === "codex" ? "direct" : "codexPath");
		}
	});

	const relays = (["gemini", "codex", "openai"] as const).map((format, index) =>
		servedRelay({ label: format, format, priority: 9 - index }),
	);

	it("leave out relays of other formats where the setting says so, but for those that speak codex", () => {
		const test = new PoolUnderTest(relays, { crossFormat: false });
		const asked = { format: "anthropic", takers: formats } as const;
		assert.equal(labelOf(test.lease(asked)), "codex");
		assert.deepEqual(
			test.refusal("exhausted", asked, ["codex"]).passedOver.map(({ label, why }) => [label, why]),
			[
				["gemini", "otherFormat"],
				["codex", "tried"],
				["openai", "otherFormat"],
			],
		);
	});

	it("leave out accounts for which a request means nothing", () => {
		const test = new PoolUnderTest(relays);
		const asked = { format: "openai", takers: ["openai", "gemini"] } as const;
		assert.equal(labelOf(test.lease(asked)), "openai");
		assert.equal(labelOf(test.lease(asked, ["openai"])), "gemini");
		test.refusal("exhausted", asked, ["openai", "gemini"]);
	});

	it("are asked in order, before any priority", () => {
		const test = new PoolUnderTest(relays);
		const first = test.lease({ format: "openai", takers: formats });
		assert.equal(labelOf(first), "openai");
		assert.deepEqual(
			test.notes.at(-1)?.passedOver.map(({ label, why }) => [label, why]),
			[
				["gemini", "otherFormat"],
				["codex", "otherFormat"],
			],
		);
		const order = (format: Format) => {
			const tried: string[] = [];
			for (let count = 0; count < 3; count += 1) tried.push(labelOf(test.lease({ format, takers: formats }, tried)));
			return tried;
		};
		assert.deepEqual(order("openai"), ["openai", "codex", "gemini"]);
		assert.deepEqual(order("anthropic"), ["codex", "gemini", "openai"]);
		assert.deepEqual(order("codex"), ["codex", "gemini", "openai"]);
	});
});

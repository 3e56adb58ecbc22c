import assert from "node:assert/strict";
import { labelOfEntry, readTransfer, writeTransfer } from "../../../src/accounts/transfer.ts";
import { relayAccount } from "./relayFixture.ts";

describe("the transfer JSON", () => {
	it("is written with version 1, all fields that people set, and no key or proxy's password", () => {
		const relay = relayAccount({
			headers: { "X-Title": "a" },
			maxConcurrent: 2,
			outboundProxy: "http://u:p@proxy.example",
		});
		const text = writeTransfer([relay], null);
		assert.deepEqual(JSON.parse(text), {
			version: 1,
			accounts: [
				{
					label: "One",
					format: "openai",
					baseUrl: "https://one.example/v1",
					allowedModels: null,
					modelMap: {},
					priority: 0,
					headers: { "X-Title": "a" },
					auth: null,
					maxConcurrent: 2,
					outboundProxy: "http://proxy.example",
					enabled: true,
				},
			],
		});
		assert.ok(text.includes("\n  "));
		assert.ok(text.endsWith("}\n"));
	});
	it("holds keys when they are asked for, and leaves out a missing one", () => {
		const relays = [relayAccount(), relayAccount({ id: "relay-2" })];
		const { accounts } = JSON.parse(writeTransfer(relays, (id) => (id === "relay-1" ? "sk-one" : null)));
		assert.equal(accounts[0].apiKey, "sk-one");
		assert.ok(!("apiKey" in accounts[1]));
	});
	it("repeats the yes to http for a foreign host, so that it can be imported again", () => {
		const relays = ["http://one.example/v1", "http://127.0.0.1:8080/v1", "https://one.example/v1"].map((baseUrl) =>
			relayAccount({ baseUrl }),
		);
		const { accounts } = JSON.parse(writeTransfer(relays, null));
		assert.deepEqual(
			accounts.map((entry: { allowPlainHttp?: boolean }) => entry.allowPlainHttp),
			[true, undefined, undefined],
		);
	});
	const files: readonly (readonly [text: string, expected: ReturnType<typeof readTransfer>])[] = [
		['{"version": 1, "accounts": []}', { ok: true, entries: [] }],
		['\ufeff{"version": 1, "accounts": [{"label": "a"}, 5]}', { ok: true, entries: [{ label: "a" }, 5] }],
		["", { ok: false, problem: "notJson" }],
		["label,url", { ok: false, problem: "notJson" }],
		["null", { ok: false, problem: "notAnExport" }],
		["[]", { ok: false, problem: "notAnExport" }],
		['{"version": 1}', { ok: false, problem: "notAnExport" }],
		['{"version": 1, "accounts": {}}', { ok: false, problem: "notAnExport" }],
		['{"accounts": []}', { ok: false, problem: "unknownVersion" }],
		['{"version": 2, "accounts": []}', { ok: false, problem: "unknownVersion" }],
		['{"version": "1", "accounts": []}', { ok: false, problem: "unknownVersion" }],
	];
	for (const [text, expected] of files) {
		it(`is read from ${JSON.stringify(text)} as ${expected.ok ? "an export" : expected.problem}`, () => {
			assert.deepEqual(readTransfer(text), expected);
		});
	}
	it("names an entry by its label, whatever else is wrong with it", () => {
		assert.deepEqual([{ label: " a " }, { label: 5 }, {}, null, "a"].map(labelOfEntry), ["a", "", "", "", ""]);
	});
});

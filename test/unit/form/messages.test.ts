import assert from "node:assert/strict";
import { blankDraft } from "../../../src/vscode/relayFormDraft.ts";
import { readPageMessage } from "../../../src/vscode/relayFormMessages.ts";

describe("messages of the relay form's page", () => {
	it("takes those that are known", () => {
		for (const type of ["ready", "save", "fetchModels", "cancelFetch", "test", "cancelTest"] as const) {
			assert.deepEqual(readPageMessage({ type }), { type });
		}
		assert.deepEqual(readPageMessage({ type: "offer", action: "replace" }), { type: "offer", action: "replace" });
	});

	it("takes a draft and drops what does not belong to it", () => {
		const draft = { ...blankDraft, headers: [{ name: "a", value: "1" }], auth: "api-key" as const };
		const received = { type: "changed", draft: { ...draft, id: "x", headers: [{ name: "a", value: "1", extra: 1 }] } };
		assert.deepEqual(readPageMessage(received), { type: "changed", draft });
	});

	it("refuses every other shape", () => {
		const changed = (part: object) => ({ type: "changed", draft: { ...blankDraft, ...part } });
		const wrong: readonly unknown[] = [
			null,
			"save",
			[],
			{},
			{ type: "remove" },
			{ type: "offer", action: "delete" },
			{ type: "changed" },
			changed({ label: 1 }),
			changed({ apiKey: null }),
			changed({ format: "toString" }),
			changed({ auth: "basic" }),
			changed({ allowedModels: "a" }),
			changed({ allowedModels: [1] }),
			changed({ headers: { a: "1" } }),
			changed({ headers: [{ name: "a" }] }),
			changed({ allowPlainHttp: "true" }),
			changed({ priority: 1 }),
			changed({ maxConcurrent: 1 }),
			changed({ outboundProxy: null }),
		];
		for (const value of wrong) assert.equal(readPageMessage(value), null, JSON.stringify(value));
	});
});

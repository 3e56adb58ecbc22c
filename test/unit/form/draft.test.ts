import assert from "node:assert/strict";
import {
	afterChange,
	allowedModelsOf,
	blankDraft,
	changedFields,
	copyLabel,
	draftOf,
	editedElsewhere,
	keyNeedOf,
	relayValueOf,
	repeatedHeaders,
	testModelOf,
	typedOver,
} from "../../../src/vscode/relayFormDraft.ts";
import { splitModels } from "../../../src/vscode/typedModels.ts";
import { relayAccount } from "../accounts/relayFixture.ts";

const copyOf = (label: string) => `${label} copy`;

describe("draft of the relay form", () => {
	it("holds a saved account's fields and no key", () => {
		const account = relayAccount({ allowedModels: ["a*"], priority: -1, headers: { "X-A": "1" }, auth: "api-key" });
		const draft = draftOf(account);
		assert.equal(draft.apiKey, "");
		assert.deepEqual(draft.allowedModels, ["a*"]);
		assert.equal(draft.priority, "-1");
		assert.deepEqual(draft.headers, [{ name: "X-A", value: "1" }]);
		assert.equal(draft.auth, "api-key");
	});

	it("holds a limit and a proxy as text, and never a proxy's password", () => {
		const draft = draftOf(relayAccount({ maxConcurrent: 3, outboundProxy: "http://me:secret@proxy.example:8080" }));
		assert.equal(draft.maxConcurrent, "3");
		assert.equal(draft.outboundProxy, "http://proxy.example:8080");
		const { maxConcurrent, outboundProxy } = draftOf(relayAccount());
		assert.deepEqual([maxConcurrent, outboundProxy], ["", ""]);
	});

	it("remembers the yes of a saved account on unencrypted http", () => {
		assert.equal(draftOf(relayAccount({ baseUrl: "http://relay.example/v1" })).allowPlainHttp, true);
		assert.equal(draftOf(relayAccount({ baseUrl: "http://127.0.0.1/v1" })).allowPlainHttp, false);
		assert.equal(draftOf(relayAccount()).allowPlainHttp, false);
	});

	it("takes a header row for a change once something is typed in it", () => {
		const added = { ...blankDraft, headers: [{ name: "", value: "" }] };
		assert.deepEqual([...changedFields(blankDraft, added)], []);
		assert.deepEqual(
			[...changedFields(added, { ...blankDraft, headers: [{ name: "x-team", value: "" }] })],
			["headers"],
		);
	});

	it("puts over a saved account only what was typed", () => {
		const account = relayAccount({ priority: 7, headers: { "X-A": "1" }, allowedModels: ["a"] });
		const typed = { ...blankDraft, apiKey: "k", label: "Mine", testModel: "m" };
		assert.deepEqual(typedOver(account, typed, blankDraft), {
			...draftOf(account),
			...{ apiKey: "k", label: "Mine", testModel: "m" },
		});
	});

	it("takes back the yes to unencrypted http when the URL changes", () => {
		const before = { ...blankDraft, baseUrl: "http://a.example", allowPlainHttp: true };
		assert.equal(afterChange(before, { ...before, label: "x" }).allowPlainHttp, true);
		assert.equal(afterChange(before, { ...before, baseUrl: "http://b.example" }).allowPlainHttp, false);
	});

	it("splits typed models at commas, spaces and lines", () => {
		assert.deepEqual(splitModels(" a, b*\nc  d ,"), ["a", "b*", "c", "d"]);
		assert.deepEqual(splitModels(" , "), []);
	});

	it("counts a typed model that was not added yet, each model once", () => {
		const draft = { ...blankDraft, allowedModels: ["a", "b"], pendingModel: "b, c" };
		assert.deepEqual(allowedModelsOf(draft), ["a", "b", "c"]);
	});

	it("leaves out empty header rows and finds repeated names in any case", () => {
		const headers = [
			{ name: " X-A ", value: " 1 " },
			{ name: "", value: " " },
		];
		assert.deepEqual(relayValueOf({ ...blankDraft, headers }, null).headers, { "X-A": "1" });
		assert.deepEqual(repeatedHeaders(headers), []);
		assert.deepEqual(repeatedHeaders([...headers, { name: "x-a", value: "2" }]), ["X-A"]);
	});

	it("leaves settings without a field to what is saved, unless a new account takes them over", () => {
		assert.equal("modelMap" in relayValueOf(blankDraft, null), false);
		assert.equal("enabled" in relayValueOf(blankDraft, null), false);
		assert.deepEqual(relayValueOf(blankDraft, { modelMap: { a: "b" } }).modelMap, { a: "b" });
	});

	it("names the model to test with only when one was typed", () => {
		assert.equal(testModelOf({ ...blankDraft, testModel: " m " }), "m");
		assert.equal(testModelOf({ ...blankDraft, testModel: " " }), null);
	});

	it("keeps a saved key for its own origin alone", () => {
		const account = relayAccount({ baseUrl: "https://one.example/v1" });
		const needFor = (baseUrl: string, hasKey = true) => keyNeedOf({ ...draftOf(account), baseUrl }, account, hasKey);
		assert.equal(needFor("https://one.example/other/v1"), "saved");
		assert.equal(needFor("https://ONE.example:443"), "saved");
		assert.equal(needFor("https://one.example:8443"), "otherHost");
		assert.equal(needFor("http://one.example"), "otherHost");
		assert.equal(needFor("https://two.example"), "otherHost");
		assert.equal(needFor("https://one.example", false), "missing");
		assert.equal(keyNeedOf(blankDraft, null, false), "required");
	});

	it("gives a copy a label that is free, whatever its case", () => {
		assert.equal(copyLabel("One", ["One"], copyOf), "One copy");
		assert.equal(copyLabel("One", ["one COPY", "One copy 2"], copyOf), "One copy 3");
	});

	it("cuts a long label so that the copy's is no longer than a label may be", () => {
		const long = "😀".repeat(60);
		const first = copyLabel(long, [long], copyOf);
		assert.equal(first, `${"😀".repeat(55)} copy`);
		assert.equal(copyLabel(long, [first], copyOf), `${"😀".repeat(53)} copy 2`);
		assert.equal(
			copyLabel(long, [], (label) => `Copy of ${label}`),
			`Copy of ${"😀".repeat(52)}`,
		);
	});

	it("tells an edit of a field in the form from one that has no field there", () => {
		const account = relayAccount({ headers: { a: "1", b: "2" } });
		assert.equal(editedElsewhere(account, { ...account, headers: { b: "2", a: "1" } }), false);
		assert.equal(editedElsewhere(account, { ...account, enabled: false, modelMap: { a: "b" } }), false);
		assert.equal(editedElsewhere(account, { ...account, label: "Two" }), true);
	});
});

import assert from "node:assert/strict";
import { readLabel } from "../../../src/accounts/labelRules.ts";
import { accountFileJson, type FileReading, readAccountFile } from "../../../src/accounts/migration.ts";
import { labelsOf } from "./bookFixture.ts";
import { relayAccount } from "./relayFixture.ts";

const now = "2026-05-06T07:08:09.000Z";

function read(json: unknown): FileReading {
	let made = 0;
	return readAccountFile(json, { now, makeId: () => `made-${++made}` });
}

function contentOf(json: unknown) {
	const reading = read(json);
	assert.equal(reading.kind, "read");
	return reading;
}

const native = {
	id: "native-1",
	type: "native",
	label: "me@example.com",
	email: "me@example.com",
	accountId: "acc",
	userId: "user",
	planType: "plus",
	format: null,
	baseUrl: null,
	allowedModels: null,
	priority: 2,
	enabled: false,
	addedAt: "2025-01-01T00:00:00.000Z",
};

describe("reading an account file", () => {
	it("gives back what was saved and finds nothing to migrate", () => {
		const accounts = [
			relayAccount({ headers: { "X-Title": "a" }, modelMap: { a: "b" }, allowedModels: ["a*"], maxConcurrent: 3 }),
			native,
		];
		const json = JSON.parse(JSON.stringify(accountFileJson([relayAccount()], [])));
		assert.deepEqual(read(json), { kind: "read", accounts: [relayAccount()], aside: [], outdated: false });
		assert.deepEqual(read({ version: 1, accounts }), { kind: "read", accounts, aside: [], outdated: false });
	});
	it("makes an entry without a type native, without format, base URL and models", () => {
		const { accounts, outdated } = contentOf({
			version: 1,
			accounts: [
				{ id: "a", label: "Me", email: "me@example.com", format: "codex", addedAt: "2025-01-01T00:00:00.000Z" },
			],
		});
		assert.deepEqual(accounts, [
			{
				id: "a",
				type: "native",
				label: "Me",
				email: "me@example.com",
				accountId: null,
				userId: null,
				planType: null,
				format: null,
				baseUrl: null,
				allowedModels: null,
				priority: 0,
				enabled: true,
				addedAt: "2025-01-01T00:00:00.000Z",
			},
		]);
		assert.equal(outdated, true);
	});
	it("makes a relay without a format codex and fills in what newer releases added", () => {
		const { accounts } = contentOf({
			version: 1,
			accounts: [{ type: "relay", label: "Old", baseUrl: "https://old.example/" }],
		});
		assert.deepEqual(accounts, [
			relayAccount({ id: "made-1", label: "Old", format: "codex", baseUrl: "https://old.example/v1", addedAt: now }),
		]);
	});
	it("reads a bare array as the oldest version", () => {
		const { accounts, outdated } = contentOf([relayAccount(), { id: "n", email: "me@example.com" }]);
		assert.deepEqual(
			accounts.map(({ type, label }) => [type, label]),
			[
				["relay", "One"],
				["native", "me@example.com"],
			],
		);
		assert.equal(outdated, true);
	});
	it("finds nothing left to migrate in what it migrated", () => {
		const first = contentOf([{ label: "Me" }, { type: "relay", baseUrl: "https://old.example" }, relayAccount()]);
		const again = contentOf(JSON.parse(JSON.stringify(accountFileJson(first.accounts, first.aside))));
		assert.deepEqual(again, { ...first, outdated: false });
	});
	it("does not call a file outdated for a field that has a fixed default, so that two releases do not rewrite it in turn", () => {
		const { headers: _headers, maxConcurrent: _limit, ...older } = relayAccount();
		const { accounts, outdated } = contentOf({ version: 1, accounts: [{ ...older, ofANewerRelease: 1 }] });
		assert.deepEqual(accounts, [relayAccount()]);
		assert.equal(outdated, false);
	});
	it("leaves alone a file of a newer version", () => {
		assert.deepEqual(read({ version: 2, accounts: [relayAccount()] }), { kind: "newer", version: 2 });
		assert.deepEqual(read({ version: 9, somethingElse: true }), { kind: "newer", version: 9 });
	});
	it("says so when it is no account file", () => {
		for (const json of [
			undefined,
			null,
			5,
			"text",
			{},
			{ version: 1 },
			{ version: "1", accounts: [] },
			{ version: 0.5, accounts: [] },
		]) {
			assert.deepEqual(read(json), { kind: "unreadable" }, JSON.stringify(json));
		}
	});
	const misunderstood: readonly (readonly [raw: unknown, field: string])[] = [
		["text", "entry"],
		[null, "entry"],
		[{}, "entry"],
		[{ ...relayAccount(), type: "bridge" }, "type"],
		[{ ...relayAccount(), format: "soap" }, "format"],
		[{ ...relayAccount(), baseUrl: null }, "baseUrl"],
		[{ ...relayAccount(), baseUrl: "https://a:b@one.example" }, "baseUrl"],
		[{ ...relayAccount(), headers: { Host: "x" } }, "headers"],
		[{ ...relayAccount(), modelMap: [] }, "modelMap"],
		[{ ...relayAccount(), allowedModels: "all" }, "allowedModels"],
		[{ ...relayAccount(), priority: "high" }, "priority"],
		[{ ...relayAccount(), enabled: "yes" }, "enabled"],
		[{ ...relayAccount(), auth: "basic" }, "auth"],
		[{ ...relayAccount(), id: 5 }, "id"],
	];
	for (const [raw, field] of misunderstood) {
		it(`keeps aside an entry whose ${field} it cannot understand: ${JSON.stringify(raw)?.slice(0, 30)}`, () => {
			const good = relayAccount({ id: "good", label: "Good" });
			const content = contentOf({ version: 1, accounts: [raw, good] });
			assert.deepEqual(content.accounts, [good]);
			assert.deepEqual(content.aside, [{ raw, field }]);
			assert.deepEqual(accountFileJson(content.accounts, content.aside), { version: 1, accounts: [good, raw] });
		});
	}
	it("makes labels of any kind such that an account with them can be changed, and distinct", () => {
		const long = "x".repeat(70);
		const labels = [long, long, "two\nlines", "a\u202eb\u200f", "lone \ud800", "\u200b", "bu\u0308ro", "B\u00dcRO"];
		const first = contentOf({
			version: 1,
			accounts: labels.map((label, id) => ({ ...relayAccount(), id: `${id}`, label })),
		});
		assert.deepEqual(labelsOf(first.accounts), [
			"x".repeat(60),
			`${"x".repeat(56)} (2)`,
			"two lines",
			"a b",
			"lone \ufffd",
			"one.example",
			"b\u00fcro",
			"B\u00dcRO (2)",
		]);
		assert.equal(first.outdated, true);
		for (const { label } of first.accounts) assert.ok(readLabel(label, []).ok, label);
		const again = contentOf(JSON.parse(JSON.stringify(accountFileJson(first.accounts, first.aside))));
		assert.deepEqual(again, { ...first, outdated: false });
	});
	it("gives a native account with a label that cannot be seen its email's, cut where that is long", () => {
		const email = `${"m".repeat(60)}@example.com`;
		const { accounts } = contentOf({ version: 1, accounts: [{ id: "n", label: "\u200b", email }] });
		assert.deepEqual(
			accounts.map(({ label }) => label),
			["m".repeat(60)],
		);
		assert.equal(accounts[0]?.type === "native" && accounts[0].email, email);
	});
	it("gives entries that were copied by hand an id and a label of their own", () => {
		const { accounts, outdated } = contentOf({
			version: 1,
			accounts: [relayAccount(), relayAccount(), relayAccount({ id: "third", label: "oNE" })],
		});
		assert.deepEqual(
			accounts.map(({ id, label }) => [id, label]),
			[
				["relay-1", "One"],
				["made-1", "One (2)"],
				["third", "oNE (3)"],
			],
		);
		assert.equal(outdated, true);
	});
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanLabel } from "../../../src/accounts/labelRules.ts";
import type { LoginEntry } from "../../../src/native/loginSpellings.ts";
import { type LoginToWrite, readLogins, writeLogins } from "../../../src/native/loginTransfer.ts";
import { accessToken, readingAt } from "./writtenTokens.ts";

const read = (text: string) => readLogins(text, readingAt);
const kinds = (entries: readonly LoginEntry[]) =>
	entries.map((entry) => (entry.kind === "refused" ? entry.code : entry.kind));

const ada = accessToken();
const bob = accessToken({ accountId: "acc-1", userId: "user-2", email: "bob@example.com" });
const refresh = (name: string) => `rt_${name.padEnd(20, "x")}`;

describe("the text of an import of logins", () => {
	const both = [{ access_token: ada }, { credentials: { access_token: bob }, name: "Bob" }];
	const texts: Readonly<Record<string, string>> = {
		"a list": JSON.stringify(both),
		"an object with accounts": JSON.stringify({ accounts: both }),
		"an export of sub2api": JSON.stringify({ type: "sub2api-data", version: 1, proxies: [], accounts: both }, null, 2),
		"JSON lines": both.map((entry) => JSON.stringify(entry)).join("\n"),
		"JSON lines of Windows, with empty ones": `${both.map((entry) => JSON.stringify(entry)).join("\r\n\r\n")}\r\n`,
		"lines of tokens": `${ada}\nBearer ${bob}\n`,
		"lines of tokens of Windows": `\r\n  ${ada}  \r\n${bob}`,
		"quoted lines": `"${ada}"\n"${bob}"`,
		"lines of both kinds": `${ada}\n{"access_token":"${bob}"}`,
	};
	for (const [name, text] of Object.entries(texts)) {
		it(`may be ${name}, with or without a byte order mark`, () => {
			for (const marked of [text, `\ufeff${text}`]) {
				const { entries, fileProblem } = read(marked);
				assert.equal(fileProblem, null);
				assert.deepEqual(
					entries.map((entry) => (entry.kind === "tokens" ? entry.tokens.accessToken : entry)),
					[ada, bob],
				);
			}
		});
	}

	it("may be one object, such as Codex CLI's file, or one token", () => {
		const file = {
			OPENAI_API_KEY: "sk-proj-abcdefghijklmnop",
			tokens: { access_token: ada, refresh_token: refresh("a") },
		};
		assert.deepEqual(kinds(read(JSON.stringify(file, null, 2)).entries), ["tokens", "apiKey"]);
		assert.deepEqual(kinds(read(refresh("a")).entries), ["refreshOnly"]);
		assert.deepEqual(kinds(read(JSON.stringify(refresh("a"))).entries), ["refreshOnly"]);
	});

	it("has one bad entry without harm to the rest, in the text's order", () => {
		const { entries } = read(JSON.stringify([{ label: "Empty" }, 5, null, { token: ada }, "nonsense", [ada]]));
		assert.deepEqual(kinds(entries), ["noToken", "noToken", "noToken", "tokens", "unreadable", "noToken"]);
		assert.deepEqual(kinds(read(`# mine\n${ada}\n{"access_token": \nhello`).entries), [
			"noToken",
			"tokens",
			"notJson",
			"noToken",
		]);
	});

	const problems: readonly (readonly [text: string, problem: string])[] = [
		["", "empty"],
		["\ufeff \r\n", "empty"],
		["{}", "noLogins"],
		["[]", "noLogins"],
		["null", "noLogins"],
		['{"accounts": []}', "noLogins"],
		['{"name": "relay-accounts", "version": "0.1.0"}', "noLogins"],
		["label,url\nOne,https://one.example", "noLogins"],
		["<!doctype html>\n<title>Sign in</title>", "noLogins"],
		[JSON.stringify({ access_token: ada, refresh_token: refresh("a") }, null, 2).slice(0, -2), "notJson"],
		[`[${JSON.stringify(ada)}`, "notJson"],
		['{"type": "relay-accounts-logins", "version": 2, "accounts": []}', "newerVersion"],
	];
	for (const [text, problem] of problems) {
		it(`is refused as a whole: ${problem}, ${JSON.stringify(text.slice(0, 24))}`, () => {
			assert.deepEqual(read(text), { entries: [], fileProblem: problem });
		});
	}

	it("is refused as a whole where nobody has so many", () => {
		const lines = Array.from({ length: 1_001 }, (_, index) => `rt_${"x".repeat(20)}${index}`);
		for (const text of [lines.join("\n"), JSON.stringify(lines), JSON.stringify({ accounts: lines })]) {
			assert.deepEqual(readLogins(text), { entries: [], fileProblem: "tooMany" });
		}
		assert.equal(readLogins(lines.slice(1).join("\n")).entries.length, 1_000);
	});

	it("is refused line by line where its lines are tokens that cannot be used", () => {
		const { entries, fileProblem } = read(`${"x".repeat(30)}\n${accessToken({ expiresAt: readingAt - 1000 })}`);
		assert.equal(fileProblem, null);
		assert.deepEqual(kinds(entries), ["unreadable", "expired"]);
	});

	it("is never quoted in what is refused", () => {
		const secret = `rt_${"s3cr3t".repeat(5)}`;
		for (const text of [`{"refresh_token": "${secret}"`, `${secret} ${secret}`, `{"access_token": "${secret} ä"}`]) {
			assert.ok(!JSON.stringify(read(text)).includes("s3cr3t"), text);
		}
	});
});

describe("logins that stand in a text twice", () => {
	it("are refused the second time: the same token, key or account", () => {
		const key = "sk-proj-abcdefghijklmnop";
		const lines = [ada, ada, refresh("a"), refresh("a"), key, key, accessToken({ id: "2" })];
		assert.deepEqual(kinds(read(lines.join("\n")).entries), [
			"tokens",
			"duplicate",
			"refreshOnly",
			"duplicate",
			"apiKey",
			"duplicate",
			"duplicate",
		]);
	});

	it("are not the members of one team, nor two of whom no user is known", () => {
		assert.deepEqual(kinds(read(`${ada}\n${bob}`).entries), ["tokens", "tokens"]);
		const unknown = ["1", "2"].map((id) => accessToken({ id, userId: null }));
		assert.deepEqual(kinds(read(unknown.join("\n")).entries), ["tokens", "tokens"]);
	});

	it("leave the one that lasts, wherever it stands", () => {
		const older = { access_token: accessToken({ expiresAt: readingAt - 1000 }), refresh_token: refresh("old") };
		const newer = { access_token: ada, refresh_token: refresh("new") };
		const without = { access_token: accessToken({ expiresAt: readingAt + 9e9 }) };
		assert.deepEqual(kinds(read(JSON.stringify([older, newer, without])).entries), [
			"duplicate",
			"tokens",
			"duplicate",
		]);
		assert.deepEqual(kinds(read(JSON.stringify([without, newer, older])).entries), [
			"duplicate",
			"tokens",
			"duplicate",
		]);
	});

	it("leave tokens before a bare refresh token, which would have to be used up", () => {
		const tokens = { access_token: ada, refresh_token: refresh("a") };
		assert.deepEqual(kinds(read(JSON.stringify([refresh("a"), tokens])).entries), ["duplicate", "tokens"]);
		assert.deepEqual(kinds(read(JSON.stringify([tokens, refresh("a")])).entries), ["tokens", "duplicate"]);
	});

	it("are found through a third one", () => {
		const linking = { access_token: accessToken({ expiresAt: readingAt + 1000 }), refresh_token: refresh("a") };
		const best = { access_token: ada, refresh_token: refresh("b") };
		for (const list of [
			[refresh("a"), best, linking],
			[linking, best, refresh("a")],
			[best, linking, refresh("a")],
		]) {
			assert.deepEqual(
				read(JSON.stringify(list)).entries.flatMap((entry) =>
					entry.kind === "tokens" ? [entry.tokens.refreshToken] : [],
				),
				[refresh("b")],
			);
		}
	});

	it("are named by what the entry is called", () => {
		const { entries } = read(JSON.stringify([ada, { name: "Again", token: ada }, ada]));
		assert.deepEqual(
			entries.map((entry) => (entry.kind === "refused" ? entry.label : null)),
			[null, "Again", "ada@example.com"],
		);
	});
});

describe("the export of logins", () => {
	it("has a version, and each account as Codex CLI's file has it", () => {
		const text = writeLogins([
			{
				account: {
					...{ label: "Work", email: "ada@example.com", accountId: "acc-1", userId: "user-1", planType: "plus" },
					...{ priority: 3, enabled: false },
				},
				login: { accessToken: ada, refreshToken: refresh("a"), renewedAt: readingAt },
			},
		]);
		assert.ok(text.endsWith("}\n"));
		assert.deepEqual(JSON.parse(text), {
			type: "relay-accounts-logins",
			version: 1,
			accounts: [
				{
					label: "Work",
					email: "ada@example.com",
					account_id: "acc-1",
					user_id: "user-1",
					plan_type: "plus",
					priority: 3,
					enabled: false,
					tokens: { access_token: ada, refresh_token: refresh("a"), account_id: "acc-1" },
					last_refresh: "2026-01-15T00:00:00.000Z",
				},
			],
		});
	});

	it("is read back as it was", () => {
		const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
		const word = fc.stringMatching(/^[\w-]{1,20}$/);
		const arbitraryLabel = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => cleanLabel(text) ?? "Label");
		const person = fc.record({
			label: arbitraryLabel,
			email: maybe(fc.emailAddress()),
			planType: maybe(word),
			inToken: fc.boolean(),
			refreshToken: maybe(word.map((text) => `rt_${text}`)),
			seconds: fc.integer({ min: 1, max: 1e7 }),
			renewedAt: maybe(fc.integer({ min: 0, max: readingAt })),
			settings: fc.record({ priority: fc.maxSafeInteger(), enabled: fc.boolean() }),
		});
		fc.assert(
			fc.property(
				fc.uniqueArray(person, {
					minLength: 1,
					maxLength: 5,
					selector: ({ refreshToken }) => refreshToken ?? Symbol(),
				}),
				(people) => {
					const written: readonly LoginToWrite[] = people.map((one, index) => {
						const identity = {
							accountId: "acc-1",
							userId: `user-${index}`,
							email: one.email,
							planType: one.planType,
						};
						const told = one.inToken ? identity : { accountId: null, userId: null, email: null, planType: null };
						const expiresAt = readingAt + one.seconds * 1000;
						return {
							account: { label: one.label, ...identity, ...one.settings },
							login: {
								accessToken: accessToken({ ...told, expiresAt, id: `${index}` }),
								refreshToken: one.refreshToken,
								renewedAt: one.renewedAt,
							},
						};
					});
					assert.deepEqual(read(writeLogins(written)), {
						fileProblem: null,
						entries: written.map(({ account: { label, priority, enabled, ...identity }, login }, index) => ({
							kind: "tokens",
							label,
							settings: { priority, enabled },
							tokens: {
								accessToken: login.accessToken,
								refreshToken: login.refreshToken,
								expiresAt: readingAt + (people[index]?.seconds ?? 0) * 1000,
								identity,
							},
						})),
					});
				},
			),
		);
	});

	it("tells what was set of an account, which no other program's file does in our terms", () => {
		const entry = { access_token: ada, priority: 5, enabled: false };
		const settingsIn = (json: object) =>
			read(JSON.stringify(json)).entries.map((one) => (one.kind === "tokens" ? one.settings : assert.fail()));
		assert.deepEqual(settingsIn({ accounts: [entry] }), [undefined]);
		const own = { type: "relay-accounts-logins", version: 1 };
		assert.deepEqual(settingsIn({ ...own, accounts: [entry] }), [{ priority: 5, enabled: false }]);
		assert.deepEqual(settingsIn({ ...own, accounts: [{ ...entry, priority: "high", enabled: null }] }), [
			{ priority: 0, enabled: true },
		]);
	});
});

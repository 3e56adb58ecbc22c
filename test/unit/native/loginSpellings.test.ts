import assert from "node:assert/strict";
import { type LoginEntry, readLogin } from "../../../src/native/loginSpellings.ts";
import { accessToken, jwt, readingAt } from "./writtenTokens.ts";

const access = accessToken();
const refresh = "rt_abcdefghijklmnop";
const over = accessToken({ expiresAt: readingAt - 1000 });

const read = (value: unknown) => readLogin(value, readingAt);

function only(value: unknown): LoginEntry {
	const [entry, ...more] = read(value);
	assert.deepEqual(more, []);
	assert.ok(entry !== undefined);
	return entry;
}

function tokensOf(value: unknown) {
	const entry = only(value);
	assert.equal(entry.kind, "tokens");
	return entry.kind === "tokens" ? entry : assert.fail();
}

function refusalOf(value: unknown): string {
	const entry = only(value);
	return entry.kind === "refused" ? entry.code : assert.fail(`read as ${entry.kind}`);
}

describe("the spellings of a login", () => {
	const spelt: readonly unknown[] = [
		access,
		`  Bearer ${access}\n`,
		{ token: access },
		{ access_token: access },
		{ access_token: " ", accessToken: access },
		{ accessToken: `bearer ${access} ` },
		{ tokens: { access_token: access } },
		{ credentials: { accessToken: access } },
		{ token: { access_token: access } },
		{ token: null, accessToken: "", tokens: { token: access } },
	];
	for (const [index, value] of spelt.entries()) {
		it(`give the access token (${index + 1})`, () => {
			const { tokens } = tokensOf(value);
			assert.equal(tokens.accessToken, access);
			assert.equal(tokens.refreshToken, null);
			assert.equal(tokens.expiresAt, readingAt + 864_000_000);
			assert.deepEqual(tokens.identity, {
				accountId: "acc-1",
				userId: "user-1",
				email: "ada@example.com",
				planType: "plus",
			});
		});
	}

	for (const name of ["refresh_token", "refreshToken"]) {
		it(`give the refresh token from ${name}, beside or nested`, () => {
			assert.equal(tokensOf({ access_token: access, [name]: ` ${refresh} ` }).tokens.refreshToken, refresh);
			assert.equal(tokensOf({ tokens: { access_token: access, [name]: refresh } }).tokens.refreshToken, refresh);
		});
	}

	for (const token of [refresh, "oaistb_rt_abcdefghijklmnop"]) {
		it(`know ${token.replace(/[a-p]+$/, "…")} for a refresh token wherever it stands`, () => {
			for (const value of [token, { access_token: token }, { token: `Bearer ${token}` }, { refresh_token: token }]) {
				assert.deepEqual(only(value), { kind: "refreshOnly", refreshToken: token, label: null });
			}
		});
	}

	it("never pair the tokens of two places", () => {
		const { tokens } = tokensOf({
			token: accessToken({ id: "old" }),
			tokens: { access_token: access, refresh_token: refresh },
		});
		assert.deepEqual([tokens.accessToken, tokens.refreshToken], [access, refresh]);
	});

	it("take an expired access token that can be renewed, and no other", () => {
		assert.equal(tokensOf({ access_token: over, refresh_token: refresh }).tokens.accessToken, over);
		assert.equal(refusalOf({ access_token: over }), "expired");
		assert.equal(refusalOf({ access_token: accessToken({ expiresAt: readingAt }) }), "expired");
	});

	it("leave an access token that cannot be read, and keep its refresh token", () => {
		const opaque = "ZXhhbXBsZS1vcGFxdWUtdG9rZW4";
		assert.equal(refusalOf({ access_token: opaque, account_id: "acc-1" }), "unreadable");
		assert.equal(refusalOf({ access_token: "a.b.c" }), "unreadable");
		assert.deepEqual(only({ access_token: opaque, refresh_token: refresh, account_id: "acc-1" }), {
			kind: "refreshOnly",
			refreshToken: refresh,
			label: null,
		});
	});

	it("refuse a token that says of nobody whose it is", () => {
		assert.equal(refusalOf(accessToken({ accountId: null })), "unreadable");
		assert.equal(refusalOf(jwt({ exp: readingAt / 1000 + 60, sub: "somebody" })), "unreadable");
	});

	it("fill from the entry what the token does not say, and believe the token before it", () => {
		const silent = accessToken({ accountId: null, userId: null, email: null, planType: null });
		for (const beside of [
			{ account_id: "acc-2", user_id: "user-2", plan_type: "team" },
			{ accountId: "acc-2", userId: "user-2", planType: "team" },
			{ chatgpt_account_id: "acc-2", chatgpt_user_id: "user-2", chatgpt_plan_type: "team" },
		]) {
			const email = "bob@example.com";
			const { tokens } = tokensOf({ email, tokens: { access_token: silent, ...beside } });
			assert.deepEqual(tokens.identity, { accountId: "acc-2", userId: "user-2", email, planType: "team" });
			assert.equal(tokensOf({ access_token: access, email, ...beside }).tokens.identity.accountId, "acc-1");
		}
	});

	it("fill nothing with a secret that stands in the wrong field", () => {
		const secret = "rt_0123456789abcdef";
		const { tokens } = tokensOf({
			...{ access_token: accessToken({ email: null, userId: null }), refresh_token: secret },
			...{ email: `${secret}@example.com`, user_id: secret },
		});
		assert.deepEqual([tokens.identity.email, tokens.identity.userId], [null, null]);
	});

	it("take what is no text for absent, as a number in the place of an id", () => {
		assert.deepEqual(tokensOf({ id: 7, account_id: 7, access_token: access, refresh_token: 0, label: 3 }), {
			...tokensOf(access),
		});
	});

	describe("of its name", () => {
		for (const name of ["label", "name", "note"]) {
			it(`are ${name}, made fit`, () => {
				assert.equal(tokensOf({ [name]: "  Work\u202e\naccount ", access_token: access }).label, "Work  account");
			});
		}
		it("are cut to what a label may be, and null where nothing can be seen", () => {
			assert.equal(tokensOf({ label: "ä".repeat(64), access_token: access }).label?.length, 60);
			for (const label of ["", " ", "\u200b", null])
				assert.equal(tokensOf({ label, access_token: access }).label, null);
			assert.equal(tokensOf({ label: null, name: "Work", access_token: access }).label, "Work");
		});
		it("are never the secret itself", () => {
			for (const label of [access, `mine: ${refresh}`]) {
				assert.equal(tokensOf({ label, access_token: access, refresh_token: refresh }).label, null);
			}
			const key = "sk-proj-abcdefghijklmnop";
			assert.ok(!JSON.stringify(read({ name: key, api_key: key, base_url: "https://relay.example" })).includes(key));
		});
	});

	describe("of an API key", () => {
		const apiKey = "sk-proj-abcdefghijklmnop";
		for (const value of [apiKey, { token: apiKey }, { OPENAI_API_KEY: apiKey }, { api_key: apiKey }, { apiKey }]) {
			it(`are ${JSON.stringify(value)}`, () => assert.deepEqual(only(value), { kind: "apiKey", apiKey }));
		}
		it("give it beside the tokens", () => {
			const entries = read({ OPENAI_API_KEY: apiKey, tokens: { access_token: access, refresh_token: refresh } });
			assert.deepEqual(
				entries.map(({ kind }) => kind),
				["tokens", "apiKey"],
			);
		});
		it("leave a relay's key to the import of relays", () => {
			assert.equal(refusalOf({ label: "Relay", baseUrl: "https://relay.example", apiKey }), "relay");
			assert.equal(refusalOf({ label: "Relay", baseUrl: "https://relay.example" }), "relay");
			assert.equal(refusalOf({ base_url: "no url", api_key: apiKey }), "relay");
			assert.equal(refusalOf({ base_url: "https://relay.example", refresh_token: refresh }), "relay");
			assert.deepEqual(only({ base_url: "https://api.openai.com/v1", api_key: apiKey }), { kind: "apiKey", apiKey });
		});
	});

	it("tell OpenAI nothing that is for others", () => {
		const others: readonly unknown[] = [
			"sk-ant-oat01-abcdefghijklmnop",
			{ access_token: "ya29.abcdefghijklmnop", refresh_token: "1//abcdefghijklmnop" },
			{ refresh_token: "sk-ant-ort01-abcdefghijklmnop" },
			{ api_key: "sk-ant-api03-abcdefghijklmnop" },
			{ platform: "anthropic", credentials: { refresh_token: "opaque-refresh-token" } },
			{ type: "gemini", access_token: "opaque-access-token", refresh_token: "opaque-refresh-token" },
			{ provider: "xai", api_key: "sk-abcdefghijklmnop" },
		];
		for (const value of others) assert.equal(refusalOf(value), "otherService", JSON.stringify(value));
	});

	it("believe a token that proves itself before a name beside it", () => {
		assert.equal(tokensOf({ type: "google", access_token: access }).tokens.accessToken, access);
	});

	it("name a bare refresh token by the address beside it", () => {
		const email = "ada@example.com";
		assert.deepEqual(only({ email, refresh_token: refresh }), {
			kind: "refreshOnly",
			refreshToken: refresh,
			label: email,
		});
		const named = only({ email, label: "Work", refresh_token: refresh });
		assert.ok(named.kind === "refreshOnly" && named.label === "Work");
	});

	it("refuse what no header can carry", () => {
		assert.equal(refusalOf({ access_token: access, refresh_token: "rt_abc\ndef" }), "invalid");
		assert.equal(refusalOf({ access_token: `${access} ${access}` }), "invalid");
		assert.equal(refusalOf({ OPENAI_API_KEY: "sk-proj-ä" }), "invalid");
	});

	it("refuse what holds no login, with a name to recognise it by", () => {
		for (const value of [null, 5, true, [], {}, "", { tokens: [] }]) assert.equal(refusalOf(value), "noToken");
		assert.deepEqual(only({ note: "Old one" }), { kind: "refused", code: "noToken", label: "Old one" });
		assert.deepEqual(only({ email: "ada@example.com", access_token: "a.b.c" }), {
			kind: "refused",
			code: "unreadable",
			label: "ada@example.com",
		});
	});
});

import assert from "node:assert/strict";
import { readClaims, readTokenSet } from "../../../src/native/tokenClaims.ts";
import { jwt } from "./writtenTokens.ts";

const now = Date.UTC(2026, 0, 15);
const inTenDays = now / 1000 + 864_000;
const auth = "https://api.openai.com/auth";
const profile = "https://api.openai.com/profile";
const nobody = { accountId: null, userId: null, email: null, planType: null };
const ada = { accountId: "acc", userId: "user", email: "ada@example.com", planType: "team" };

const authOf = (more: object = {}) => ({
	chatgpt_account_id: "acc",
	chatgpt_user_id: "user",
	chatgpt_plan_type: "team",
	...more,
});

describe("the claims of a login", () => {
	it("are those of the access token", () => {
		const token = jwt({ exp: inTenDays, [auth]: authOf(), [profile]: { email: "ada@example.com" } });
		assert.deepEqual(readClaims(token, null), { identity: ada, expiresAt: inTenDays * 1000 });
	});

	it("are those of the ID token where the access token is silent, one by one", () => {
		const token = jwt({ [auth]: { chatgpt_account_id: "acc" } });
		const idToken = jwt({ email: "ada@example.com", [auth]: authOf({ chatgpt_account_id: "other" }) });
		assert.deepEqual(readClaims(token, idToken)?.identity, ada);
	});

	it("know the older name of the user", () => {
		const claims = readClaims(jwt({ [auth]: { user_id: "older" } }), null);
		assert.equal(claims?.identity.userId, "older");
	});

	for (const [what, claims] of Object.entries({
		"of another type": { exp: "soon", [auth]: "acc", [profile]: null, email: 7 },
		"that are empty": {
			exp: 0,
			[auth]: authOf({ chatgpt_account_id: "", chatgpt_user_id: "", chatgpt_plan_type: "" }),
		},
		"beyond all calendars": { exp: 1e300 },
		"that are none": {},
	})) {
		it(`tell nothing where there are some ${what}`, () => {
			assert.deepEqual(readClaims(jwt(claims), null), { identity: nobody, expiresAt: null });
		});
	}

	for (const token of ["", "rt_abc", "a.b.c", "eyJhbGciOiJub25lIn0.W10.", `${jwt({})}.x.y`]) {
		it(`are none in ${JSON.stringify(token.slice(0, 24))}`, () => {
			assert.equal(readClaims(token, null), null);
			assert.equal(readTokenSet(token, null, null, null, now), null);
		});
	}

	it("come from the access token alone where the ID token is no JWT", () => {
		assert.deepEqual(readClaims(jwt({ [auth]: authOf() }), "garbage")?.identity, { ...ada, email: null });
	});
});

describe("a set of tokens", () => {
	const token = jwt({ exp: inTenDays });

	it("expires as its access token says, whatever the server's reply says", () => {
		assert.equal(readTokenSet(token, "rt", null, 60, now)?.expiresAt, inTenDays * 1000);
	});

	it("expires after its life where the access token does not say", () => {
		assert.equal(readTokenSet(jwt({}), "rt", null, 60, now)?.expiresAt, now + 60_000);
	});

	it("that is new lives as long as the server says where the clock here is ahead of its end", () => {
		const later = inTenDays * 1000 + 1;
		assert.equal(readTokenSet(token, "rt", null, 60, later)?.expiresAt, later + 60_000);
		assert.equal(readTokenSet(token, "rt", null, null, later)?.expiresAt, inTenDays * 1000);
	});

	it("has no refresh token where that is empty", () => {
		assert.equal(readTokenSet(token, "", null, null, now)?.refreshToken, null);
	});
});

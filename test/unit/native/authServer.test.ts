import assert from "node:assert/strict";
import { createServer } from "node:net";
import { newAuthorization } from "../../../src/native/authorizeUrl.ts";
import { exchangeCode, refreshTokens } from "../../../src/native/authServer.ts";
import type { AuthResult } from "../../../src/native/login.ts";
import { challenged, type ExchangeFate, jsonReply, unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { startUpstream } from "../../support/upstream.ts";
import { type AuthUnderTest, freePort, sentBackTo, settingsOf, startAuth } from "./authFixture.ts";
import { accessToken, jwt } from "./writtenTokens.ts";

const never = new AbortController().signal;
const replied = (status: number, body: unknown, headers: Record<string, string> = {}): ExchangeFate => ({
	kind: "replied",
	reply: jsonReply(status, body, headers),
});
const words = (status: number, body: string, type = "text/plain"): ExchangeFate => ({
	kind: "replied",
	reply: { status, headers: { "content-type": type }, body },
});

describe("the auth server", () => {
	let auth: AuthUnderTest;
	before(async () => {
		auth = await startAuth();
	});
	after(() => auth.server.close());

	const refresh = async (token?: string): Promise<AuthResult> => {
		const refreshToken = token ?? (await auth.server.signIn()).refreshToken;
		return refreshTokens(auth.settings, fetch, refreshToken, never);
	};
	const refreshMeeting = (fate: ExchangeFate, token?: string) => {
		auth.server.next(fate);
		return refresh(token);
	};

	it("gives tokens for a code, once", async () => {
		const { url, verifier } = await newAuthorization(auth.settings);
		const code = new URL(await sentBackTo(url)).searchParams.get("code") ?? "";
		const exchange = { code, verifier, signal: never };
		const result = await exchangeCode(auth.settings, fetch, exchange);
		assert.ok(result.kind === "ok");
		const { email, accountId, userId, plan: planType } = auth.server.visitor;
		assert.deepEqual(result.tokens.identity, { email, accountId, userId, planType });
		assert.ok(result.tokens.refreshToken);
		const again = await exchangeCode(auth.settings, fetch, exchange);
		assert.equal(again.kind, "spent");
		assert.ok(!JSON.stringify(again).includes(code));
	});

	it("gives none for a code and another verifier", async () => {
		const { url } = await newAuthorization(auth.settings);
		const code = new URL(await sentBackTo(url)).searchParams.get("code") ?? "";
		const { verifier } = await newAuthorization(auth.settings);
		const result = await exchangeCode(auth.settings, fetch, { code, verifier, signal: never });
		assert.equal(result.kind, "spent");
	});

	it("is told who asks, and nothing that it would stumble over", async () => {
		await refresh("rt_unknown_0123456789");
		const { form } = auth.server.exchanges.at(-1) ?? assert.fail();
		assert.deepEqual(Object.fromEntries(form), {
			grant_type: "refresh_token",
			refresh_token: "rt_unknown_0123456789",
			client_id: auth.settings.clientId,
		});
		const { headers } = auth.server.requests.at(-1) ?? assert.fail();
		assert.equal(headers["user-agent"], "RelayAccounts/1.2.3 (linux x64)");
		assert.equal(headers["originator"], "relay_accounts");
		assert.equal(headers.cookie, undefined);
		assert.deepEqual(auth.server.violations, []);
	});

	it("gives new tokens for a refresh token, which is spent then", async () => {
		const { refreshToken } = await auth.server.signIn();
		const result = await refresh(refreshToken);
		assert.ok(result.kind === "ok" && result.tokens.refreshToken && result.tokens.refreshToken !== refreshToken);
		const again = await refresh(refreshToken);
		assert.ok(again.kind === "spent");
		assert.equal(again.code, "refresh_token_reused");
		assert.ok(!JSON.stringify(again).includes(refreshToken));
	});

	for (const member of [undefined, "", null, 7]) {
		it(`leaves the refresh token as it was where the new one is ${JSON.stringify(member)}`, async () => {
			const { refreshToken } = await auth.server.signIn();
			const result = await refreshMeeting({ kind: "changed", members: { refresh_token: member } }, refreshToken);
			assert.ok(result.kind === "ok");
			assert.equal(result.tokens.refreshToken, refreshToken);
		});
	}

	it("may leave out what is not needed, and write numbers as words", async () => {
		const members = { token_type: undefined, id_token: undefined, expires_in: "60", access_token: jwt({}) };
		const result = await refreshMeeting({ kind: "changed", members });
		assert.ok(result.kind === "ok" && result.tokens.expiresAt !== null);
		assert.ok(Math.abs(result.tokens.expiresAt - Date.now() - 60_000) < 5_000);
	});

	it("may be of another time and name than its ID token says: a rotated login would be lost", async () => {
		const idToken = jwt({ iss: "https://elsewhere.example", aud: "somebody", exp: 1, iat: 1 });
		const result = await refreshMeeting({ kind: "changed", members: { id_token: idToken, token_type: "weird" } });
		assert.equal(result.kind, "ok");
	});

	it("may renew a login by tokens that tell nothing", async () => {
		const members = { access_token: "opaque", refresh_token: "rt_next", expires_in: 60 };
		const result = await refreshMeeting({ kind: "changed", members });
		assert.ok(result.kind === "ok");
		assert.equal(result.tokens.refreshToken, "rt_next");
		assert.equal(result.tokens.identity.accountId, null);
	});

	it("is read once where its answer comes twice", async () => {
		assert.equal((await refreshMeeting({ kind: "saidTwice" })).kind, "ok");
	});

	it("says that an account is closed", async () => {
		const { refreshToken, login } = await auth.server.signIn();
		auth.server.deactivate(login.person);
		const result = await refresh(refreshToken);
		assert.equal(result.kind, "deactivated");
	});

	for (const [body, status, kind, code] of [
		[{ error: "invalid_grant", error_description: "No." }, 400, "spent", "invalid_grant"],
		[{ error: { code: "invalid_grant", message: "No." } }, 400, "spent", "invalid_grant"],
		[{ error: { code: "refresh_token_expired", message: "No." } }, 401, "spent", "refresh_token_expired"],
		[{ error: { code: "refresh_token_invalidated", message: "No." } }, 401, "spent", "refresh_token_invalidated"],
		[{ error: { code: "token_expired", message: "No." } }, 401, "spent", "token_expired"],
		[{ error: { code: "invalid_token", message: "No." } }, 403, "spent", "invalid_token"],
		[
			{ error: { code: null, type: "invalid_request_error", message: "Your refresh token has been revoked." } },
			400,
			"spent",
			"invalid_request_error",
		],
		[{ error: { code: "of_tomorrow", message: "No." } }, 401, "spent", "of_tomorrow"],
		[{ error: "access_denied", error_description: "No." }, 403, "denied", "access_denied"],
		[{ error: "invalid_client", error_description: "No." }, 401, "denied", "invalid_client"],
		[{ error: "invalid_grant" }, 200, "spent", "invalid_grant"],
	] as const) {
		it(`means by ${status} with ${JSON.stringify(body)}: ${kind}`, async () => {
			const result = await refreshMeeting(replied(status, body));
			assert.equal(result.kind, kind);
			assert.ok("code" in result && result.code === code);
		});
	}

	for (const body of [
		{ error: { code: "account_deactivated", message: "No." } },
		{ error: "invalid_grant", error_description: "This account has been deactivated." },
		{ error: { code: null, message: "Your account was Deactivated." } },
	]) {
		it(`means by ${JSON.stringify(body)} that the account is closed`, async () => {
			assert.equal((await refreshMeeting(replied(400, body))).kind, "deactivated");
		});
	}

	for (const [what, fate, status, seconds] of [
		["503", unavailable(503), 503, null],
		["503 with seconds to wait", unavailable(503, "7"), 503, 7],
		["429", unavailable(429, "30"), 429, 30],
		["500 with the code of a spent grant", replied(500, { error: "invalid_grant" }), 500, null],
		["a challenge", challenged, 403, null],
		["a page in a 200", words(200, "<!doctype html><p>Sign in to the hotel's network"), 200, null],
		["a page in a 401", words(401, "<html>", "text/html"), 401, null],
		["nothing", words(200, "", "application/json"), 200, null],
		["half an object", words(200, '{"access_token":"eyJ', "application/json"), 200, null],
		["a list", words(200, "[]", "application/json"), 200, null],
		["an object without a token", replied(200, { token_type: "bearer" }), 200, null],
		["an object with an empty token", replied(200, { access_token: "" }), 200, null],
		[
			"an object that is far too long",
			replied(200, { access_token: accessToken(), filler: "x".repeat(300_000) }),
			200,
			null,
		],
		["a country", replied(403, { error: { code: "unsupported_country_region_territory", message: "No." } }), 403, null],
		["404", replied(404, { detail: "Not Found" }), 404, null],
		["401 without a word", words(401, ""), 401, null],
		["a redirect", words(302, ""), 302, null],
	] as const) {
		it(`is unavailable when it answers with ${what}`, async () => {
			const result = await refreshMeeting(fate);
			assert.ok(result.kind === "unavailable", JSON.stringify(result));
			assert.deepEqual([result.status, result.seconds], [status, seconds]);
			assert.doesNotMatch(result.detail, /</);
		});
	}

	it("is said to answer with a page where it does", async () => {
		const result = await refreshMeeting(challenged);
		assert.ok(result.kind === "unavailable");
		assert.equal(result.detail, "It answers with a web page.");
	});

	it("asks by a date to wait", async () => {
		const result = await refreshMeeting(unavailable(503, new Date(Date.now() + 90_000).toUTCString()));
		assert.ok(result.kind === "unavailable" && result.seconds !== null);
		assert.ok(result.seconds > 80 && result.seconds <= 91);
	});

	it("is followed nowhere", async () => {
		const elsewhere = await startUpstream((_request, response) => void response.end("{}"));
		const headers = { location: elsewhere.origin };
		await refreshMeeting({ kind: "replied", reply: { status: 307, headers, body: "" } });
		await elsewhere.close();
		assert.deepEqual(elsewhere.requests, []);
	});

	for (const [what, quoted] of [
		["whole", (token: string) => token],
		["in part", (token: string) => `${token.slice(0, 16)}...`],
		["encoded", (token: string) => encodeURIComponent(token)],
	] as const) {
		it(`is not quoted where it quotes the token ${what}`, async () => {
			const token = "oai/secret=0123456789abcdefghij";
			const error_description = `Invalid token: "${quoted(token)}", not known.`;
			const result = await refreshMeeting(replied(400, { error: "invalid_grant", error_description }), token);
			assert.ok(result.kind === "spent");
			assert.match(result.description, /^Invalid token: "\*\*\*.*, not known\.$/);
			assert.doesNotMatch(result.description, /secret|0123456/);
		});
	}

	it("is not quoted where it quotes another token than the one sent", async () => {
		const message = `rt_abcdefghijklmnop replaces ${accessToken()}`;
		const result = await refreshMeeting(replied(400, { error: { code: "invalid_grant", message } }));
		assert.ok(result.kind === "spent");
		assert.equal(result.description, "*** replaces ***");
	});

	it("is quoted in one line that is not too long", async () => {
		const message = `a\r\n\u0007b${" c".repeat(1_000)}`;
		const result = await refreshMeeting(replied(503, { error: { message } }));
		assert.ok(result.kind === "unavailable");
		assert.match(result.detail, /^a b c/);
		assert.ok(result.detail.length <= 300);
	});

	it("may have heard a request that is reset", async () => {
		const { host } = new URL(auth.server.origin);
		for (const when of ["before", "after"] as const) {
			const result = await refreshMeeting({ kind: "reset", when });
			assert.ok(result.kind === "brokenOff");
			assert.equal(result.host, host);
		}
	});

	it("may have heard a request that it does not answer in time", async () => {
		const held = Promise.withResolvers<void>();
		auth.server.next({ kind: "held", when: "after", until: held.promise });
		const { refreshToken } = await auth.server.signIn();
		const result = await refreshTokens(auth.settings, fetch, refreshToken, never, 50);
		held.resolve();
		assert.ok(result.kind === "brokenOff");
		assert.equal(result.code, "ETIMEDOUT");
	});

	it("has so long for all of its answer", async () => {
		const slow = await startUpstream((_request, response) => {
			response.writeHead(200, { "content-type": "application/json" }).write('{"access_token":');
		});
		const result = await refreshTokens(settingsOf(slow.origin), fetch, "rt", never, 100);
		await slow.close();
		assert.equal(result.kind, "brokenOff");
	});

	it("is given up also by a fetch that does not listen", async () => {
		const deaf = () => new Promise<Response>(() => {});
		const result = await refreshTokens(auth.settings, deaf, "rt", never, 20);
		assert.equal(result.kind, "brokenOff");
	});

	it("has not heard a request where nobody listens", async () => {
		const settings = settingsOf(`http://127.0.0.1:${await freePort()}`);
		const result = await refreshTokens(settings, fetch, "rt", never);
		assert.ok(result.kind === "notSent");
		assert.equal(result.code, "ECONNREFUSED");
	});

	it("is never asked in clear over a network", async () => {
		let asked = 0;
		const counting = () => {
			asked += 1;
			return Promise.reject(new Error("not to be asked"));
		};
		const result = await refreshTokens(settingsOf("http://auth.example"), counting, "rt", never);
		assert.equal(result.kind, "notSent");
		assert.equal(asked, 0);
	});

	it("is not asked when nobody wants to know any more", async () => {
		const before = auth.server.exchanges.length;
		const result = await refreshTokens(auth.settings, fetch, "rt", AbortSignal.abort());
		assert.deepEqual(result, { kind: "cancelled" });
		assert.equal(auth.server.exchanges.length, before);
	});

	it("is left when the caller goes", async () => {
		const held = Promise.withResolvers<void>();
		auth.server.next({ kind: "held", when: "before", until: held.promise });
		const { refreshToken } = await auth.server.signIn();
		const leaving = new AbortController();
		const before = auth.server.exchanges.length;
		const result = refreshTokens(auth.settings, fetch, refreshToken, leaving.signal);
		while (auth.server.exchanges.length === before) await new Promise(setImmediate);
		leaving.abort();
		assert.deepEqual(await result, { kind: "cancelled" });
		held.resolve();
	});

	it("is not understood where it speaks no HTTP", async () => {
		const server = createServer((socket) => socket.end("220 mail.example ESMTP\r\n"));
		const port = await freePort();
		await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
		const result = await refreshTokens(settingsOf(`http://127.0.0.1:${port}`), fetch, "rt", never);
		server.close();
		assert.equal(result.kind, "brokenOff");
	});

	it("is not asked without a code", async () => {
		const result = await exchangeCode(auth.settings, fetch, { code: "", verifier: "v", signal: never });
		assert.notEqual(result.kind, "ok");
	});
});

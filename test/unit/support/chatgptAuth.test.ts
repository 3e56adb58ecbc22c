import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt } from "jose";
import { request } from "undici";
import { type AuthServer, type AuthServerOptions, startAuthServer } from "../../support/chatgpt/authServer.ts";
import { browse, callbackOf, linksOf } from "../../support/chatgpt/browser.ts";
import { person } from "../../support/chatgpt/people.ts";
import { authorizeUrl, codeOf, redeem, redirectUri, state } from "./chatgptAsking.ts";

describe("the fake auth server", () => {
	const started: AuthServer[] = [];
	const start = async (options: AuthServerOptions = {}) => {
		const server = await startAuthServer(options);
		started.push(server);
		return server;
	};
	afterEach(async () => {
		await Promise.all(started.splice(0).map((server) => server.close()));
	});

	it("sends a browser back with a code and the same state", async () => {
		const callback = new URL(await callbackOf(authorizeUrl(await start())));
		assert.equal(callback.origin + callback.pathname, redirectUri);
		assert.equal(callback.searchParams.get("state"), state);
		assert.match(callback.searchParams.get("code") ?? "", /^ac_/);
	});

	const refusedQueries: readonly (readonly [
		what: string,
		changes: Record<string, string | undefined>,
		code: string,
	])[] = [
		["another client", { client_id: "app_other" }, "invalid_client"],
		["a redirect to another port", { redirect_uri: "http://localhost:1456/auth/callback" }, "invalid_redirect_uri"],
		["a redirect to 127.0.0.1", { redirect_uri: "http://127.0.0.1:1455/auth/callback" }, "invalid_redirect_uri"],
		["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
		["no challenge", { code_challenge: undefined }, "invalid_request"],
		["no state", { state: undefined }, "invalid_request"],
		["no originator", { originator: undefined }, "invalid_request"],
		["a sign-in without offline_access", { scope: "openid profile email" }, "invalid_scope"],
		["no organisations", { id_token_add_organizations: undefined }, "invalid_request"],
		["another flow", { codex_cli_simplified_flow: undefined }, "invalid_request"],
	];
	for (const [what, changes, code] of refusedQueries) {
		it(`shows a page for ${what} and sends nobody back`, async () => {
			const shown = await browse(authorizeUrl(await start(), changes));
			assert.equal(shown.status, 400);
			assert.match(shown.text, new RegExp(code));
		});
	}

	it("fails on a space that is written as a plus", async () => {
		const url = authorizeUrl(await start()).replaceAll("%20", "+");
		const shown = await browse(url);
		assert.equal(shown.status, 400);
		assert.match(shown.text, /AuthApiFailure/);
	});

	it("sends a person back who says no", async () => {
		const server = await start({ consent: "denied" });
		const { searchParams } = new URL(await callbackOf(authorizeUrl(server)));
		assert.equal(searchParams.get("error"), "access_denied");
		assert.equal(searchParams.get("state"), state);
		assert.equal(searchParams.has("code"), false);
	});

	it("asks on a page who it is, once", async () => {
		const server = await start({ consent: "asked" });
		const other = person();
		server.people.push(other);
		const links = linksOf(await browse(authorizeUrl(server)));
		const chosen = links.get(`Continue as ${other.email}`) ?? "";
		const code = new URL(await callbackOf(chosen)).searchParams.get("code") ?? "";
		const { json } = await redeem(server, code);
		assert.equal(decodeJwt(json.access_token)["sub"], `auth0|${other.userId}`);
		assert.equal((await browse(chosen)).status, 400);
	});

	it("gives tokens that say whose they are", async () => {
		const somebody = person({ plan: "team" });
		const server = await start({ visitor: somebody });
		const { status, json } = await redeem(server, await codeOf(server));
		assert.equal(status, 200);
		const claims = decodeJwt(json.access_token);
		assert.deepEqual(claims["https://api.openai.com/profile"], { email: somebody.email, email_verified: true });
		const auth = claims["https://api.openai.com/auth"];
		assert.ok(typeof auth === "object" && auth !== null);
		assert.deepEqual(
			Object.entries(auth).filter(([name]) => /^chatgpt_(?:account_id|user_id|plan_type)$/.test(name)),
			[
				["chatgpt_account_id", somebody.accountId],
				["chatgpt_plan_type", "team"],
				["chatgpt_user_id", somebody.userId],
			],
		);
		assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), json.expires_in);
		assert.match(json.refresh_token, /^rt_/);
		assert.equal(decodeJwt(json.id_token).aud, server.clientId);
	});

	it("takes a code once, with its verifier and its redirect only", async () => {
		const server = await start();
		const code = await codeOf(server);
		assert.equal((await redeem(server, code)).status, 200);
		assert.equal((await redeem(server, code)).json.error, "invalid_grant");
		const wrong = await redeem(server, await codeOf(server), { code_verifier: "another" });
		assert.equal(wrong.json.error, "invalid_grant");
		const elsewhere = await redeem(server, await codeOf(server), { redirect_uri: "http://localhost:1455/" });
		assert.equal(elsewhere.json.error, "invalid_grant");
	});

	it("takes forms only", async () => {
		const { origin } = await start();
		const { statusCode } = await request(`${origin}/oauth/token`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ grant_type: "refresh_token" }),
		});
		assert.equal(statusCode, 400);
	});

	it("brings a browser all the way to the callback", async () => {
		const asked: string[] = [];
		const callback = createServer((incoming, response) => {
			asked.push(incoming.url ?? "");
			response.end("You can close this page.");
		});
		await new Promise<void>((resolve) => callback.listen(0, "127.0.0.1", resolve));
		const { port } = callback.address() as AddressInfo;
		const redirect = `http://127.0.0.1:${port}/auth/callback`;
		const server = await start({ redirectUris: [redirect] });
		const shown = await browse(authorizeUrl(server, { redirect_uri: redirect }));
		callback.close();
		assert.match(shown.text, /close this page/);
		assert.match(asked[0] ?? "", /^\/auth\/callback\?code=/);
	});
});

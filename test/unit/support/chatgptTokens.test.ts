import assert from "node:assert/strict";
import { request } from "undici";
import { type AuthServer, type AuthServerOptions, startAuthServer } from "../../support/chatgpt/authServer.ts";
import { browse } from "../../support/chatgpt/browser.ts";
import { challenged, unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { person } from "../../support/chatgpt/people.ts";
import { deviceGrant } from "../../support/chatgpt/tokenEndpoint.ts";
import { askTokens, redeem, renew } from "./chatgptAsking.ts";

describe("the fake token endpoint", () => {
	const started: AuthServer[] = [];
	const start = async (options: AuthServerOptions = {}) => {
		const server = await startAuthServer(options);
		started.push(server);
		return server;
	};
	afterEach(async () => {
		await Promise.all(started.splice(0).map((server) => server.close()));
	});

	it("rotates refresh tokens, and ends the whole login when a spent one is shown", async () => {
		const server = await start();
		const first = await server.signIn();
		const second = await renew(server, first.refreshToken);
		assert.equal(second.status, 200);
		assert.notEqual(second.json.refresh_token, first.refreshToken);
		const reused = await renew(server, first.refreshToken);
		assert.equal(reused.status, 401);
		assert.equal(reused.json.error.code, "refresh_token_reused");
		assert.equal((await renew(server, second.json.refresh_token)).json.error.code, "refresh_token_reused");
		assert.equal(server.exchangesOf("refresh_token").length, 3);
	});

	it("refuses logins that were revoked and people whose account is closed", async () => {
		const server = await start();
		const somebody = person();
		const login = await server.signIn(somebody);
		server.revoke(somebody);
		assert.equal((await renew(server, login.refreshToken)).json.error.code, "refresh_token_invalidated");
		const other = person();
		const closed = await server.signIn(other);
		server.deactivate(other);
		assert.equal((await renew(server, closed.refreshToken)).json.error.code, "account_deactivated");
	});

	it("lets a device wait, hurry too much, and in", async () => {
		let now = Date.now();
		const server = await start({ now: () => now });
		const { body } = await request(`${server.origin}/oauth/device/code`, {
			method: "POST",
			headers: { "content-type": "application/x-www-form-urlencoded" },
			body: new URLSearchParams({ client_id: server.clientId }).toString(),
		});
		const code = JSON.parse(await body.text());
		const poll = async () => {
			const { json } = await askTokens(server, { grant_type: deviceGrant, device_code: code.device_code });
			return json.error ?? "ok";
		};
		assert.equal(await poll(), "authorization_pending");
		assert.equal(await poll(), "slow_down");
		now += 10_000;
		assert.equal(await poll(), "authorization_pending");
		assert.equal(server.approve("AAAA-AAAAA"), false);
		assert.equal((await browse(code.verification_uri_complete)).status, 200);
		now += 10_000;
		assert.equal(await poll(), "ok");
		now += 10_000;
		assert.equal(await poll(), "invalid_grant");
	});

	it("tells a device of a no, and of a code that has expired", async () => {
		let now = Date.now();
		const server = await start({ now: () => now, deviceInterval: 0 });
		const denied = server.devices.begin();
		server.devices.deny(denied.userCode);
		const poll = async (deviceCode: string) =>
			(await askTokens(server, { grant_type: deviceGrant, device_code: deviceCode })).json.error;
		assert.equal(await poll(denied.deviceCode), "access_denied");
		const late = server.devices.begin();
		now += 901_000;
		assert.equal(await poll(late.deviceCode), "expired_token");
	});

	it("gives a device of its own flow a code for the usual exchange", async () => {
		const server = await start({ deviceInterval: 0 });
		const post = async (path: string, value: unknown) => {
			const { statusCode, body } = await request(`${server.origin}/api/accounts/deviceauth/${path}`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(value),
			});
			return { status: statusCode, json: JSON.parse(await body.text()) };
		};
		const { json: code } = await post("usercode", { client_id: server.clientId });
		const asked = { device_auth_id: code.device_auth_id, user_code: code.user_code };
		assert.equal((await post("token", asked)).status, 403);
		server.approve(code.user_code);
		const { json: granted } = await post("token", asked);
		const { status } = await redeem(server, granted.authorization_code, {
			code_verifier: granted.code_verifier,
			redirect_uri: `${server.origin}/deviceauth/callback`,
		});
		assert.equal(status, 200);
	});

	it("breaks off before a grant is used, and after", async () => {
		const server = await start();
		const { refreshToken } = await server.signIn();
		server.next({ kind: "reset", when: "before" });
		await assert.rejects(renew(server, refreshToken));
		const { refresh_token: next } = (await renew(server, refreshToken)).json;
		server.next({ kind: "reset", when: "after" });
		await assert.rejects(renew(server, next));
		assert.equal((await renew(server, next)).json.error.code, "refresh_token_reused");
		assert.deepEqual(
			server.exchanges.map(({ status }) => status),
			[null, 200, null, 401],
		);
	});

	it("is slow until it is let go", async () => {
		const server = await start();
		const { refreshToken } = await server.signIn();
		const { promise, resolve } = Promise.withResolvers<void>();
		server.next({ kind: "held", when: "after", until: promise });
		const answer = renew(server, refreshToken);
		assert.equal((await server.nextExchange()).grant, "refresh_token");
		resolve();
		assert.equal((await answer).status, 200);
	});

	it("is out of service, challenges, and leaves members out", async () => {
		const server = await start();
		const { refreshToken } = await server.signIn();
		server.next(unavailable(503, "7"), challenged, { kind: "changed", members: { refresh_token: "" } });
		const { status, headers } = await renew(server, refreshToken);
		assert.deepEqual([status, headers["retry-after"]], [503, "7"]);
		const page = await renew(server, refreshToken);
		assert.equal(page.headers["cf-mitigated"], "challenge");
		assert.match(page.text, /Just a moment/);
		assert.equal((await renew(server, refreshToken)).json.refresh_token, "");
	});

	it("answers twice on the wire, and a request that came twice", async () => {
		const server = await start();
		const { refreshToken } = await server.signIn();
		server.next({ kind: "saidTwice" }, { kind: "deliveredTwice" });
		const { status, json } = await renew(server, refreshToken);
		assert.equal(status, 200);
		assert.equal((await renew(server, json.refresh_token)).json.error.code, "refresh_token_reused");
	});

	it("notices cookies, and refresh tokens in URLs", async () => {
		const server = await start();
		const { refreshToken } = await server.signIn();
		await request(`${server.origin}/oauth/token?token=${refreshToken}`, { method: "POST", headers: { cookie: "a=b" } });
		assert.equal(server.violations.length, 2);
		assert.ok(!server.violations.join().includes(refreshToken));
	});
});

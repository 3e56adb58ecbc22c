import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { type DeviceSignIn, type DeviceSignInOptions, startDeviceSignIn } from "../../../src/native/deviceSignIn.ts";
import type { AuthFailure, Fetch } from "../../../src/native/login.ts";
import { unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { startUpstream } from "../../support/upstream.ts";
import { type AuthUnderTest, freePort, settingsOf, startAuth } from "./authFixture.ts";

const noStandardWay = "/oauth/device/code";

describe("a sign-in by a code", () => {
	let auth: AuthUnderTest;
	let leaving: AbortController;
	let now: number;
	/** Seconds of each pause. */
	let pauses: number[];
	/** What happens meanwhile, one each. */
	let meanwhile: (() => void)[];

	beforeEach(async () => {
		now = Date.now();
		auth = await startAuth({ now: () => now });
		leaving = new AbortController();
		pauses = [];
		meanwhile = [];
	});
	afterEach(() => auth.server.close());

	/** Time passes only in pauses. */
	const pause: DeviceSignInOptions["pause"] = async (milliseconds) => {
		// Whoever would ask for ever is cancelled, and shows it by that.
		if (pauses.length > 500) leaving.abort();
		pauses.push(milliseconds / 1000);
		now += milliseconds;
		meanwhile.shift()?.();
	};
	const start = (more: Partial<DeviceSignInOptions> = {}): Promise<DeviceSignIn | AuthFailure> =>
		startDeviceSignIn({ settings: auth.settings, fetch, signal: leaving.signal, pause, now: () => now, ...more });
	const begun = async (more: Partial<DeviceSignInOptions> = {}): Promise<DeviceSignIn> => {
		const signIn = await start(more);
		assert.ok(signIn.kind === "ok", JSON.stringify(signIn));
		return signIn;
	};
	/** The code of the device, which is not known yet when pauses are planned. */
	const userCode = () => auth.server.devices.codes[0]?.userCode ?? "";
	const approve = () => void auth.server.approve(userCode());
	const nothing = () => {};

	/** The auth server without RFC 8628, in one of the ways of saying so. */
	const without = (answer: (response: ServerResponse) => void): Fetch => {
		return async (input, init) => {
			if (!String(input).endsWith(noStandardWay)) return fetch(input, init);
			const upstream = await startUpstream((_request, response) => answer(response));
			const reply = await fetch(upstream.origin, init);
			const text = await reply.text();
			await upstream.close();
			return new Response(text, { status: reply.status, headers: reply.headers });
		};
	};
	const notFound = without((response) => void response.writeHead(404).end());

	it("shows a code and where to type it", async () => {
		meanwhile = [approve];
		const signIn = await begun();
		assert.match(signIn.userCode, /^\w{4}-\w{5}$/);
		assert.equal(signIn.verificationUrl, `${auth.server.origin}/codex/device`);
		assert.equal(signIn.verificationUrlComplete, `${auth.server.origin}/codex/device?user_code=${signIn.userCode}`);
		assert.ok(Math.abs(signIn.expiresAt - now - 900_000) < 30_000);
		await signIn.result;
	});

	it("ends with the tokens of whoever has typed it, asking no oftener than it may", async () => {
		meanwhile = [nothing, nothing, approve];
		const result = await (await begun()).result;
		assert.ok(result.kind === "ok");
		assert.equal(result.tokens.identity.email, auth.server.visitor.email);
		assert.deepEqual(pauses, [5, 5, 5]);
		assert.deepEqual(auth.server.violations, []);
	});

	it("asks less often when it is told to, from then on", async () => {
		auth.server.devices.callNextTooEarly();
		meanwhile = [nothing, nothing, approve];
		assert.equal((await (await begun()).result).kind, "ok");
		assert.deepEqual(pauses, [5, 10, 10]);
	});

	it("ends when the person says no", async () => {
		meanwhile = [nothing, () => void auth.server.devices.deny(userCode())];
		assert.equal((await (await begun()).result).kind, "denied");
	});

	it("ends when the code has expired", async () => {
		assert.deepEqual(await (await begun()).result, { kind: "timedOut" });
		assert.equal(pauses.length, 180);
	});

	it("ends when the code has expired, although the server cannot be asked", async () => {
		const signIn = await begun({
			fetch: (input, init) =>
				String(input).endsWith("/oauth/token") ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init),
		});
		assert.deepEqual(await signIn.result, { kind: "timedOut" });
		assert.ok(pauses.length < 30);
	});

	it("waits out trouble on the way, a little longer each time", async () => {
		auth.server.next(unavailable(503), { kind: "reset", when: "before" }, unavailable(429, "20"));
		meanwhile = [nothing, nothing, nothing, nothing, approve];
		assert.equal((await (await begun()).result).kind, "ok");
		assert.deepEqual(pauses, [5, 10, 20, 25, 5]);
	});

	it("waits a day at most, whatever interval and life the server names", async () => {
		const signIn = await begun({
			fetch: async (input, init) => {
				const reply = await fetch(input, init);
				if (!String(input).endsWith(noStandardWay)) return reply;
				const code = Object(await reply.json());
				return Response.json({ ...code, interval: 1e7, expires_in: 1e12 });
			},
		});
		assert.equal((await signIn.result).kind, "timedOut");
		assert.deepEqual(pauses, [86_400]);
	});

	it("ends when it is cancelled", async () => {
		meanwhile = [nothing, () => leaving.abort()];
		assert.deepEqual(await (await begun()).result, { kind: "cancelled" });
		assert.equal(auth.server.exchanges.length, 1);
	});

	it("ends when it is cancelled by a pause that rejects", async () => {
		const signIn = await begun({ pause: (_milliseconds, signal) => cutShort(signal) });
		leaving.abort();
		assert.deepEqual(await signIn.result, { kind: "cancelled" });
	});

	it("never begins when it is cancelled already", async () => {
		assert.deepEqual(await start({ signal: AbortSignal.abort() }), { kind: "cancelled" });
	});

	it("does not begin without a network", async () => {
		const settings = settingsOf(`http://127.0.0.1:${await freePort()}`);
		assert.equal((await start({ settings })).kind, "notSent");
	});

	it("does not begin while the server asks to wait", async () => {
		const busy = without((response) => void response.writeHead(429, { "retry-after": "9" }).end("{}"));
		const signIn = await start({ fetch: busy });
		assert.ok(signIn.kind === "unavailable");
		assert.equal(signIn.seconds, 9);
	});

	for (const [what, reply] of Object.entries({
		"a file": { verification_uri: "file:///etc/passwd" },
		"a program": { verification_uri: "vscode://x/y" },
		"a page in clear": { verification_uri: "http://auth.example/device" },
		nowhere: {},
	})) {
		it(`sends nobody to ${what}`, async () => {
			const body = JSON.stringify({ device_code: "d", user_code: "u", expires_in: 900, ...reply });
			const signIn = await begun({ fetch: without((response) => void response.writeHead(200).end(body)) });
			assert.equal(signIn.verificationUrl, `${auth.server.origin}/codex/device`);
			leaving.abort();
		});
	}

	for (const [what, answer] of Object.entries<(response: ServerResponse) => void>({
		"404": (response) => void response.writeHead(404).end(),
		"405": (response) => void response.writeHead(405).end('{"detail":"Method Not Allowed"}'),
		"a web page": (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
		"a challenge": (response) => void response.writeHead(403, { "content-type": "text/html" }).end("<html>"),
		"a refusal of this client": (response) => void response.writeHead(400).end('{"error":"unauthorized_client"}'),
	})) {
		it(`goes the auth server's own way after ${what}`, async () => {
			meanwhile = [nothing, approve];
			const signIn = await begun({ fetch: without(answer) });
			assert.equal(signIn.userCode, userCode());
			assert.equal(signIn.verificationUrl, `${auth.server.origin}/codex/device`);
			assert.equal(signIn.verificationUrlComplete, null);
			const result = await signIn.result;
			assert.ok(result.kind === "ok", JSON.stringify(result));
			assert.equal(result.tokens.identity.userId, auth.server.visitor.userId);
			assert.deepEqual(pauses, [5, 5]);
		});
	}

	it("ends in that way too when the person says no, or the code has expired", async () => {
		meanwhile = [() => void auth.server.devices.deny(userCode())];
		assert.equal((await (await begun({ fetch: notFound })).result).kind, "denied");
		auth.server.devices.poll(auth.server.devices.codes[0]?.deviceCode ?? "");
		assert.deepEqual(await (await begun({ fetch: notFound })).result, { kind: "timedOut" });
	});

	it("asks less often in that way too when it is told to", async () => {
		auth.server.devices.callNextTooEarly();
		meanwhile = [nothing, approve];
		assert.equal((await (await begun({ fetch: notFound })).result).kind, "ok");
		assert.deepEqual(pauses, [5, 10]);
	});

	it("exchanges the code of that way until an answer comes", async () => {
		auth.server.next(unavailable(503), { kind: "reset", when: "before" });
		meanwhile = [approve];
		assert.equal((await (await begun({ fetch: notFound })).result).kind, "ok");
		assert.equal(auth.server.exchanges.length, 3);
	});

	it("says what the server said where it knows neither way", async () => {
		const upstream = await startUpstream(({ url }, response) => {
			response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ detail: url }));
		});
		const signIn = await start({ settings: settingsOf(upstream.origin) });
		await upstream.close();
		assert.ok(signIn.kind === "unavailable");
		assert.deepEqual([signIn.status, signIn.detail], [404, noStandardWay]);
		assert.deepEqual(
			upstream.requests.map(({ url }) => url),
			["/oauth/device/code", "/api/accounts/deviceauth/usercode"],
		);
	});
});

function cutShort(signal: AbortSignal): Promise<void> {
	return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cut short"))));
}

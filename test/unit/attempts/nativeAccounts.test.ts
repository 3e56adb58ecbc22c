import assert from "node:assert/strict";
import { request } from "undici";
import type { ServedAccount, ServedNative } from "../../../src/bridge/protocol.ts";
import { backendFates } from "../../support/chatgpt/backendFate.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { person } from "../../support/chatgpt/people.ts";
import { codexRequest } from "../../support/codexRequest.ts";
import { type HostileRelay, startHostileRelay } from "../../support/hostileRelay/hostileRelay.ts";
import { type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { clientHeaders, send, type WireReply } from "../../support/wire.ts";

describe("a request to ChatGPT accounts", () => {
	let chatGpt: ChatGpt;
	let relay: HostileRelay;
	let proxy: ProxyUnderTest;
	beforeEach(async () => {
		chatGpt = await startChatGpt({ secrets: ["local-key-of-this-test"] });
		relay = await startHostileRelay();
	});
	afterEach(async () => {
		await proxy.close();
		await relay.close();
		await chatGpt.close();
		assert.deepEqual(chatGpt.violations, []);
	});

	const start = async (...accounts: readonly ServedAccount[]) => {
		proxy = await startProxy(accounts);
	};
	const configure = (...accounts: readonly ServedAccount[]) => proxy.proxy.configure({ ...proxy.config, accounts });
	const codexRelay = (): ServedAccount => ({
		account: relayAt("codex", `${relay.origin}/v1`, {
			label: "relay",
			priority: -1,
			modelMap: { "gpt-5.6": "demo-codex-large" },
		}),
		apiKey: relay.key,
	});
	const ask = (model = "gpt-5.6", stream = true): Promise<WireReply> =>
		send(`${proxy.origin}/v1/responses`, {
			headers: clientHeaders(proxy.localKey, { "content-type": "application/json" }),
			body: JSON.stringify({ model, input: "hi", stream }),
		});
	const told = ({ status, headers }: WireReply) => [status, headers["x-relay-account"], headers["x-relay-attempts"]];
	const renewed = async (served: ServedNative): Promise<ServedNative> => ({
		...served,
		apiKey: (await chatGpt.signedIn()).accessToken,
	});

	describe("whose token is refused", () => {
		it("has the login renewed, waits for it and is answered where nobody else can answer", async () => {
			const expired = await chatGpt.servedNative(undefined, { seconds: -5, account: { label: "me" } });
			await start(expired);
			const reply = ask();
			const { refused } = await proxy.event("loginRefused");
			assert.deepEqual(refused, { accountId: expired.account.id, accessToken: expired.apiKey });
			await configure(await renewed(expired));
			assert.deepEqual(told(await reply), [200, "me", "2"]);
		});

		it("is waited with by requests that come meanwhile", async () => {
			const expired = await chatGpt.servedNative(undefined, { seconds: -5, account: { label: "me" } });
			await start(expired);
			const first = ask();
			await proxy.event("loginRefused");
			const second = ask();
			await configure(await renewed(expired));
			assert.deepEqual(told(await first), [200, "me", "2"]);
			assert.deepEqual((await second).status, 200);
			assert.equal(proxy.events.filter(({ type }) => type === "loginRefused").length, 1);
		});

		it("is answered by another account at once where there is one", async () => {
			const expired = await chatGpt.servedNative(undefined, { seconds: -5, account: { label: "me" } });
			await start(expired, codexRelay());
			assert.deepEqual(told(await ask()), [200, "relay", "2"]);
			assert.equal((await proxy.event("loginRefused")).refused.accountId, expired.account.id);
		});

		it("goes at once with the token that has come while the old one was refused", async () => {
			const { promise, resolve } = Promise.withResolvers<void>();
			const expired = await chatGpt.servedNative(undefined, { seconds: -5, account: { label: "me" } });
			await start(expired);
			chatGpt.backend.next(backendFates.held(promise));
			const reply = ask();
			while ((await chatGpt.backend.nextCall()).path !== "/codex/responses");
			await configure(await renewed(expired));
			resolve();
			assert.deepEqual(told(await reply), [200, "me", "2"]);
			assert.equal(
				proxy.events.some(({ type }) => type === "loginRefused"),
				false,
			);
		});

		it("may be given up by the client meanwhile, and leaves nothing behind", async () => {
			const expired = await chatGpt.servedNative(undefined, { seconds: -5, account: { label: "me" } });
			await start(expired);
			const leaving = new AbortController();
			const reply = request(`${proxy.origin}/v1/responses`, {
				method: "POST",
				headers: clientHeaders(proxy.localKey, { "content-type": "application/json" }),
				body: JSON.stringify({ model: "gpt-5.6", input: "hi", stream: true }),
				signal: leaving.signal,
			});
			await proxy.event("loginRefused");
			leaving.abort();
			await assert.rejects(reply);
			const { status, error, calls } = await proxy.nextRecord();
			assert.deepEqual([status, error, calls.length], [499, null, 1]);
			await configure(await renewed(expired));
			assert.equal(chatGpt.backend.callsAt("/codex/responses").length, 1);
			assert.deepEqual(told(await ask()), [200, "me", "1"]);
			await proxy.event("accounts", ({ live: [me] }) => me?.inFlight === 0 && me.rest === null && me.quota !== null);
		});

		it("gets the refusal where the login cannot be renewed", async () => {
			const expired = await chatGpt.servedNative(undefined, { seconds: -5, account: { label: "me" } });
			await start(expired);
			const reply = ask();
			const { refused } = await proxy.event("loginRefused");
			proxy.proxy.loginNotRenewed(refused.accountId);
			assert.deepEqual(told(await reply), [401, "me", "1"]);
			assert.equal((await reply).body.includes(refused.accessToken), false);
		});

		it("ends with an error in its stream where that happens in the middle, and the login is renewed", async () => {
			const served = await chatGpt.servedNative(undefined, { account: { label: "me" } });
			await start(served);
			chatGpt.backend.next(backendFates.revoked(6));
			const reply = await ask();
			assert.equal(reply.status, 200);
			assert.match(reply.body.toString(), /event: (?:error|response\.failed)/);
			await proxy.event("loginRefused");
		});
	});

	describe("whose plan is used up", () => {
		it("is answered by a relay until the reset, and the account says when that is", async () => {
			const served = await chatGpt.servedNative(undefined, { account: { label: "me" } });
			await start(served, codexRelay());
			chatGpt.backend.quotaOf(chatGpt.auth.visitor).main.primary.usedPercent = 100;
			assert.deepEqual(told(await ask()), [200, "relay", "2"]);
			assert.deepEqual(told(await ask()), [200, "relay", "1"]);
			const { live } = await proxy.event("accounts", (event) => event.live[0]?.rest !== null);
			const rest = live[0]?.rest;
			assert.equal(rest?.reason, "outOfQuota");
			assert.ok(rest.until !== null && rest.until > Date.now() + 60_000);
			assert.equal(live[0]?.quota?.buckets[0]?.primary?.usedPercent, 100);
		});
	});

	it("rests until the moment that a refusal names, by the clock of the backend", async () => {
		await start(await chatGpt.servedNative());
		const ahead = Date.now() + 3_600_000;
		const error = {
			type: "usage_limit_reached",
			message: "x",
			resets_at: Math.round(ahead / 1000) + 600,
			plan_type: "pro",
		};
		chatGpt.backend.next(backendFates.replied(429, { error }, { date: new Date(ahead).toUTCString() }));
		assert.equal((await ask()).status, 429);
		const { live } = await proxy.event("accounts", (event) => event.live[0]?.rest !== null);
		const seconds = ((live[0]?.rest?.until ?? 0) - Date.now()) / 1000;
		assert.ok(seconds > 500 && seconds < 700, String(seconds));
		assert.equal(live[0]?.quota?.plan, "pro");
	});

	it("leaves the state of a turn with the login that has given it where a relay answers next", async () => {
		await start(await chatGpt.servedNative(), codexRelay());
		const post = (more: Readonly<Record<string, string>> = {}) =>
			send(`${proxy.origin}/v1/responses`, {
				headers: clientHeaders(proxy.localKey, { ...codexRequest().headers, ...more }),
				body: codexRequest().body,
			});
		const state = String((await post()).headers["x-codex-turn-state"]);
		chatGpt.backend.next(backendFates.overloaded);
		assert.equal((await post({ "x-codex-turn-state": state })).headers["x-relay-account"], "relay");
		assert.equal(relay.calls[0]?.request.headers["x-codex-turn-state"], undefined);
		chatGpt.backend.next(backendFates.overloaded);
		await post({ "x-codex-turn-state": "of-the-relay" });
		assert.equal(relay.calls[1]?.request.headers["x-codex-turn-state"], "of-the-relay");
	});

	describe("and what is left of the plan", () => {
		for (const tells of [
			{ headers: true, events: false },
			{ headers: false, events: true },
		]) {
			for (const stream of [true, false]) {
				it(`is learnt from ${tells.headers ? "headers" : "events"} of ${stream ? "a stream" : "a collected reply"}`, async () => {
					chatGpt.backend.tellsQuota = tells;
					chatGpt.backend.quotaOf(chatGpt.auth.visitor).main.primary.usedPercent = 41;
					await start(await chatGpt.servedNative());
					assert.equal((await ask("gpt-5.6", stream)).status, 200);
					const { live } = await proxy.event("accounts", (event) => event.live[0]?.quota !== null);
					assert.equal(Math.floor(live[0]?.quota?.buckets[0]?.primary?.usedPercent ?? 0), 42);
				});
			}
		}
	});

	describe("for a model that an account does not have", () => {
		it("goes to one other login and to no third", async () => {
			const people = [1, 2, 3].map(() => person({ models: ["gpt-5.6"] }));
			const accounts = await Promise.all(
				people.map((one, index) =>
					chatGpt.servedNative(one, { account: { label: `login-${index}`, priority: -index } }),
				),
			);
			await start(...accounts);
			const reply = await ask("gpt-unheard-of");
			assert.deepEqual(told(reply), [400, "login-0", "2"]);
			assert.match(reply.body.toString(), /not supported/);
		});

		it("is not sent at all once the lists are known", async () => {
			await start(await chatGpt.servedNative(person({ models: ["gpt-5.6"] })));
			await ask();
			await proxy.event("accounts", (event) => event.live[0]?.models !== null);
			const reply = await ask("gpt-unheard-of");
			assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [404, "0"]);
		});
	});

	for (const [what, fate] of [
		["a challenge page", backendFates.challenge],
		["a ban", backendFates.ban],
		["a missing payment", backendFates.paymentRequired],
		["a path that the edge blocks", backendFates.pathBlock],
		["too much to do", backendFates.overloaded],
		["a fault of its own", backendFates.serverError],
		["a reset connection", backendFates.reset],
		["an empty reply", backendFates.empty],
		["a reply that ends before its content", backendFates.earlyEnd(2)],
		["a reply that fails before its content", backendFates.failedEvent("server_error", 1)],
	] as const) {
		for (const stream of [true, false]) {
			it(`is answered by the next account after ${what}${stream ? "" : ", without a stream"}`, async () => {
				await start(await chatGpt.servedNative(undefined, { account: { label: "me" } }), codexRelay());
				chatGpt.backend.next(fate);
				assert.deepEqual(told(await ask("gpt-5.6", stream)), [200, "relay", "2"]);
			});
		}
	}
});

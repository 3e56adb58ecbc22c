import assert from "node:assert/strict";
import { setTimeout as turn } from "node:timers/promises";
import OpenAI from "openai";
import { request } from "undici";
import type { AccountLive } from "../../../src/bridge/accountLive.ts";
import type { ServedAccount } from "../../../src/bridge/protocol.ts";
import { type BackendFate, backendFates } from "../../support/chatgpt/backendFate.ts";
import { modelsOf, sparkModel } from "../../support/chatgpt/backendModels.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { anthropicClient, geminiClient, openaiClient } from "../../support/sdkClients.ts";

const model = "gpt-5.1";

describe("ChatGPT accounts in the pool", () => {
	let chatGpt: ChatGpt;
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	let first: Person;
	let second: Person;
	const starts = async (...accounts: readonly ServedAccount[]) => {
		proxy = await startProxy(accounts);
		chatGpt.backend.keepOut(proxy.localKey);
	};
	const replace = (...accounts: readonly ServedAccount[]) => proxy.proxy.configure({ ...proxy.config, accounts });
	beforeEach(async () => {
		first = person({ email: "first@example.com" });
		second = person({ email: "second@example.com" });
		chatGpt = await startChatGpt({ visitor: first });
		relay = await startDemoRelay({ manner: "strict" });
	});
	afterEach(async () => {
		await proxy.close();
		await chatGpt.close();
		await relay.close();
		assert.deepEqual(chatGpt.violations, []);
	});
	const native = (who: Person, priority = 0) => chatGpt.servedNative(who, { account: { priority } });
	const relayOf = (format: "openai" | "codex", priority = 0): ServedAccount => ({
		account: relayAt(format, `${relay.origin}/v1`, { priority }),
		apiKey: demoKeys[format],
	});
	const client = () => openaiClient(proxy.origin, proxy.localKey);
	const chat = async (asked = model, content = "good morning") => {
		const sent = client().chat.completions.create({ model: asked, messages: [{ role: "user", content }] });
		const { data, response } = await sent.withResponse();
		const account = decodeURIComponent(response.headers.get("x-relay-account") ?? "");
		return { text: data.choices[0]?.message.content, account, attempts: response.headers.get("x-relay-attempts") };
	};
	const responses = async (asked = model, input = "good morning") => {
		const { data, response } = await client().responses.create({ model: asked, input }).withResponse();
		return { data, account: decodeURIComponent(response.headers.get("x-relay-account") ?? "") };
	};

	/** How the login stands, once it stands so. */
	const liveWhen = async (fits: (live: AccountLive) => boolean): Promise<AccountLive> => {
		for (;;) {
			const event = proxy.events.findLast((one) => one.type === "accounts");
			const live = event?.type === "accounts" ? event.live.find(({ id }) => id.startsWith("native")) : undefined;
			if (live !== undefined && fits(live)) return live;
			await turn(1);
		}
	};

	const faults: readonly (readonly [what: string, fate: BackendFate, statusAlone: number])[] = [
		["a challenge", backendFates.challenge, 502],
		["a ban", backendFates.ban, 403],
		// Chat Completions has no 402: a quota that is used up is a 429 there.
		["a missing payment", backendFates.paymentRequired, 429],
		["a blocked path", backendFates.pathBlock, 404],
		["an overload", backendFates.overloaded, 503],
		["an error of its own", backendFates.serverError, 500],
		["a reset", backendFates.reset, 502],
		["an empty reply", backendFates.empty, 502],
		["an end before the reply", backendFates.earlyEnd(2), 502],
		["an overload inside a good status", backendFates.errorEvent("server_is_overloaded", 1), 503],
		["a failed reply inside a good status", backendFates.failedEvent("server_is_overloaded", 2), 503],
		["a used-up plan inside a good status", backendFates.errorEvent("usage_limit_reached", 1), 429],
	];
	for (const [what, fate, statusAlone] of faults) {
		it(`another login answers after ${what}`, async () => {
			await starts(await native(first, 1), await native(second));
			chatGpt.backend.next(fate, { person: first });
			assert.deepEqual(await chat(), {
				text: `Hello from ${model}: good morning`,
				account: second.email,
				attempts: "2",
			});
		});

		it(`the client is told of ${what} where nobody else can answer`, async () => {
			await starts(await native(first));
			// One more call comes where the trouble may pass.
			for (let call = 0; call < 3; call += 1) chatGpt.backend.next(fate);
			await assert.rejects(chat(), (error) => {
				assert.ok(error instanceof OpenAI.APIError);
				assert.equal(error.status, statusAlone);
				return true;
			});
		});
	}

	it("a reply that breaks off after its beginning ends with an error, and is not asked for again", async () => {
		await starts(await native(first, 1), await native(second));
		chatGpt.backend.next(backendFates.cut(8));
		const stream = await client().responses.create({ model, input: "[long 20]", stream: true });
		const types: string[] = [];
		await assert.rejects(async () => {
			for await (const event of stream) types.push(event.type);
		}, /broke off/);
		assert.ok(types.includes("response.output_text.delta"));
		assert.equal(chatGpt.backend.callsAt("/codex/responses").length, 1);
	});

	for (const [what, fate] of [
		["breaks off", backendFates.cut(8)],
		["ends without its end", backendFates.earlyEnd(8)],
	] as const) {
		it(`a whole reply that ${what} is asked of one other login, and not of all`, async () => {
			await starts(...(await Promise.all([1, 2, 3, 4].map(() => native(person())))));
			for (let call = 0; call < 4; call += 1) chatGpt.backend.next(fate);
			await assert.rejects(responses(model, "[long 20]"), (error) => {
				assert.ok(error instanceof OpenAI.APIError);
				assert.equal(error.status, 504);
				return true;
			});
			assert.equal(chatGpt.backend.callsAt("/codex/responses").length, 2);
		});
	}

	it("a whole reply that ends without its end is not asked of the only login again", async () => {
		await starts(await native(first));
		chatGpt.backend.next(backendFates.earlyEnd(8));
		await assert.rejects(responses(model, "[long 20]"), (error) => {
			assert.ok(error instanceof OpenAI.APIError);
			assert.equal(error.status, 504);
			return true;
		});
		assert.equal(chatGpt.backend.callsAt("/codex/responses").length, 1);
	});

	it("the backend hears of it when the client goes away", async () => {
		await starts(await native(first));
		const { promise, resolve } = Promise.withResolvers<void>();
		chatGpt.backend.next(backendFates.paused(6, promise));
		const stream = await client().responses.create({ model, input: "[long 20]", stream: true });
		for await (const event of stream) if (event.type === "response.output_item.added") break;
		const [call] = chatGpt.backend.callsAt("/codex/responses");
		assert.equal(await call?.request.aborted, true);
		resolve();
	});

	it("an OpenAI client is answered by the OpenAI relay, then by ChatGPT when that is deleted", async () => {
		const [login, own] = [await native(first), relayOf("openai")];
		await starts(login, own, relayOf("codex"));
		assert.equal((await chat()).account, own.account.label);
		await replace(login);
		assert.equal((await chat()).account, first.email);
		await replace(login, own);
		assert.equal((await chat()).account, own.account.label);
	});

	it("a Codex client is answered by login and relay in the order of their priorities, both ways", async () => {
		await starts(await native(first, 1), relayOf("codex"));
		assert.equal((await responses()).account, first.email);
		await replace(await native(first), relayOf("codex", 1));
		assert.equal((await responses()).account, "Demo codex");
	});

	it("a relay answers while the plan is used up, and the login again after its reset", async () => {
		await starts(await native(first, 1), relayOf("codex"));
		const { main } = chatGpt.backend.quotaOf(first);
		main.primary.usedPercent = 100;
		main.primary.resetsAt = Date.now() + 60_000;
		assert.equal((await responses()).account, "Demo codex");
		const { rest } = await liveWhen(({ rest: told }) => told !== null);
		assert.equal(rest?.reason, "outOfQuota");
		assert.ok(Math.abs((rest?.until ?? 0) - main.primary.resetsAt) < 2_000);
		assert.equal((await responses()).account, "Demo codex");
		assert.equal(chatGpt.backend.callsAt("/codex/responses").length, 1);
		main.primary.usedPercent = 0;
		proxy.proxy.clearCooldown(null);
		assert.equal((await responses()).account, first.email);
	});

	it("a model's own bucket rests alone", async () => {
		first.plan = "pro";
		await starts(await native(first));
		const { spark } = chatGpt.backend.quotaOf(first);
		assert.ok(spark);
		spark.primary.usedPercent = 100;
		await assert.rejects(chat(sparkModel), OpenAI.RateLimitError);
		assert.equal((await chat()).account, first.email);
		const live = await liveWhen(({ modelRests }) => modelRests.length > 0);
		assert.equal(live.rest, null);
		assert.deepEqual(
			live.modelRests.map(({ model: resting }) => resting),
			[sparkModel],
		);
	});

	it("is told of by its replies what is left of a plan", async () => {
		chatGpt.backend.cost = 12;
		await starts(await native(first));
		await chat();
		const { quota } = await liveWhen(({ quota: told }) => told !== null);
		assert.equal(quota?.plan, "plus");
		assert.equal(quota?.buckets[0]?.primary?.usedPercent, 12);
		assert.equal(quota?.buckets[0]?.secondary?.minutes, 10_080);
	});

	it("suffixes of a model's name say effort and tier, in every format", async () => {
		await starts(await native(first));
		const named = `${model}-high-fast`;
		await chat(named);
		await responses(named);
		await anthropicClient(proxy.origin, proxy.localKey).messages.create({
			model: named,
			max_tokens: 100,
			messages: [{ role: "user", content: "good morning" }],
		});
		await geminiClient(proxy.origin, proxy.localKey).models.generateContent({ model: named, contents: "good morning" });
		for (const { body } of chatGpt.backend.callsAt("/codex/responses")) {
			assert.equal(body?.["model"], model);
			assert.match(JSON.stringify(body?.["reasoning"]), /"effort":"high"/);
			assert.equal(body?.["service_tier"], "priority");
		}
		assert.equal(chatGpt.backend.callsAt("/codex/responses").length, 4);
	});

	for (const [asked, meant, tier] of [
		["gpt-7-fast", "gpt-7-fast", undefined],
		["gpt-7-high-fast", "gpt-7-high", "priority"],
		["gpt-7-low-fast", "gpt-7", "priority"],
	] as const) {
		it(`${asked} is cut from the first request on only where no model's own name is`, async () => {
			const own = person({ models: ["gpt-7", "gpt-7-fast", "gpt-7-high"] });
			await starts(await native(own));
			assert.equal((await chat(asked)).text, `Hello from ${meant}: good morning`);
			const calls = chatGpt.backend
				.callsAt("/codex/responses")
				.map(({ body }) => [body?.["model"], body?.["service_tier"]]);
			assert.deepEqual(calls, [[meant, tier]]);
		});
	}

	it("a name with an ending is cut where the list does not come in time", async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		await starts(await native(first));
		chatGpt.backend.next(backendFates.held(promise), { place: "/codex/models" });
		assert.equal((await chat(`${model}-high`)).text, `Hello from ${model}: good morning`);
		resolve();
	}).timeout(10_000);

	it("its models are in the lists of all clients", async () => {
		await starts(await native(first));
		await chat();
		for (const client of [
			{ headers: { authorization: `Bearer ${proxy.localKey}` }, path: "/v1/models" },
			{ headers: { authorization: `Bearer ${proxy.localKey}` }, path: "/v1/models?client_version=0.169.0" },
			{ headers: { "x-api-key": proxy.localKey, "anthropic-version": "2023-06-01" }, path: "/v1/models" },
			{ headers: { "x-goog-api-key": proxy.localKey }, path: "/v1beta/models" },
		]) {
			const { body } = await request(proxy.origin + client.path, { headers: client.headers });
			const text = await body.text();
			for (const name of modelsOf(first)) assert.ok(text.includes(name), `${name} in ${client.path}: ${text}`);
		}
	});

	it("two logins are asked with other ids, also in one conversation", async () => {
		await starts(await native(first, 1), await native(second));
		const send = (input: string) => client().responses.create({ model, input, prompt_cache_key: "conversation-1" });
		await send("one");
		chatGpt.backend.next(backendFates.overloaded, { person: first });
		await send("two");
		const keys = chatGpt.backend
			.callsAt("/codex/responses")
			.map(({ person: who, traces }) => [who?.email, traces.get("prompt_cache_key")]);
		const [one, again, other] = keys;
		assert.deepEqual(again, one);
		assert.equal(other?.[0], second.email);
		assert.notEqual(other?.[1], one?.[1]);
		assert.ok(!keys.flat().includes("conversation-1"));
	});

	it("no token is in logs, records, live state and replies, whatever fails", async () => {
		const login = await native(first);
		await starts(login);
		const told: string[] = [];
		for (const [, fate] of faults) {
			chatGpt.backend.next(fate);
			await chat().catch((error: unknown) => told.push(JSON.stringify(error), String(error)));
			proxy.proxy.clearCooldown(null);
		}
		const echo = { error: { message: `The token ${login.apiKey} is strange.`, type: "invalid_request_error" } };
		chatGpt.backend.next(backendFates.replied(400, echo));
		await chat().catch((error: unknown) => told.push(JSON.stringify(error), String(error)));
		const everything = JSON.stringify([proxy.events, proxy.records, told]);
		assert.ok(everything.length > 1000);
		assert.ok(!everything.includes(login.apiKey ?? "none"));
	});
});

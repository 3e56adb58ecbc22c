import assert from "node:assert/strict";
import { backendFates } from "../../support/chatgpt/backendFate.ts";
import { sparkModel } from "../../support/chatgpt/backendModels.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";
import { type Asking, askBackend, model, question } from "./chatgptAsking.ts";

describe("the fake backend", () => {
	let chatGpt: ChatGpt;
	let somebody: Person;
	beforeEach(async () => {
		somebody = person();
		chatGpt = await startChatGpt({ visitor: somebody, secrets: ["the-local-key"] });
	});
	afterEach(() => chatGpt.close());

	const ask = (asking: Asking = {}, who = somebody) => askBackend(chatGpt, who, asking);
	const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

	it("streams a reply whose last event tells usage and no output", async () => {
		const { status, events, headers } = await ask({ body: question("[think Hm.][say Yes.]") });
		assert.equal(status, 200);
		const types = typesOf(events);
		assert.deepEqual(types.slice(0, 2), ["response.created", "response.in_progress"]);
		assert.ok(types.indexOf("response.output_item.done") < types.indexOf("response.output_text.delta"));
		const last = events.at(-1);
		assert.equal(last.type, "response.completed");
		assert.deepEqual(last.response.output, []);
		assert.ok(last.response.usage.input_tokens > 0);
		assert.match(String(headers["x-codex-turn-state"]), /^ts_/);
		assert.deepEqual(chatGpt.violations, []);
	});

	it("calls a tool when the words steer it", async () => {
		const tools = [
			{ type: "function", name: "get_weather", parameters: { type: "object", properties: {} }, strict: false },
		];
		const { events } = await ask({ body: question('[call get_weather {"city":"Oslo"}]', { tools }) });
		const item = events.find(({ type }) => type === "response.output_item.done").item;
		assert.deepEqual([item.type, item.name, item.arguments], ["function_call", "get_weather", '{"city":"Oslo"}']);
	});

	const refusedBodies: readonly (readonly [what: string, changes: Record<string, unknown>, detail: string])[] = [
		["max_output_tokens", { max_output_tokens: 100 }, "Unsupported parameter: max_output_tokens"],
		["temperature", { temperature: 1 }, "Unsupported parameter: temperature"],
		["previous_response_id", { previous_response_id: "resp_1" }, "Unsupported parameter: previous_response_id"],
		["no instructions", { instructions: undefined }, "Instructions are required"],
		["a text for an input", { input: "hello" }, "Input must be a list"],
		["no stream", { stream: false }, "Stream must be set to true"],
		["a reply to be stored", { store: true }, "Store must be set to false"],
		["a tier by the client's name for it", { service_tier: "fast" }, "Unsupported service_tier: fast"],
		[
			"a model that is not in the plan",
			{ model: sparkModel },
			`The '${sparkModel}' model is not supported when using Codex with a ChatGPT account.`,
		],
	];
	for (const [what, changes, detail] of refusedBodies) {
		it(`refuses ${what}`, async () => {
			const { status, json } = await ask({ body: question("hello", changes) });
			assert.equal(status, 400);
			assert.deepEqual(json, { detail });
		});
	}

	it("refuses tokens of nobody, expired, revoked, of a closed account, and without the workspace", async () => {
		const codeOf = async (asking: Asking) => {
			const { status, json } = await ask(asking);
			assert.equal(status, 401);
			return json.error?.code ?? json.detail;
		};
		assert.equal(await codeOf({ headers: { authorization: "" } }), "Unauthorized");
		assert.equal(await codeOf({ token: "nonsense" }), "invalid_token");
		const expired = await chatGpt.auth.signIn(somebody, -1);
		assert.equal(await codeOf({ token: expired.accessToken }), "token_expired");
		assert.equal(await codeOf({ headers: { "chatgpt-account-id": "another" } }), "invalid_workspace_selected");
		const revoked = await chatGpt.auth.signIn(somebody);
		chatGpt.auth.revoke(somebody);
		assert.equal(await codeOf({ token: revoked.accessToken }), "token_invalidated");
		chatGpt.auth.deactivate(somebody);
		assert.equal(await codeOf({ token: revoked.accessToken }), "account_deactivated");
	});

	it("takes back what it has encrypted for a workspace, and from no other", async () => {
		const { events } = await ask({ body: question("[think Hm.]") });
		const reasoning = events.find(({ type }) => type === "response.output_item.done").item;
		const again = question("and now?");
		const body = { ...again, input: [...question().input, reasoning, ...again.input] };
		assert.equal((await ask({ body })).status, 200);
		const { status, json } = await ask({ body }, person());
		assert.deepEqual([status, json.error.code], [400, "invalid_encrypted_content"]);
	});

	it("tells of the plan in headers, each bucket for itself", async () => {
		somebody.plan = "pro";
		chatGpt.backend.cost = 10;
		const { headers } = await ask();
		assert.equal(headers["x-codex-primary-used-percent"], "10");
		assert.equal(headers["x-codex-secondary-window-minutes"], "10080");
		assert.equal(headers["x-codex-active-limit"], "codex");
		const spark = await ask({ body: question("hello", { model: sparkModel }) });
		assert.equal(spark.headers["x-codex-active-limit"], "codex_bengalfox");
		assert.equal(spark.headers["x-codex-primary-used-percent"], "10");
		assert.equal(spark.headers["x-codex-bengalfox-primary-used-percent"], "10");
	});

	it("refuses when a bucket is used up, until it resets, that bucket only", async () => {
		somebody.plan = "pro";
		const quota = chatGpt.backend.quotaOf(somebody);
		const resetsAt = Date.now() + 90_000;
		Object.assign(quota.spark?.primary ?? {}, { usedPercent: 100, resetsAt });
		const { status, json, headers } = await ask({ body: question("hello", { model: sparkModel }) });
		assert.equal(status, 429);
		assert.equal(json.error.type, "usage_limit_reached");
		assert.ok(json.error.resets_in_seconds > 80 && json.error.resets_in_seconds <= 90);
		assert.equal(headers["x-codex-rate-limit-reached-type"], "rate_limit_reached");
		assert.equal((await ask()).status, 200);
		Object.assign(quota.spark?.primary ?? {}, { resetsAt: Date.now() - 1 });
		assert.equal((await ask({ body: question("hello", { model: sparkModel }) })).status, 200);
	});

	it("goes on with credits when the plan is used up, not for a bucket of its own", async () => {
		somebody.plan = "pro";
		const quota = chatGpt.backend.quotaOf(somebody);
		quota.main.secondary.usedPercent = 100;
		assert.equal((await ask()).status, 429);
		quota.credits = { unlimited: false, balance: 1 };
		Object.assign(quota.spark?.primary ?? {}, { usedPercent: 100 });
		assert.equal((await ask({ body: question("hello", { model: sparkModel }) })).status, 429);
		assert.equal((await ask()).headers["x-codex-credits-balance"], "0.00");
		assert.equal((await ask()).status, 429);
	});

	it("compacts to plain JSON, and refuses what only streams have", async () => {
		const { stream: _, store: __, include: ___, ...body } = question();
		const path = "/codex/responses/compact";
		const { status, json } = await ask({ path, body });
		assert.equal(status, 200);
		const last = json.output.at(-1);
		assert.equal(last.type, "compaction");
		assert.equal((await ask({ body: question("go on", { input: json.output }) })).status, 200);
		assert.equal((await ask({ path, body: { ...body, stream: true } })).json.detail, "Unsupported parameter: stream");
		assert.equal((await ask({ path, body: { ...body, store: false } })).status, 400);
	});

	it("lists models by plan, for those who name their version and have a good token", async () => {
		const path = "/codex/models";
		assert.equal((await ask({ path, method: "GET" })).status, 400);
		const listed = async (who: Person) => {
			const { json } = await ask({ path: `${path}?client_version=0.169.0`, method: "GET" }, who);
			return json.models.map(({ slug }: { slug: string }) => slug);
		};
		assert.ok((await listed(somebody)).includes(model));
		assert.ok(!(await listed(person({ plan: "free" }))).includes(model));
		const { accessToken: token } = await chatGpt.auth.signIn(somebody, -1);
		assert.equal((await ask({ path: `${path}?client_version=1`, method: "GET", token })).status, 401);
	});

	it("says at its usage endpoint what is left, and how long ago the tokens were given", async () => {
		somebody.plan = "pro";
		chatGpt.backend.quotaOf(somebody).main.primary.usedPercent = 42;
		const { json } = await ask({ path: "/wham/usage", method: "GET" });
		assert.equal(json.plan_type, "pro");
		assert.equal(json.rate_limit.primary_window.used_percent, 42);
		assert.equal(json.rate_limit.primary_window.limit_window_seconds, 18_000);
		assert.equal(json.additional_rate_limits[0].metered_feature, "codex_bengalfox");
		assert.ok((chatGpt.backend.calls.at(-1)?.sinceExchange ?? -1) >= 0);
	});

	it("notices what should not have come", async () => {
		const { refreshToken } = await chatGpt.auth.signIn(somebody);
		const headers = { cookie: "a=b", "sec-fetch-mode": "cors", "x-stainless-lang": "js", accept: "*/*" };
		await ask({ headers, body: question("the-local-key"), path: "/codex/responses" });
		await ask({ body: question(refreshToken) });
		const { violations } = chatGpt;
		assert.deepEqual(
			violations.map((violation) => violation.replace(/^.*: /, "")),
			[
				"the header cookie",
				"the header sec-fetch-mode",
				"the header x-stainless-lang",
				"accepts */*",
				"a secret that is none of its business",
				"a refresh token",
			],
		);
	});

	it("notices ids by which two people could be known for one, and a turn state of another", async () => {
		const other = person();
		const body = question("hello", { prompt_cache_key: "a-key" });
		const { headers } = await ask({ body });
		await ask({ body });
		const turnState = String(headers["x-codex-turn-state"]);
		await ask({ headers: { "x-codex-turn-state": turnState, "x-client-request-id": "one" } });
		assert.equal(chatGpt.violations.length, 0);
		await ask({ body, headers: { "x-codex-turn-state": turnState, "x-client-request-id": "one" } }, other);
		assert.deepEqual(
			chatGpt.violations.map((violation) => violation.replace(/^.*: /, "")),
			[
				"x-client-request-id is that of another account",
				"prompt_cache_key is that of another account",
				"the turn state was not given to this account",
			],
		);
	});

	const fates: readonly (readonly [name: string, fate: Parameters<ChatGpt["backend"]["next"]>[0], status: number])[] = [
		["a challenge", backendFates.challenge, 403],
		["a ban", backendFates.ban, 403],
		["a payment", backendFates.paymentRequired, 402],
		["a path block", backendFates.pathBlock, 404],
		["too much to do", backendFates.overloaded, 503],
		["an error of its own", backendFates.serverError, 500],
	];
	for (const [name, fate, status] of fates) {
		it(`answers with ${name} once`, async () => {
			chatGpt.backend.next(fate);
			assert.equal((await ask()).status, status);
			assert.equal((await ask()).status, 200);
		});
	}

	it("fails for the person and at the place that are meant", async () => {
		const other = person();
		chatGpt.backend.next(backendFates.overloaded, { person: other });
		chatGpt.backend.next(backendFates.pathBlock, { place: "/wham/usage" });
		assert.equal((await ask()).status, 200);
		assert.equal((await ask({}, other)).status, 503);
		assert.equal((await ask({ path: "/wham/usage", method: "GET" })).status, 404);
	});

	it("ends early, is cut, and says errors inside a 200", async () => {
		const { backend } = chatGpt;
		backend.next(backendFates.earlyEnd(3));
		const early = await ask();
		assert.deepEqual([early.status, early.events.length], [200, 3]);
		backend.next(backendFates.cut(3));
		await assert.rejects(ask());
		backend.next(backendFates.errorEvent("usage_limit_reached", 1, { resets_in_seconds: 60 }));
		const failed = await ask();
		assert.deepEqual(typesOf(failed.events), ["response.created", "error"]);
		assert.equal(failed.events[1].error.resets_in_seconds, 60);
		backend.next(backendFates.failedEvent("server_is_overloaded"));
		assert.equal((await ask()).events.at(-1).response.error.code, "server_is_overloaded");
		backend.next(backendFates.empty);
		assert.deepEqual((await ask()).events, []);
		backend.next(backendFates.reset);
		await assert.rejects(ask());
	});

	it("stops in the middle until it is let go", async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		chatGpt.backend.next(backendFates.paused(4, promise));
		const reply = ask();
		assert.equal((await chatGpt.backend.nextCall()).path, "/codex/responses");
		resolve();
		assert.equal((await reply).events.at(-1).type, "response.completed");
	});

	it("revokes a login in the middle of its stream", async () => {
		const { accessToken: token } = await chatGpt.auth.signIn(somebody);
		chatGpt.backend.next(backendFates.revoked(4));
		const { status, events } = await ask({ token });
		assert.equal(status, 200);
		assert.deepEqual([events.length, events.at(-1).error.code], [5, "token_invalidated"]);
		assert.equal((await ask({ token })).status, 401);
	});

	it("tells of the plan in a stream where that is asked for", async () => {
		chatGpt.backend.tellsQuota = { headers: false, events: true };
		const { events, headers } = await ask();
		assert.equal(headers["x-codex-primary-used-percent"], undefined);
		const told = events.find(({ type }) => type === "codex.rate_limits");
		assert.deepEqual(told.rate_limits.primary.window_minutes, 300);
	});

	it("keeps two members of a team apart, though they share a workspace", async () => {
		const one = person({ plan: "team" });
		const other = person({ plan: "team", accountId: one.accountId });
		chatGpt.backend.quotaOf(one).main.primary.usedPercent = 100;
		assert.equal((await ask({}, one)).status, 429);
		assert.equal((await ask({}, other)).status, 200);
	});
});

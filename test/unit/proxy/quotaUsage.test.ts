import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Agent } from "undici";
import type { ServedNative } from "../../../src/bridge/protocol.ts";
import { askQuota, quotaOfUsage } from "../../../src/proxy/quotaUsage.ts";
import { backendFates } from "../../support/chatgpt/backendFate.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { person } from "../../support/chatgpt/people.ts";
import { startUpstream } from "../../support/upstream.ts";

const now = Date.parse("2026-05-01T12:00:00Z");
const hour = 3_600_000;

const limit = (used: number, more: object = {}) => ({
	allowed: true,
	limit_reached: false,
	primary_window: { used_percent: used, limit_window_seconds: 18_000, reset_after_seconds: 3600, reset_at: 1 },
	secondary_window: null,
	...more,
});

describe("a reply of the usage endpoint", () => {
	it("tells each bucket, the plan and the credits", () => {
		const quota = quotaOfUsage(
			{
				plan_type: "pro",
				rate_limit: limit(12),
				code_review_rate_limit: limit(3),
				additional_rate_limits: [
					{ limit_name: "GPT-5.6-Codex-Spark", metered_feature: "codex_bengalfox", rate_limit: limit(70) },
				],
				credits: { has_credits: true, unlimited: false, balance: "8.25", overage_limit_reached: false },
			},
			now,
		);
		const window = (usedPercent: number) => ({ usedPercent, minutes: 300, resetsAt: now + hour });
		const rest = { secondary: null, reached: false };
		assert.deepEqual(quota, {
			at: now,
			plan: "pro",
			buckets: [
				{ id: "codex", name: null, primary: window(12), ...rest },
				{ id: "code_review", name: null, primary: window(3), ...rest },
				{ id: "codex_bengalfox", name: "GPT-5.6-Codex-Spark", primary: window(70), ...rest },
			],
			credits: { has: true, unlimited: false, balance: "8.25" },
		});
	});

	it("says what is used up, by any of its words", () => {
		const reached = (body: object) => quotaOfUsage(body, now)?.buckets[0]?.reached;
		assert.equal(reached({ rate_limit: limit(100, { limit_reached: true }) }), true);
		assert.equal(reached({ rate_limit: limit(20, { allowed: false }) }), true);
		assert.equal(reached({ rate_limit: limit(100) }), false);
		assert.equal(reached({ rate_limit_reached_type: { type: "workspace_member_credits_depleted" } }), true);
		assert.equal(reached({ rate_limit: limit(2), rate_limit_reached_type: { type: "stale" } }), false);
		assert.equal(reached({ rate_limit: { primary_window: { used_percent: 4 } }, rate_limit_reached_type: null }), null);
	});

	it("counts credits that may not be spent any more as none", () => {
		const credits = { has_credits: true, unlimited: true, balance: "8" };
		const spent = { has: false, unlimited: false, balance: "8" };
		assert.deepEqual(quotaOfUsage({ credits: { ...credits, overage_limit_reached: true } }, now)?.credits, spent);
		assert.deepEqual(quotaOfUsage({ credits, spend_control: { reached: true } }, now)?.credits, spent);
		assert.equal(quotaOfUsage({ credits, spend_control: { reached: false } }, now)?.credits?.has, true);
	});

	it("is believed where it can be right, and nowhere else", () => {
		for (const body of [undefined, null, 3, "x", [], {}, { rate_limit: "none", additional_rate_limits: {} }]) {
			assert.equal(quotaOfUsage(body, now), null);
		}
		const mixed = quotaOfUsage(
			{ rate_limit: limit(5), additional_rate_limits: [null, 3, {}, { rate_limit: limit(1) }, { limit_name: "x" }] },
			now,
		);
		assert.equal(mixed?.buckets.length, 1);
	});
});

describe("asking what is left of a plan", () => {
	const agent = new Agent();
	const transport = { to: () => agent };
	const never = new AbortController().signal;
	let chatGpt: ChatGpt;
	before(async () => {
		chatGpt = await startChatGpt();
	});
	after(async () => {
		assert.deepEqual(chatGpt.violations, []);
		await chatGpt.close();
		await agent.destroy();
	});

	it("gives what the backend says", async () => {
		const pro = person({ plan: "pro" });
		const served = await chatGpt.servedNative(pro);
		const quota = chatGpt.backend.quotaOf(pro);
		quota.main.primary.usedPercent = 42;
		quota.credits = { unlimited: false, balance: 3 };
		const report = await askQuota(transport, served, never);
		assert.ok(report.kind === "ok", report.kind);
		const [main, spark] = report.quota.buckets;
		assert.equal(report.quota.plan, "pro");
		assert.deepEqual(report.quota.credits, { has: true, unlimited: false, balance: "3.00" });
		assert.deepEqual([main?.id, main?.primary?.usedPercent, main?.primary?.minutes], ["codex", 42, 300]);
		assert.ok(Math.abs((main?.primary?.resetsAt ?? 0) - quota.main.primary.resetsAt) < 5_000);
		assert.deepEqual([spark?.id, spark?.name], ["codex_bengalfox", "GPT-5.6-Codex-Spark"]);
	});

	it("says who asks, and no more", async () => {
		const served = await chatGpt.servedNative(person());
		await askQuota(transport, served, never);
		const headers = chatGpt.backend.callsAt("/wham/usage").at(-1)?.request.headers ?? {};
		const { authorization, host, connection, accept, ...others } = headers;
		assert.equal(authorization, `Bearer ${served.apiKey}`);
		assert.equal(accept, "application/json");
		assert.deepEqual(others, {
			"chatgpt-account-id": served.account.accountId,
			originator: served.backend.originator,
			"user-agent": served.backend.userAgent,
		});
	});

	it("goes on with the other path where there is nothing at the first", async () => {
		const served = await chatGpt.servedNative(person());
		const answer = (path: string, response: ServerResponse): void => {
			const isThere = path === "/backend-api/codex/usage";
			response.writeHead(isThere ? 200 : 404, { "content-type": isThere ? "application/json" : "text/html" });
			response.end(isThere ? JSON.stringify({ rate_limit: limit(9) }) : "<html>Not found</html>");
		};
		const upstream = await startUpstream(({ url }, response) => answer(url, response));
		try {
			const backend = { ...served.backend, baseUrl: `${upstream.origin}/backend-api` };
			const report = await askQuota(transport, { ...served, backend }, never, () => now);
			assert.equal(report.kind === "ok" && report.quota.buckets[0]?.primary?.usedPercent, 9);
			assert.deepEqual(
				upstream.requests.map(({ url }) => url),
				["/backend-api/wham/usage", "/backend-api/codex/usage"],
			);
		} finally {
			await upstream.close();
		}
	});

	async function faultWith(fate: (typeof backendFates)["ban"], served: ServedNative) {
		chatGpt.backend.next(fate, { place: "/wham/usage" });
		return await askQuota(transport, served, never);
	}

	it("names what is wrong, without the token", async () => {
		const served = await chatGpt.servedNative(person());
		const token = served.apiKey ?? "";
		const url = `${chatGpt.backend.baseUrl}/wham/usage`;
		const quoting = backendFates.replied(401, { detail: `Bad token ${token}` });
		assert.deepEqual(await faultWith(quoting, served), {
			...{ kind: "keyRefused", url, status: 401, message: "Bad token •••" },
		});
		assert.deepEqual(await faultWith(backendFates.ban, served), {
			...{ kind: "keyRefused", url, status: 403, message: "Your account has been suspended." },
		});
		assert.deepEqual(await faultWith(backendFates.challenge, served), { kind: "html", url, status: 403 });
		assert.deepEqual(await faultWith(backendFates.replied(200, { rate_limit: "none" }), served), {
			...{ kind: "otherFormat", url, status: 200 },
		});
		assert.equal((await faultWith(backendFates.overloaded, served)).kind, "status");
		assert.equal((await faultWith(backendFates.reset, served)).kind, "network");
		const moved = backendFates.replied(302, {}, { location: `https://elsewhere.example/?t=${token}` });
		assert.deepEqual(await faultWith(moved, served), {
			...{ kind: "redirect", url, status: 302, location: "https://elsewhere.example/?t=•••" },
		});
	});

	it("asks nobody without a token", async () => {
		const served = await chatGpt.servedNative(person(), { apiKey: null });
		const calls = chatGpt.backend.calls.length;
		assert.equal((await askQuota(transport, served, never)).kind, "keyRefused");
		assert.equal(chatGpt.backend.calls.length, calls);
	});

	it("ends when it is called off", async () => {
		const served = await chatGpt.servedNative(person());
		const release = Promise.withResolvers<void>();
		const leaving = new AbortController();
		chatGpt.backend.next(backendFates.held(release.promise), { place: "/wham/usage" });
		const report = askQuota(transport, served, leaving.signal);
		await chatGpt.backend.nextCall();
		leaving.abort();
		assert.deepEqual(await report, { kind: "cancelled" });
		release.resolve();
	});
});

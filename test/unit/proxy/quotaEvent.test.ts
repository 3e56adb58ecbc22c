import assert from "node:assert/strict";
import { quotaOfEvent, quotaOfRefusal } from "../../../src/proxy/quotaEvent.ts";

const now = Date.parse("2026-05-01T12:00:00Z");
const hour = 3_600_000;
const saying = { now, clock: now };
const at = (moment: number) => Math.floor(moment / 1000);

const limits = {
	allowed: true,
	limit_reached: false,
	primary: { used_percent: 12, window_minutes: 300, reset_at: at(now + hour) },
	secondary: { used_percent: 3, window_minutes: 10_080, reset_at: at(now + 24 * hour) },
};

describe("the backend's event about its limits", () => {
	it("tells the main bucket, plan and credits", () => {
		const event = {
			type: "codex.rate_limits",
			plan_type: "plus",
			rate_limits: limits,
			credits: { has_credits: false, unlimited: false, balance: "0.00" },
		};
		assert.deepEqual(quotaOfEvent(event, saying), {
			at: now,
			plan: "plus",
			buckets: [
				{
					id: "codex",
					name: null,
					primary: { usedPercent: 12, minutes: 300, resetsAt: now + hour },
					secondary: { usedPercent: 3, minutes: 10_080, resetsAt: now + 24 * hour },
					reached: false,
				},
			],
			credits: { has: false, unlimited: false, balance: "0.00" },
		});
	});

	it("tells another bucket by its name", () => {
		const bucketOf = (more: object) => {
			const found = quotaOfEvent({ type: "codex.rate_limits", rate_limits: limits, ...more }, saying)?.buckets[0];
			return [found?.id, found?.name];
		};
		assert.deepEqual(bucketOf({ metered_limit_name: "codex_bengalfox", limit_name: "Spark" }), [
			"codex_bengalfox",
			"Spark",
		]);
		assert.deepEqual(bucketOf({ limit_name: "GPT Spark" }), ["gpt_spark", null]);
		assert.deepEqual(bucketOf({ limit_name: "模型" }), ["other", "模型"]);
		assert.deepEqual(bucketOf({ metered_limit_name: null, limit_name: null }), ["codex", null]);
	});

	it("tells its moments on the backend's clock", () => {
		const event = { type: "codex.rate_limits", rate_limits: limits };
		const found = quotaOfEvent(event, { now: now - 5 * hour, clock: now });
		assert.equal(found?.buckets[0]?.primary?.resetsAt, now - 4 * hour);
	});

	it("tells nothing where it is another event, or holds nothing", () => {
		for (const event of [
			null,
			"codex.rate_limits",
			{ type: "response.created", rate_limits: limits },
			{ type: "codex.rate_limits" },
			{ type: "codex.rate_limits", rate_limits: [], credits: 3, plan_type: {} },
			{ type: "codex.rate_limits", rate_limits: { primary: "full", secondary: { used_percent: {} } } },
		]) {
			assert.equal(quotaOfEvent(event, saying), null, JSON.stringify(event));
		}
	});
});

describe("the body of a refusal", () => {
	const error = { type: "usage_limit_reached", message: "The usage limit has been reached", plan_type: "Plus" };

	it("tells when its bucket is reset, by a wait before a moment", () => {
		const told = (more: object, clock = now) => quotaOfRefusal({ error: { ...error, ...more } }, { now, clock });
		assert.deepEqual(told({ resets_in_seconds: 90 }), { plan: "plus", resetsAt: now + 90_000, isUsedUp: true });
		assert.equal(told({ resets_at: at(now + hour) })?.resetsAt, now + hour);
		assert.equal(told({ resets_at: at(now + hour), resets_in_seconds: 60 })?.resetsAt, now + 60_000);
		assert.equal(told({ resets_at: at(now + hour) }, now + hour / 2)?.resetsAt, now + hour / 2);
		assert.equal(told({ resets_at: new Date(now + hour).toISOString() })?.resetsAt, now + hour);
	});

	it("says that the plan is used up also without an end", () => {
		const untold = { plan: "plus", resetsAt: null, isUsedUp: true };
		assert.deepEqual(quotaOfRefusal({ error }, saying), untold);
		assert.deepEqual(quotaOfRefusal({ error: { ...error, resets_at: "soon", resets_in_seconds: -4 } }, saying), untold);
		assert.deepEqual(quotaOfRefusal({ detail: { code: "usage_limit_reached" } }, saying), { ...untold, plan: null });
	});

	it("tells a wait that is not the plan's too", () => {
		assert.deepEqual(quotaOfRefusal({ error: { code: "rate_limit_exceeded", resets_in_seconds: 3 } }, saying), {
			plan: null,
			resetsAt: now + 3_000,
			isUsedUp: false,
		});
	});

	it("tells nothing where it is about something else", () => {
		for (const body of [undefined, null, "x", [], {}, { detail: "Too many requests" }, { error: "x" }]) {
			assert.equal(quotaOfRefusal(body, saying), null);
		}
	});
});

import assert from "node:assert/strict";
import type { Failure } from "../../../src/pool/cooldown.ts";
import { quotaFailure, refusedQuota } from "../../../src/proxy/quotaFailure.ts";
import { judgeReply } from "../../../src/proxy/verdict.ts";

const now = Date.parse("2026-05-01T12:00:00Z");
const at = (seconds: number) => String(Math.floor(now / 1000) + seconds);
const hour = 3600;
const day = 24 * hour;
const spark = "codex_bengalfox";

interface Given {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	readonly bucket?: string;
	/** Whether the body is at hand where the plan is looked at. */
	readonly handsBody?: boolean;
}

const usedUp = (more: object = {}) => ({
	error: { type: "usage_limit_reached", message: "The usage limit has been reached", ...more },
});
const window = (family: string, used: number, resetsIn: number) => ({
	[`x-${family}-used-percent`]: String(used),
	[`x-${family}-reset-at`]: at(resetsIn),
});

/** A refusal of the backend, judged as any reply is, then by the plan. */
function judged({ status = 429, headers = {}, body = {}, bucket = "codex", handsBody = true }: Given) {
	const raw = Object.entries(headers).flat();
	const text = typeof body === "string" ? body : JSON.stringify(body);
	const verdict = judgeReply("codex", { status, headers: raw, body: text }, now, "secret");
	assert.ok(verdict.kind === "failed");
	const refusal = { headers: raw, body: handsBody ? text : null, bucket };
	const failure = quotaFailure(verdict.failure, refusal, now);
	return { plain: verdict.failure, failure, quota: refusedQuota(failure, refusal, now) };
}

function summary(failure: Failure): readonly [kind: string, seconds: number | null, modelOnly: boolean] {
	assert.ok(failure.kind === "outOfQuota" || failure.kind === "rateLimited", failure.kind);
	return [failure.kind, failure.seconds, failure.modelOnly];
}

describe("a refusal of a ChatGPT account", () => {
	it("lasts until the reset that its body gives", () => {
		const { failure } = judged({ body: usedUp({ resets_in_seconds: 5 * day }) });
		assert.deepEqual(summary(failure), ["outOfQuota", 5 * day, false]);
		const later = judged({ body: usedUp({ resets_at: Number(at(2 * hour)) }) });
		assert.deepEqual(summary(later.failure), ["outOfQuota", 2 * hour, false]);
		const unseen = judged({ body: usedUp({ resets_in_seconds: 5 * day }), handsBody: false });
		assert.deepEqual(summary(unseen.failure), ["outOfQuota", 5 * day, false]);
	});

	it("reads a moment by the backend's clock, not by one here that is wrong", () => {
		const headers = { date: new Date(now - hour * 1000).toUTCString() };
		const { failure } = judged({ headers, body: usedUp({ resets_at: Number(at(0)) }) });
		assert.deepEqual(summary(failure), ["outOfQuota", hour, false]);
		const ahead = { date: new Date(now + hour * 1000).toUTCString() };
		const other = judged({ headers: ahead, body: usedUp({ resets_at: Number(at(2 * hour)) }) });
		assert.deepEqual(summary(other.failure), ["outOfQuota", hour, false]);
	});

	it("lasts until the last full window of the bucket is reset", () => {
		const headers = { ...window("codex-primary", 100, hour), ...window("codex-secondary", 100, 3 * day) };
		const { failure } = judged({ headers, body: usedUp({ resets_in_seconds: hour }) });
		assert.deepEqual(summary(failure), ["outOfQuota", 3 * day, false]);
		const half = { ...headers, ...window("codex-secondary", 60, 3 * day) };
		assert.deepEqual(summary(judged({ headers: half, body: usedUp() }).failure), ["outOfQuota", hour, false]);
	});

	it("is about the plan also without a reason where the headers show a full window, credits or not", () => {
		const headers = { ...window("codex-primary", 100, hour), "x-codex-credits-unlimited": "true" };
		assert.deepEqual(summary(judged({ headers, body: "" }).failure), ["outOfQuota", hour, false]);
	});

	it("is about the pace where a window has something left", () => {
		const headers = { ...window("codex-primary", 20, hour), "retry-after": "7" };
		const { failure, quota } = judged({ headers, body: { detail: "Too many requests" } });
		assert.deepEqual(summary(failure), ["rateLimited", 7, false]);
		assert.equal(quota, null);
		assert.deepEqual(summary(judged({ body: "" }).failure), ["rateLimited", null, false]);
	});

	it("is about the plan where the wait is longer than anybody's pace", () => {
		const body = { error: { code: "rate_limit_exceeded", resets_in_seconds: 5 * day } };
		assert.deepEqual(summary(judged({ body }).failure), ["outOfQuota", 5 * day, false]);
		const short = { error: { code: "rate_limit_exceeded", resets_in_seconds: 40 } };
		assert.deepEqual(summary(judged({ body: short }).failure), ["rateLimited", 40, false]);
	});

	it("is the one model's where that has a bucket of its own", () => {
		const given = { bucket: spark, body: usedUp({ resets_in_seconds: hour }) };
		assert.deepEqual(summary(judged(given).failure), ["outOfQuota", hour, true]);
		assert.deepEqual(summary(judged({ bucket: spark, body: "" }).failure), ["rateLimited", null, true]);
		const headers = { ...window("codex-primary", 100, 3 * day), ...window("codex-bengalfox-primary", 100, hour) };
		assert.deepEqual(summary(judged({ bucket: spark, headers, body: "" }).failure), ["outOfQuota", hour, true]);
	});

	it("goes by the bucket that the reply names", () => {
		const headers = { ...window("codex-bengalfox-primary", 100, hour), "x-codex-active-limit": "codex_bengalfox" };
		assert.deepEqual(summary(judged({ headers, body: usedUp() }).failure), ["outOfQuota", hour, true]);
		const main = { ...headers, "x-codex-active-limit": "codex" };
		const body = usedUp({ resets_in_seconds: 60 });
		assert.deepEqual(summary(judged({ headers: main, body, bucket: spark }).failure), ["outOfQuota", 60, false]);
	});

	it("for want of payment is the whole account's, whichever model found out", () => {
		const { failure, quota } = judged({
			status: 402,
			bucket: spark,
			body: { detail: { code: "deactivated_workspace" } },
		});
		assert.deepEqual(summary(failure), ["outOfQuota", null, false]);
		assert.equal(quota, null);
	});

	it("of another kind stays as it is", () => {
		for (const [status, body] of [
			[401, {}],
			[403, { detail: "banned" }],
			[503, { error: { code: "server_is_overloaded" } }],
		] as const) {
			const { plain, failure, quota } = judged({ status, body, headers: window("codex-primary", 100, hour) });
			assert.equal(failure, plain);
			assert.equal(quota, null);
		}
	});

	it("tells of the plan that the bucket is used up, beside what its headers tell", () => {
		const headers = { ...window("codex-primary", 10, hour), ...window("codex-bengalfox-primary", 100, hour) };
		const { quota } = judged({ headers, bucket: spark, body: usedUp({ plan_type: "pro" }) });
		assert.equal(quota?.plan, "pro");
		assert.deepEqual(
			quota?.buckets.map(({ id, reached }) => [id, reached]),
			[
				[spark, true],
				["codex", null],
			],
		);
		const bare = judged({ body: usedUp() }).quota;
		assert.deepEqual(bare?.buckets, [{ id: "codex", name: null, primary: null, secondary: null, reached: true }]);
	});
});

import assert from "node:assert/strict";
import type { Quota, QuotaBucket } from "../../../src/bridge/quota.ts";
import { activeBucket, quotaOfHeaders } from "../../../src/proxy/quotaHeaders.ts";

const now = Date.parse("2026-05-01T12:00:00Z");
const hour = 3_600_000;
const seconds = (moment: number) => String(Math.floor(moment / 1000));

function read(headers: Readonly<Record<string, string>>): Quota | null {
	return quotaOfHeaders(Object.entries(headers).flat(), now);
}

function bucketIn(headers: Readonly<Record<string, string>>, id = "codex"): QuotaBucket | undefined {
	return read(headers)?.buckets.find((bucket) => bucket.id === id);
}

const main = {
	"x-codex-primary-used-percent": "42.5",
	"x-codex-primary-window-minutes": "300",
	"x-codex-primary-reset-at": seconds(now + hour),
	"x-codex-secondary-used-percent": "7",
	"x-codex-secondary-window-minutes": "10080",
	"x-codex-secondary-reset-at": seconds(now + 72 * hour),
};

describe("the headers of a reply about the plan", () => {
	it("tell the main bucket's two windows", () => {
		assert.deepEqual(read({ "content-type": "text/event-stream", ...main }), {
			at: now,
			plan: null,
			buckets: [
				{
					id: "codex",
					name: null,
					primary: { usedPercent: 42.5, minutes: 300, resetsAt: now + hour },
					secondary: { usedPercent: 7, minutes: 10_080, resetsAt: now + 72 * hour },
					reached: null,
				},
			],
			credits: null,
		});
	});

	it("tell nothing where there are none", () => {
		assert.equal(read({ "content-type": "text/event-stream", "x-codex-turn-state": "x" }), null);
		assert.equal(read({ "x-codex-primary-over-secondary-limit-percent": "3" }), null);
	});

	it("tell further buckets by what they begin with, the main one first, whatever the case", () => {
		const quota = read({
			"X-Codex-Bengalfox-Primary-Used-Percent": "88",
			"x-codex-bengalfox-limit-name": " GPT-5.6-Codex-Spark\t",
			...main,
		});
		assert.deepEqual(
			quota?.buckets.map(({ id, name, primary }) => [id, name, primary?.usedPercent]),
			[
				["codex", null, 42.5],
				["codex_bengalfox", "GPT-5.6-Codex-Spark", 88],
			],
		);
	});

	it("call the bucket of code reviews by one name", () => {
		for (const family of ["x-codex-code-review", "x-codex-review", "x-code-review"]) {
			const found = bucketIn({ [`${family}-primary-used-percent`]: "5" }, "code_review");
			assert.equal(found?.primary?.usedPercent, 5, family);
		}
	});

	it("tell moments on the backend's clock, which may be another than here", () => {
		const clock = now - 2 * hour;
		const headers = {
			date: new Date(clock).toUTCString(),
			"x-codex-primary-used-percent": "1",
			"x-codex-primary-reset-at": seconds(clock + hour),
		};
		assert.equal(bucketIn(headers)?.primary?.resetsAt, now + hour);
	});

	it("tell waits, which no clock can spoil", () => {
		const headers = {
			"x-codex-primary-used-percent": "1",
			"x-codex-primary-reset-after-seconds": "90",
			"x-codex-primary-reset-at": "1",
		};
		assert.equal(bucketIn(headers)?.primary?.resetsAt, now + 90_000);
	});

	it("lose what cannot be right, and nothing else", () => {
		const bad = ["", "NaN", "-5", "1e9", "lots", "Infinity", "0x10"];
		for (const value of bad) {
			const found = bucketIn({ ...main, "x-codex-primary-window-minutes": value });
			assert.deepEqual(found?.primary, { usedPercent: 42.5, minutes: null, resetsAt: now + hour }, value);
			assert.equal(bucketIn({ ...main, "x-codex-primary-used-percent": value })?.primary, null, value);
			assert.equal(bucketIn({ ...main, "x-codex-secondary-used-percent": value })?.primary?.usedPercent, 42.5);
			assert.equal(bucketIn({ ...main, "x-codex-primary-reset-at": value })?.primary?.resetsAt, null, value);
		}
		for (const far of [seconds(now + 400 * 24 * hour), "99999999999999999", "17"]) {
			assert.equal(bucketIn({ ...main, "x-codex-primary-reset-at": far })?.primary?.resetsAt, null, far);
		}
	});

	it("have no window where all of it is zero", () => {
		const found = bucketIn({
			...main,
			"x-codex-secondary-used-percent": "0",
			"x-codex-secondary-window-minutes": "0",
			"x-codex-secondary-reset-at": "0",
		});
		assert.equal(found?.secondary, null);
		assert.equal(found?.primary?.usedPercent, 42.5);
		assert.equal(bucketIn({ ...main, "x-codex-primary-used-percent": "0" })?.primary?.usedPercent, 0);
	});

	it("tell more than the whole where more was used", () => {
		assert.equal(bucketIn({ ...main, "x-codex-primary-used-percent": "104" })?.primary?.usedPercent, 104);
	});

	it("tell credits, in Python's and in any other spelling", () => {
		const creditsOf = (has: string, unlimited: string, balance: string) =>
			read({
				"x-codex-credits-has-credits": has,
				"x-codex-credits-unlimited": unlimited,
				"x-codex-credits-balance": balance,
			})?.credits;
		assert.deepEqual(creditsOf("True", "False", "9.99"), { has: true, unlimited: false, balance: "9.99" });
		assert.deepEqual(creditsOf("1", "0", ""), { has: true, unlimited: false, balance: null });
		assert.deepEqual(creditsOf("false", "false", "rich"), { has: false, unlimited: false, balance: null });
		assert.deepEqual(creditsOf("maybe", "", "3"), { has: true, unlimited: false, balance: "3" });
		assert.equal(creditsOf("", "", ""), undefined);
	});

	it("tell the plan", () => {
		assert.equal(read({ "x-codex-plan-type": "Pro" })?.plan, "pro");
		assert.equal(read({ ...main, "x-codex-plan-type": "unknown" })?.plan, null);
		assert.equal(read({ ...main, "x-codex-plan-type": "<script>" })?.plan, null);
	});

	it("say which bucket is used up", () => {
		const type = { "x-codex-rate-limit-reached-type": "rate_limit_reached" };
		assert.equal(bucketIn({ ...main, ...type })?.reached, true);
		const spark = {
			...main,
			"x-codex-bengalfox-primary-used-percent": "100",
			"x-codex-active-limit": "codex_bengalfox",
		};
		assert.equal(bucketIn({ ...spark, ...type })?.reached, null);
		assert.equal(bucketIn({ ...spark, ...type }, "codex_bengalfox")?.reached, true);
		assert.deepEqual(bucketIn(type), { id: "codex", name: null, primary: null, secondary: null, reached: true });
		assert.equal(bucketIn({ ...main, "x-codex-rate-limit-reached-type": " " })?.reached, null);
	});

	it("say in which bucket a request counted, if that is one of which they tell", () => {
		const active = (headers: Readonly<Record<string, string>>) => activeBucket(Object.entries(headers).flat());
		const spark = { "x-codex-bengalfox-primary-used-percent": "1" };
		assert.equal(active({ "x-codex-active-limit": "codex" }), "codex");
		assert.equal(active({ ...spark, "x-codex-active-limit": "codex-bengalfox" }), "codex_bengalfox");
		assert.equal(active({ ...main, "x-codex-active-limit": "premium" }), null);
		assert.equal(active({ "x-codex-active-limit": "codex_bengalfox" }), null);
		assert.equal(active(main), null);
	});

	it("do not fill the memory", () => {
		const many = Array.from({ length: 100 }, (_, index) => [`x-b${index}-primary-used-percent`, "1"]);
		assert.equal(quotaOfHeaders(many.flat(), now)?.buckets.length, 20);
		const long = { [`x-${"a".repeat(200)}-primary-used-percent`]: "1" };
		assert.equal(read(long), null);
		const named = { ...main, "x-codex-limit-name": "n".repeat(5000) };
		assert.equal(bucketIn(named)?.name?.length, 100);
	});

	it("are read quickly, however they are made", () => {
		const took = [1, 2, 3].map(() => {
			const startedAt = performance.now();
			read({ [`x-${"a-".repeat(20_000)}primary`]: "1" });
			return performance.now() - startedAt;
		});
		assert.ok(Math.min(...took) < 500, `${took.join(", ")} ms`);
	});
});

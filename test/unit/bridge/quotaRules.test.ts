import assert from "node:assert/strict";
import type { Quota, QuotaBucket, QuotaCredits, QuotaWindow } from "../../../src/bridge/quota.ts";
import {
	exhaustion,
	fullestWindow,
	hasCredit,
	hintLevel,
	isSameWindow,
	mergeQuota,
	presumedBucket,
	quotaAsOf,
	saysTheSame,
} from "../../../src/bridge/quotaRules.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 4, 1);

function window(usedPercent: number, resetsIn: number | null, minutes: number | null = 300): QuotaWindow {
	return { usedPercent, minutes, resetsAt: resetsIn === null ? null : now + resetsIn };
}

function bucket(given: Partial<QuotaBucket> = {}): QuotaBucket {
	return { id: "codex", name: null, primary: null, secondary: null, reached: null, ...given };
}

function quota(buckets: readonly QuotaBucket[], given: Partial<Quota> = {}): Quota {
	return { at: now, plan: null, credits: null, ...given, buckets };
}

function credits(given: Partial<QuotaCredits> = {}): QuotaCredits {
	return { has: true, unlimited: false, balance: null, ...given };
}

const mainOf = (primary: QuotaWindow | null, secondary: QuotaWindow | null = null, reached: boolean | null = null) =>
	quota([bucket({ primary, secondary, reached })]);

describe("what is known of a plan", () => {
	it("is what was told where nothing was known, the main bucket first", () => {
		const told = quota([bucket({ id: "codex_bengalfox" }), bucket({ id: "a" }), bucket()]);
		assert.deepEqual(
			mergeQuota(null, told, now).buckets.map(({ id }) => id),
			["codex", "a", "codex_bengalfox"],
		);
	});

	it("takes the newer word for each bucket, and keeps the others", () => {
		const spark = bucket({ id: "codex_bengalfox", primary: window(60, hour) });
		const known = quota([bucket({ primary: window(10, hour) }), spark], { at: now - minute });
		const merged = mergeQuota(known, mainOf(window(20, hour)), now);
		assert.equal(merged.at, now);
		assert.deepEqual(merged.buckets, [bucket({ primary: window(20, hour) }), spark]);
	});

	it("keeps plan, name and credits where the newer word is silent", () => {
		const known = quota([bucket({ name: "Everything", primary: window(1, hour) })], {
			plan: "pro",
			credits: credits({ balance: "12.50" }),
		});
		const merged = mergeQuota(known, { ...mainOf(window(2, hour)), at: now + 1 }, now + 1);
		assert.equal(merged.plan, "pro");
		assert.deepEqual(merged.credits, credits({ balance: "12.50" }));
		assert.equal(merged.buckets[0]?.name, "Everything");
	});

	it("keeps a balance that a reply leaves out, as long as there are credits at all", () => {
		const known = quota([], { credits: credits({ balance: "3" }) });
		assert.equal(mergeQuota(known, quota([], { credits: credits() }), now).credits?.balance, "3");
		assert.deepEqual(mergeQuota(known, quota([], { credits: credits({ has: false }) }), now).credits, {
			has: false,
			unlimited: false,
			balance: null,
		});
	});

	it("is not undone by an older word that comes later; what is missing is filled in from it", () => {
		const known = mainOf(window(50, hour));
		const late = quota([bucket({ primary: window(40, hour), name: "Main" }), bucket({ id: "x" })], {
			at: now - minute,
			plan: "plus",
		});
		const merged = mergeQuota(known, late, now);
		assert.equal(merged.at, now);
		assert.equal(merged.plan, "plus");
		assert.deepEqual(merged.buckets, [bucket({ primary: window(50, hour), name: "Main" }), bucket({ id: "x" })]);
	});

	it("gives way to what is told after the clock was set back", () => {
		const known = { ...mainOf(window(100, hour)), at: now + day };
		assert.equal(mergeQuota(known, mainOf(window(3, hour)), now).buckets[0]?.primary?.usedPercent, 3);
	});

	it("loses a window that the plan has no more", () => {
		const known = mainOf(window(10, hour), window(100, day, 10_080));
		assert.equal(mergeQuota(known, mainOf(window(10, hour, 10_080)), now).buckets[0]?.secondary, null);
	});

	it("keeps its windows where only a refusal was told, and ends the refusal with the next reply", () => {
		const known = mainOf(window(97, hour));
		const refused = mergeQuota(known, mainOf(null, null, true), now);
		assert.deepEqual(refused.buckets, [bucket({ primary: window(97, hour), reached: true })]);
		assert.equal(mergeQuota(refused, mainOf(window(97, hour)), now).buckets[0]?.reached, null);
	});

	it("does not flicker when a reset moment drifts by seconds, and follows when it moves", () => {
		const known = mainOf(window(10, hour));
		const told = (resetsIn: number) => mergeQuota(known, mainOf(window(10, resetsIn)), now).buckets[0]?.primary;
		assert.equal(told(hour + 1_000)?.resetsAt, now + hour);
		assert.equal(told(hour - 59_000)?.resetsAt, now + hour);
		assert.equal(told(hour + minute)?.resetsAt, now + hour + minute);
	});

	it("keeps a reset moment that a reply leaves out, unless the window has been reset", () => {
		const told = (known: QuotaWindow, used: number) =>
			mergeQuota(mainOf(known), mainOf(window(used, null, null)), now).buckets[0]?.primary;
		assert.deepEqual(told(window(10, hour), 12), window(12, hour));
		assert.deepEqual(told(window(10, hour), 2), window(2, null));
		assert.deepEqual(told(window(10, -1), 12), window(12, null));
	});

	it("says the same whenever it was told", () => {
		const one = mainOf(window(10, hour));
		assert.ok(saysTheSame(one, { ...one, at: now + day }));
		assert.ok(!saysTheSame(one, mainOf(window(11, hour))));
	});
});

describe("two words about a window", () => {
	it("are about the same one when their resets are less than half of it apart", () => {
		assert.ok(isSameWindow(window(1, hour), window(2, hour + 149 * minute)));
		assert.ok(!isSameWindow(window(1, hour), window(2, hour + 150 * minute)));
		assert.ok(isSameWindow(window(1, hour, 10_080), window(2, 2 * day, 10_080)));
		assert.ok(!isSameWindow(window(1, null), window(1, null)));
	});
});

describe("a quota as time goes by", () => {
	it("has nothing used of a window that has been reset", () => {
		const told = mainOf(window(100, hour), window(40, day, 10_080));
		assert.equal(quotaAsOf(told, now + hour - 1), told);
		assert.deepEqual(quotaAsOf(told, now + hour).buckets, [
			bucket({ primary: window(0, null), secondary: window(40, day, 10_080) }),
		]);
	});

	it("has nothing used of a window without a moment when its whole length has passed", () => {
		const told = mainOf(window(80, null));
		assert.equal(quotaAsOf(told, now + 5 * hour - 1), told);
		assert.equal(quotaAsOf(told, now + 5 * hour).buckets[0]?.primary?.usedPercent, 0);
	});

	it("is no longer called used up once the full window has been reset", () => {
		const told = mainOf(window(100, hour), window(40, day, 10_080), true);
		assert.equal(quotaAsOf(told, now + hour).buckets[0]?.reached, null);
		const both = mainOf(window(100, hour), window(100, day, 10_080), true);
		assert.equal(quotaAsOf(both, now + hour).buckets[0]?.reached, true);
	});

	it("is called used up for an hour at most where no window is full", () => {
		const told = mainOf(window(40, day, 10_080), null, true);
		assert.deepEqual(exhaustion(told, "codex", now + hour - 1), { until: null });
		assert.equal(exhaustion(told, "codex", now + hour), null);
	});
});

describe("how full a plan is", () => {
	it("is told by its fullest window, of equals the one that is reset later", () => {
		assert.equal(fullestWindow(mainOf(window(30, hour), window(60, day)), now)?.span, "secondary");
		assert.equal(fullestWindow(mainOf(window(70, hour), window(60, day)), now)?.span, "primary");
		assert.equal(fullestWindow(mainOf(window(60, hour), window(60, day)), now)?.span, "secondary");
		assert.equal(fullestWindow(mainOf(window(90, -1), window(60, day)), now)?.span, "secondary");
		assert.equal(fullestWindow(mainOf(null), now), null);
		assert.equal(fullestWindow(quota([]), now), null);
	});

	it("is worth a word from 80 and from 95 percent on, for the bucket in question alone", () => {
		const levels = [0, 79.9, 80, 94.9, 95, 99.9, 100, 130].map((used) => hintLevel(mainOf(window(used, hour)), now));
		assert.deepEqual(levels, ["none", "none", "near", "near", "nearlyUp", "nearlyUp", "usedUp", "usedUp"]);
		const spark = quota([bucket({ id: "codex_bengalfox", primary: window(100, hour) }), bucket()]);
		assert.equal(hintLevel(spark, now), "none");
		assert.equal(hintLevel(spark, now, "codex_bengalfox"), "usedUp");
		assert.equal(hintLevel(mainOf(window(100, hour)), now + hour), "none");
	});

	it("is no end while credits go on", () => {
		assert.equal(hintLevel({ ...mainOf(window(100, hour)), credits: credits() }, now), "nearlyUp");
	});
});

describe("a bucket that is used up", () => {
	it("is so until the last of its full windows is reset", () => {
		assert.deepEqual(exhaustion(mainOf(window(100, hour), window(99, day)), "codex", now), { until: now + hour });
		assert.deepEqual(exhaustion(mainOf(window(100, hour), window(100, day)), "codex", now), { until: now + day });
		assert.deepEqual(exhaustion(mainOf(window(100, null), null), "codex", now), { until: null });
		assert.equal(exhaustion(mainOf(window(99, hour)), "codex", now), null);
		assert.equal(exhaustion(mainOf(window(100, -1)), "codex", now), null);
	});

	it("says nothing of another bucket", () => {
		assert.equal(exhaustion(mainOf(window(100, hour)), "codex_bengalfox", now), null);
	});

	it("is not so where the backend says that it is not", () => {
		assert.equal(exhaustion(mainOf(window(100, hour), null, false), "codex", now), null);
	});

	it("is no obstacle where credits go on", () => {
		const full = mainOf(window(100, hour));
		const withCredits = (given: Partial<QuotaCredits>) =>
			exhaustion({ ...full, credits: credits(given) }, "codex", now) === null;
		assert.ok(withCredits({}));
		assert.ok(withCredits({ balance: "0.01" }));
		assert.ok(withCredits({ has: false, unlimited: true }));
		assert.ok(!withCredits({ balance: "0.00" }));
		assert.ok(!withCredits({ balance: "-2" }));
		assert.ok(!withCredits({ has: false, balance: "5" }));
		assert.ok(!hasCredit(null));
	});
});

describe("the bucket of a model that no reply has told of", () => {
	for (const [model, id] of [
		["gpt-5.6", "codex"],
		["gpt-5.3-codex-spark", "codex_bengalfox"],
		["GPT-5.3-Codex-Spark-high", "codex_bengalfox"],
		["sparkling-1", "codex"],
	]) {
		it(`is ${id} for ${model}`, () => assert.equal(presumedBucket(model ?? ""), id));
	}
});

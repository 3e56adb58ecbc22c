import assert from "node:assert/strict";
import type { ModelRest, Rest } from "../../../src/bridge/accountLive.ts";
import type { Quota, QuotaBucket } from "../../../src/bridge/quota.ts";
import { presumedBucket } from "../../../src/bridge/quotaRules.ts";
import { cooldownAfter } from "../../../src/pool/cooldown.ts";
import { ModelBuckets } from "../../../src/pool/modelBuckets.ts";
import { afterQuota, type QuotaState, quotaRest } from "../../../src/pool/quotaRest.ts";
import { outOfQuota } from "./poolUnderTest.ts";

const now = Date.UTC(2026, 4, 1);
const hour = 3_600_000;
const spark = "gpt-5.6-codex-spark";

function bucket(id: string, usedPercent: number, resetsIn: number | null = 2 * hour): QuotaBucket {
	const resetsAt = resetsIn === null ? null : now + resetsIn;
	return { id, name: null, primary: { usedPercent, minutes: 300, resetsAt }, secondary: null, reached: null };
}

const quota = (...buckets: readonly QuotaBucket[]): Quota => ({ at: now, plan: null, buckets, credits: null });
const rest = (until: number | null, reason: Rest["reason"] = "outOfQuota"): Rest => ({
	reason,
	until,
	status: 429,
	detail: "The usage limit has been reached",
});
const modelRest = (model: string, until: number): ModelRest => ({ ...rest(until), model });
const state = (given: Partial<QuotaState> = {}): QuotaState => ({ quota: null, rest: null, modelRests: [], ...given });
const told = (given: Quota, model: string | null) => ({ quota: given, model, bucketOf: presumedBucket });

describe("the rest that a quota asks for", () => {
	it("is the whole account's when the bucket is used up that most models share", () => {
		const found = quotaRest(quota(bucket("codex", 100)), "gpt-5.6", now);
		assert.deepEqual(found, {
			scope: "account",
			rest: { reason: "outOfQuota", until: now + 2 * hour, status: null, detail: "" },
		});
	});

	it("is the one model's when that has a bucket of its own", () => {
		const found = quotaRest(quota(bucket("codex", 5), bucket("codex_bengalfox", 100)), spark, now);
		assert.equal(found?.scope, "model");
		assert.equal(quotaRest(quota(bucket("codex", 5), bucket("codex_bengalfox", 100)), "gpt-5.6", now), null);
	});

	it("goes by what replies have told of a model before its name", () => {
		const full = quota(bucket("codex", 5), bucket("codex_other", 100));
		assert.equal(quotaRest(full, "gpt-5.6", now, () => "codex_other")?.scope, "model");
		assert.equal(
			quotaRest(full, spark, now, () => "codex"),
			null,
		);
	});

	it("has an end, whatever is told of one: an hour for none, a month at most", () => {
		const until = (resetsIn: number | null) => {
			const found = quotaRest(quota(bucket("codex", 100, resetsIn)), null, now);
			return ((found?.rest.until ?? Number.NaN) - now) / hour;
		};
		assert.equal(until(null), 1);
		assert.equal(until(200 * 24 * hour), 31 * 24);
	});
});

describe("an account that was told of its plan", () => {
	it("knows more, and rests as before where something is left", () => {
		const before = state({ rest: rest(now + hour, "rateLimited") });
		const after = afterQuota(before, told(quota(bucket("codex", 50)), "gpt-5.6"), now);
		assert.equal(after.quota?.buckets[0]?.primary?.usedPercent, 50);
		assert.equal(after.rest, before.rest);
		assert.equal(after.modelRests, before.modelRests);
	});

	it("never rests shorter than it did", () => {
		const longer = rest(now + 9 * hour);
		const full = quota(bucket("codex", 100), bucket("codex_bengalfox", 100));
		assert.equal(afterQuota(state({ rest: longer }), told(full, "gpt-5.6"), now).rest, longer);
		const own = [modelRest(spark, now + 9 * hour)];
		const sparkFull = quota(bucket("codex_bengalfox", 100));
		assert.equal(afterQuota(state({ modelRests: own }), told(sparkFull, spark), now).modelRests, own);
	});

	it("rests with the one model alone, whose other rests stay", () => {
		const other = modelRest("other", now + hour);
		const after = afterQuota(
			state({ modelRests: [other] }),
			told(quota(bucket("codex", 3), bucket("codex_bengalfox", 100)), spark),
			now,
		);
		assert.equal(after.rest, null);
		assert.deepEqual(
			after.modelRests.map(({ model, until }) => [model, until]),
			[
				["other", now + hour],
				[spark, now + 2 * hour],
			],
		);
	});

	it("does not rest for an older word: somebody may have ended that rest", () => {
		const before = state({ quota: quota(bucket("codex", 100)) });
		const after = afterQuota(before, told(quota(bucket("codex_bengalfox", 10)), spark), now);
		assert.equal(after.rest, null);
		assert.equal(after.quota?.buckets[0]?.primary?.usedPercent, 100);
	});

	it("goes on with credits that a reply leaves out", () => {
		const credits = { has: true, unlimited: false, balance: "7" };
		const before = state({ quota: { ...quota(), credits } });
		assert.equal(afterQuota(before, told(quota(bucket("codex", 100)), "gpt-5.6"), now).rest, null);
	});

	it("leaves the rest to the refusal where that tells no window", () => {
		const said: QuotaBucket = { id: "codex", name: null, primary: null, secondary: null, reached: true };
		assert.equal(afterQuota(state(), told(quota(said), "gpt-5.6"), now).rest, null);
		assert.equal(afterQuota(state(), told(quota(said), null), now).rest?.until, now + hour);
	});

	it("is picked again when it was asked after and something is left; a reply ends no rest, it may be an old one's", () => {
		const before = state({ rest: rest(now + 9 * hour), modelRests: [modelRest(spark, now + 9 * hour)] });
		const open = quota(bucket("codex", 3), bucket("codex_bengalfox", 100));
		const replied = afterQuota(before, told(open, "gpt-5.6"), now);
		assert.equal(replied.rest, before.rest);
		const asked = afterQuota(before, told(open, null), now);
		assert.equal(asked.rest, null);
		assert.equal(asked.modelRests, before.modelRests);
		const both = afterQuota(before, told(quota(bucket("codex_bengalfox", 4)), null), now);
		assert.equal(both.rest, before.rest);
		assert.deepEqual(both.modelRests, []);
	});

	it("keeps rests that have nothing to do with its plan", () => {
		const before = state({
			rest: rest(null, "keyRefused"),
			modelRests: [{ ...rest(null, "modelUnknown"), model: "x" }],
		});
		const after = afterQuota(before, told(quota(bucket("codex", 3)), null), now);
		assert.equal(after.rest, before.rest);
		assert.equal(after.modelRests, before.modelRests);
	});

	it("does not remember more models than a client can be expected to need", () => {
		let after = state();
		for (let index = 0; index < 120; index += 1) {
			after = afterQuota(after, told(quota(bucket("codex_bengalfox", 100)), `spark-${index}`), now);
		}
		assert.equal(after.modelRests.length, 100);
		assert.equal(after.modelRests.at(-1)?.model, "spark-119");
	});
});

describe("a refusal for want of quota", () => {
	it("rests the one model where it is that model's", () => {
		const failure = outOfQuota(60, true);
		assert.ok(failure.kind === "outOfQuota");
		assert.equal(cooldownAfter(failure, now).scope, "model");
		assert.equal(cooldownAfter({ ...failure, modelOnly: false }, now).scope, "account");
	});
});

describe("the buckets of models", () => {
	it("are as the last reply has told, else as the name says", () => {
		const buckets = new ModelBuckets();
		assert.equal(buckets.of(spark), "codex_bengalfox");
		buckets.note(spark, "codex");
		buckets.note("gpt-5.6", "codex_new");
		assert.deepEqual([spark, "gpt-5.6", "gpt-5.1"].map(buckets.of), ["codex", "codex_new", "codex"]);
	});

	it("are forgotten again where clients make up names without end", () => {
		const buckets = new ModelBuckets();
		for (let index = 0; index < 501; index += 1) buckets.note(`model-${index}`, "own");
		assert.equal(buckets.of("model-0"), "codex");
		assert.equal(buckets.of("model-1"), "own");
	});
});

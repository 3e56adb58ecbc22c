import assert from "node:assert/strict";
import type { Rest } from "../../../src/bridge/accountLive.ts";
import { cooldownAfter, type Failure, failingRest, laterRest, restoredRest } from "../../../src/pool/cooldown.ts";
import { failing, keyRefused, modelUnknown, outOfQuota, rateLimited } from "./poolUnderTest.ts";

const now = Date.UTC(2026, 0, 1);
const day = 24 * 60 * 60;

/** Scope and seconds; null for a rest without an end. */
function restAfter(failure: Failure): readonly [scope: string, seconds: number | null] {
	assert.ok(failure.kind !== "failing");
	const { scope, rest } = cooldownAfter(failure, now);
	assert.equal(rest.reason, failure.kind);
	assert.equal(rest.status, failure.status);
	assert.equal(rest.detail, failure.detail);
	return [scope, rest.until === null ? null : (rest.until - now) / 1000];
}

function backoff(openings: number, random: number, seconds: number | null = null): number {
	const failure = failing(seconds);
	assert.ok(failure.kind === "failing");
	const { until } = failingRest(failure, openings, now, () => random);
	assert.ok(until !== null);
	return (until - now) / 1000;
}

describe("what a failure does to an account", () => {
	it("takes it out without an end when the key is refused", () => {
		assert.deepEqual(restAfter(keyRefused()), ["account", null]);
	});

	it("rests it until the reset that is given, else an hour, when the quota is used up", () => {
		assert.deepEqual(restAfter(outOfQuota(90)), ["account", 90]);
		assert.deepEqual(restAfter(outOfQuota()), ["account", 3600]);
	});

	it("rests it, or the model alone, as long as a rate limit says, else a minute", () => {
		assert.deepEqual(restAfter(rateLimited(7.5)), ["account", 7.5]);
		assert.deepEqual(restAfter(rateLimited()), ["account", 60]);
		assert.deepEqual(restAfter(rateLimited(5, true)), ["model", 5]);
	});

	it("rests a model that the relay does not know for ten minutes", () => {
		assert.deepEqual(restAfter(modelUnknown), ["model", 600]);
	});

	it("believes no time without end: a day for a rate limit, a month for a quota, and never less than a second", () => {
		for (const absurd of [50 * 365 * day, Number.POSITIVE_INFINITY, Number.MAX_VALUE]) {
			assert.deepEqual(restAfter(rateLimited(absurd)), ["account", day]);
			assert.deepEqual(restAfter(outOfQuota(absurd)), ["account", 31 * day]);
			assert.equal(backoff(0, 0.5, absurd), day);
		}
		assert.deepEqual(restAfter(outOfQuota(20 * day)), ["account", 20 * day]);
		assert.deepEqual(restAfter(rateLimited(0)), ["account", 1]);
		assert.deepEqual(restAfter(rateLimited(-40)), ["account", 1]);
		assert.deepEqual(restAfter(rateLimited(Number.NaN)), ["account", 60]);
	});

	it("doubles from ten seconds to five minutes when it keeps failing", () => {
		assert.deepEqual(
			[0, 1, 2, 3, 4, 5, 6, 2000].map((openings) => backoff(openings, 0.5)),
			[10, 20, 40, 80, 160, 300, 300, 300],
		);
	});

	it("spreads that time by a tenth to both sides, but not a time that the relay gave", () => {
		assert.equal(backoff(0, 0), 9);
		assert.equal(backoff(1, 0.999_999_999), 22);
		assert.equal(backoff(3, 0, 17), 17);
	});
});

describe("two rests at once", () => {
	const rest = (until: number | null): Rest => ({ reason: "rateLimited", until, status: 429, detail: String(until) });

	it("come to the one that ends last", () => {
		assert.equal(laterRest(null, rest(5)).until, 5);
		assert.equal(laterRest(rest(9), rest(5)).until, 9);
		assert.equal(laterRest(rest(5), rest(9)).until, 9);
		assert.equal(laterRest(rest(null), rest(9)).until, null);
		assert.equal(laterRest(rest(9), rest(null)).until, null);
	});
});

describe("a rest from before a restart", () => {
	const rest = (given: Partial<Rest>): Rest => ({
		reason: "rateLimited",
		until: now + 5_000,
		status: 429,
		detail: "",
		...given,
	});

	it("goes on, unless it is over or the key was refused", () => {
		assert.deepEqual(restoredRest(rest({}), now), rest({}));
		assert.equal(restoredRest(rest({ until: now }), now), null);
		assert.equal(restoredRest(rest({ until: Number.NaN }), now), null);
		assert.equal(restoredRest(rest({ until: null }), now), null);
		assert.equal(restoredRest(rest({ reason: "keyRefused", until: null }), now), null);
		assert.equal(restoredRest(rest({ reason: "keyRefused" }), now), null);
	});

	it("does not outlast what a fresh one could", () => {
		const until = now + 400 * day * 1000;
		assert.equal(restoredRest(rest({ until }), now)?.until, now + day * 1000);
		assert.equal(restoredRest(rest({ until, reason: "outOfQuota" }), now)?.until, now + 31 * day * 1000);
	});
});

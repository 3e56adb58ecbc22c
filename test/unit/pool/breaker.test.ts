import assert from "node:assert/strict";
import { servedRelay } from "../../support/relayAccount.ts";
import { failing, labelOf, modelUnknown, outOfQuota, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const fail = { kind: "failed", failure: failing() } as const;
const answered = { kind: "answered" } as const;

/** One account, so that every request goes to it. */
const alone = () => new PoolUnderTest([servedRelay({ label: "a" })]);

/** An account whose breaker has opened `times` times, and whose rest is over. */
function halfOpen(times = 1): PoolUnderTest {
	const test = alone();
	for (let count = 0; count < 3; count += 1) test.fail();
	for (let count = 1; count < times; count += 1) {
		test.pass(test.restOf("a") ?? 0);
		test.fail();
	}
	test.pass(test.restOf("a") ?? 0);
	assert.equal(test.live("a").rest, null);
	return test;
}

describe("the breaker", () => {
	it("opens at the third failure in a row", () => {
		const test = alone();
		test.fail();
		test.fail();
		assert.equal(test.live("a").rest, null);
		test.fail();
		assert.deepEqual(test.live("a").rest, {
			reason: "failing",
			status: 503,
			detail: "overloaded",
			until: test.clock.time + 10_000,
		});
		assert.equal(test.refusal("cooling", {}, []).until, test.clock.time + 10_000);
	});

	it("does not open after failure, failure, commit, failure", () => {
		const test = alone();
		test.fail();
		test.fail();
		const committed = test.lease();
		committed.commit();
		test.fail();
		assert.equal(test.live("a").rest, null);
		committed.end(answered);
		test.fail();
		test.fail();
		assert.notEqual(test.live("a").rest, null);
	});

	it("opens for a relay that begins each reply and cuts it", () => {
		const test = alone();
		test.cut();
		test.cut();
		assert.equal(test.live("a").rest, null);
		test.cut();
		assert.equal(test.restOf("a"), 10);
	});

	it("counts failures before and after commit together", () => {
		const test = alone();
		test.cut();
		test.fail();
		test.fail();
		assert.equal(test.restOf("a"), 10);
	});

	it("forgets cut replies once one ends well, not when one begins", () => {
		const test = alone();
		test.cut();
		test.cut();
		test.answer();
		test.cut();
		test.cut();
		assert.equal(test.live("a").rest, null);
		test.cut();
		assert.equal(test.restOf("a"), 10);
	});

	it("neither counts nor forgets for errors passed on and clients gone", () => {
		const test = alone();
		test.fail();
		test.fail();
		test.lease().end({ kind: "passedOn" });
		test.lease().end({ kind: "aborted" });
		assert.equal(test.live("a").rest, null);
		test.fail();
		assert.equal(test.restOf("a"), 10);
	});

	it("opens at once for the time that the relay gives", () => {
		const test = alone();
		test.fail(failing(42));
		assert.equal(test.restOf("a"), 42);
	});

	it("counts outcomes as they complete, not as they began", () => {
		const test = alone();
		const [one, two, three, four] = [test.lease(), test.lease(), test.lease(), test.lease()];
		one.end(fail);
		four.end(fail);
		two.commit();
		three.end(fail);
		assert.equal(test.live("a").rest, null);
	});

	it("is not opened a second time by requests that began before it opened", () => {
		const test = alone();
		const old = Array.from({ length: 10 }, () => test.lease());
		for (const lease of old.slice(0, 6)) lease.end(fail);
		assert.equal(test.restOf("a"), 10);
		test.pass(10);
		test.answer();
		for (const lease of old.slice(6)) lease.end(fail);
		assert.equal(test.live("a").rest, null);
	});

	it("opens once for requests that are refused together with a time of the relay's", () => {
		const test = alone();
		const together = Array.from({ length: 8 }, () => test.lease());
		for (const lease of together) lease.end({ kind: "failed", failure: failing(2) });
		assert.equal(test.restOf("a"), 2);
		test.pass(2);
		test.fail();
		assert.equal(test.restOf("a"), 20);
	});

	it("spreads its time with the dice", () => {
		const test = alone();
		test.dice = 0;
		for (let count = 0; count < 3; count += 1) test.fail();
		assert.equal(test.restOf("a"), 9);
	});
});

describe("the probe after a breaker's time", () => {
	it("is one request; others pass the account over until it is known how that went", () => {
		const test = halfOpen();
		test.configure([...test.relays, servedRelay({ label: "b", priority: -1 })]);
		const probe = test.lease();
		assert.equal(labelOf(probe), "a");
		assert.equal(test.live("a").probing, true);
		assert.equal(labelOf(test.lease()), "b");
		assert.equal(test.notes.at(-1)?.passedOver[0]?.why, "probing");
		probe.commit();
		assert.equal(test.live("a").probing, false);
		assert.equal(labelOf(test.lease()), "a");
	});

	it("opens the breaker again for twice the time when it fails, up to five minutes", () => {
		const test = halfOpen();
		for (const seconds of [20, 40, 80, 160, 300, 300]) {
			test.fail();
			assert.equal(test.live("a").probing, false);
			assert.equal(test.restOf("a"), seconds);
			test.pass(seconds);
		}
	});

	it("resets the doubling only with a whole good reply", () => {
		const test = halfOpen(3);
		const probe = test.lease();
		probe.commit();
		probe.end({ kind: "aborted" });
		for (let count = 0; count < 3; count += 1) test.fail();
		assert.equal(test.restOf("a"), 80);
		test.pass(80);
		test.answer();
		for (let count = 0; count < 3; count += 1) test.fail();
		assert.equal(test.restOf("a"), 10);
	});

	it("doubles though a reply from before the opening ends well in the meantime", () => {
		const test = alone();
		const old = test.lease();
		old.commit();
		for (let count = 0; count < 3; count += 1) test.fail();
		old.end(answered);
		test.pass(10);
		test.fail();
		assert.equal(test.restOf("a"), 20);
	});

	it("leaves its place to the next when it is aborted or passed on", () => {
		const test = halfOpen(2);
		for (const kind of ["aborted", "passedOn"] as const) {
			const probe = test.lease();
			assert.equal(test.live("a").probing, true);
			probe.end({ kind });
			assert.equal(test.live("a").probing, false);
			assert.equal(test.live("a").rest, null);
		}
		test.fail();
		assert.equal(test.restOf("a"), 40);
	});

	it("is still to come after an answer that says nothing about the relay's health", () => {
		const test = halfOpen();
		test.fail(rateLimited(5));
		assert.equal(test.live("a").rest?.reason, "rateLimited");
		test.pass(5);
		test.fail(modelUnknown, { model: "strange" });
		assert.equal(test.live("a").rest, null);
		test.fail();
		assert.equal(test.restOf("a"), 20);
	});

	it("finds a relay out again that still cuts its replies, by its first one", () => {
		const test = alone();
		for (let count = 0; count < 3; count += 1) test.cut();
		test.pass(10);
		test.cut();
		assert.equal(test.restOf("a"), 20);
		test.pass(20);
		test.answer();
		test.cut();
		assert.equal(test.live("a").rest, null);
	});

	it("is not mistaken for a request that began before the breaker opened", () => {
		const test = alone();
		const old = test.lease();
		for (let count = 0; count < 3; count += 1) test.fail();
		test.pass(10);
		const probe = test.lease();
		old.end(fail);
		assert.equal(test.live("a").probing, true);
		assert.equal(test.live("a").rest, null);
		probe.end(fail);
		assert.equal(test.restOf("a"), 20);
	});

	it("does not undo an opening that came while it was on its way", () => {
		const test = alone();
		const old = test.lease();
		for (let count = 0; count < 3; count += 1) test.fail();
		test.pass(10);
		const probe = test.lease();
		old.end({ kind: "failed", failure: failing(30) });
		probe.commit();
		assert.deepEqual([test.live("a").probing, test.restOf("a")], [false, 30]);
		test.pass(30);
		test.lease();
		assert.equal(test.live("a").probing, true);
	});

	it("takes the time that the relay gives in place of the doubled one", () => {
		const test = halfOpen();
		test.fail(failing(3));
		assert.equal(test.restOf("a"), 3);
	});

	it("follows a longer rest that came in between", () => {
		const test = alone();
		const old = test.lease();
		for (let count = 0; count < 3; count += 1) test.fail();
		old.end({ kind: "failed", failure: outOfQuota(100) });
		assert.equal(test.restOf("a"), 100);
		test.pass(100);
		test.lease();
		assert.equal(test.live("a").probing, true);
	});
});

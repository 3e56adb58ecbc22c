import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { servedRelay } from "../../support/relayAccount.ts";
import { failing, keyRefused, labelOf, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const answered = { kind: "answered" } as const;
const narrow = (label: string, maxConcurrent = 1) => servedRelay({ label, maxConcurrent });

describe("a request that all accounts are too busy for", () => {
	it("gets the account that is free first, in the order of coming", async () => {
		const test = new PoolUnderTest([narrow("a"), narrow("b")]);
		const [a, b] = [test.lease(), test.lease()];
		const [first, second, third] = [test.wait(), test.wait(), test.wait()];
		b.end(answered);
		const { lease } = await first.end("lease");
		assert.equal(labelOf(lease), "b");
		await second.stillWaits();
		a.end(answered);
		assert.equal(labelOf((await second.end("lease")).lease), "a");
		await third.stillWaits();
		lease.end({ kind: "aborted" });
		assert.equal(labelOf((await third.end("lease")).lease), "b");
	});

	it("does not keep those behind it from an account that it cannot use", async () => {
		const test = new PoolUnderTest([
			servedRelay({ label: "a", maxConcurrent: 1, allowedModels: ["x"] }),
			servedRelay({ label: "b", maxConcurrent: 1, allowedModels: ["y"] }),
		]);
		test.lease({ model: "x" });
		const y = test.lease({ model: "y" });
		const [forX, forY] = [test.wait({ model: "x" }), test.wait({ model: "y" })];
		y.end(answered);
		await forY.end("lease");
		await forX.stillWaits();
	});

	it("is not overtaken by one that comes when the account is free", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		const held = test.lease();
		const waiting = test.wait();
		held.end(answered);
		const late = test.wait();
		assert.equal(test.again("a"), null);
		await waiting.end("lease");
		await late.stillWaits();
	});

	it("is told so after its time in the queue, and at once when the queue is full", async () => {
		const test = new PoolUnderTest([narrow("a")], { queueLimit: 2, queueWait: 30_000 });
		test.lease();
		const first = test.wait();
		test.pass(10);
		const second = test.wait();
		assert.deepEqual(
			test.refusal("busy").passedOver.map(({ why }) => why),
			["busy"],
		);
		test.pass(19.999);
		await first.stillWaits();
		test.pass(0.001);
		await first.end("busy");
		await second.stillWaits();
		test.wait();
		test.pass(10);
		await second.end("busy");
	});

	it("does not wait at all where the queue has no time or no place", () => {
		for (const settings of [{ queueLimit: 0 }, { queueWait: 0 }]) {
			const test = new PoolUnderTest([narrow("a")], settings);
			test.lease();
			test.refusal("busy");
		}
	});

	it("leaves the queue when the client goes away", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		const held = test.lease();
		const leaving = new AbortController();
		const [gone, next] = [test.wait({}, [], leaving.signal), test.wait()];
		leaving.abort();
		await gone.end("left");
		held.end(answered);
		await next.end("lease");
		assert.equal(test.clock.pending, 0);
		assert.deepEqual(test.choose({}, ["a"]).kind, "exhausted");
	});

	it("leaves nothing behind when it goes: no timer, and no ear on the client", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		const held = test.lease();
		const leaving = new AbortController();
		const gone = test.wait({}, [], leaving.signal);
		assert.equal(test.clock.pending, 1);
		leaving.abort();
		await gone.end("left");
		assert.equal(test.clock.pending, 0);
		const staying = new AbortController();
		const served = test.wait({}, [], staying.signal);
		assert.equal(getEventListeners(staying.signal, "abort").length, 1);
		held.end(answered);
		await served.end("lease");
		assert.equal(getEventListeners(staying.signal, "abort").length, 0);
	});

	it("does not enter the queue when the client has gone already", () => {
		const test = new PoolUnderTest([narrow("a")]);
		test.lease();
		assert.deepEqual(test.ask({}, [], AbortSignal.abort()), { kind: "left" });
	});

	it("asks for the client's signal only when it waits", () => {
		const test = new PoolUnderTest([narrow("a")]);
		const request = {
			format: "openai",
			takers: ["openai"],
			model: "m",
			named: null,
			conversation: null,
			probe: false,
		} as const;
		const choice = test.pool.acquire(request, new Set(), () => assert.fail("asked for"));
		assert.ok(!(choice instanceof Promise));
		assert.equal(choice.kind, "lease");
	});

	it("takes what a change of the accounts gives or takes away", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		test.lease();
		const first = test.wait();
		test.configure([narrow("a"), narrow("new")]);
		assert.equal(labelOf((await first.end("lease")).lease), "new");
		const second = test.wait();
		test.configure([narrow("a", 2)]);
		assert.equal(labelOf((await second.end("lease")).lease), "a");
		const third = test.wait();
		test.configure([servedRelay({ label: "a", enabled: false })]);
		await third.end("noneServes");
		test.configure([narrow("a")]);
		const fourth = test.wait();
		test.configure([]);
		await fourth.end("noAccount");
	});

	it("waits for a busy account after others have failed, but for no resting one", async () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" }), narrow("b"), servedRelay({ label: "c" })]);
		test.fail(rateLimited(1), { named: "c" });
		const held = test.lease({ named: "b" });
		const waiting = test.wait({}, ["a"]);
		test.refusal("exhausted", {}, ["a", "b"]);
		held.end({ kind: "failed", failure: rateLimited(1) });
		await waiting.end("exhausted");
	});

	it("counts the time in the queue when its account turns out to rest", async () => {
		const test = new PoolUnderTest([narrow("a")], { maxWait: 5_000 });
		const held = test.lease();
		const [early, other] = [test.wait(), test.wait({ model: "other" })];
		test.pass(3);
		held.end({ kind: "failed", failure: rateLimited(3) });
		await early.end("cooling");
		await other.end("cooling");
		const late = test.wait();
		test.pass(3);
		await late.end("lease");
	});

	it("is told how long its only account rests when that turns out while it waits", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		const held = test.lease();
		const [first, second] = [test.wait(), test.wait({ model: "other" })];
		held.end({ kind: "failed", failure: rateLimited(90) });
		const { until } = await first.end("cooling");
		assert.equal(until, test.clock.time + 90_000);
		await second.end("cooling");
	});
});

describe("a request that all accounts rest for", () => {
	const resting = (seconds: number) => {
		const test = new PoolUnderTest([servedRelay({ label: "a" }), servedRelay({ label: "b" })]);
		test.fail(rateLimited(seconds), { named: "a" });
		test.fail(rateLimited(60), { named: "b" });
		return test;
	};

	it("waits when the first is back in time", async () => {
		const test = resting(5);
		const waiting = test.wait();
		test.pass(4.999);
		await waiting.stillWaits();
		test.pass(0.001);
		assert.equal(labelOf((await waiting.end("lease")).lease), "a");
	});

	it("is told when the first is back otherwise", () => {
		const test = resting(5.001);
		const { until, passedOver } = test.refusal("cooling");
		assert.equal(until, test.clock.time + 5_001);
		assert.deepEqual(passedOver, [
			{ id: "a", label: "a", why: "resting", until },
			{ id: "b", label: "b", why: "resting", until: test.clock.time + 60_000 },
		]);
	});

	it("does not wait when it has tried one, or may not wait, or finds no place", () => {
		resting(1).refusal("exhausted", {}, ["b"]);
		const impatient = resting(1);
		impatient.configure(impatient.relays, { maxWait: 0 });
		impatient.refusal("cooling");
		const full = resting(1);
		full.configure(full.relays, { queueLimit: 0 });
		full.refusal("cooling");
	});

	it("gets an account that is cleared", async () => {
		const test = resting(5);
		const waiting = test.wait();
		test.pool.clear("b");
		assert.equal(labelOf((await waiting.end("lease")).lease), "b");
	});

	it("goes before one that comes just when the rest is over", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		test.fail(rateLimited(5));
		const waiting = test.wait();
		// The moment has come, and the timer is late.
		test.clock.time += 5_000;
		const late = test.wait();
		await waiting.end("lease");
		await late.stillWaits();
	});

	it("is told so when another rest has come over the one it waited for", async () => {
		const test = new PoolUnderTest([narrow("a", 2)]);
		const old = test.lease();
		test.fail(rateLimited(5));
		const waiting = test.wait();
		test.pass(2);
		old.end({ kind: "failed", failure: rateLimited(60) });
		assert.equal((await waiting.end("cooling")).until, test.clock.time + 60_000);
	});

	it("serves nobody where nothing comes back by itself", () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" }), servedRelay({ label: "b" })]);
		test.fail(keyRefused(), { named: "a" });
		test.fail(rateLimited(60), { named: "b" });
		test.refusal("cooling");
		test.configure([servedRelay({ label: "a" }), servedRelay({ label: "b", enabled: false })]);
		assert.deepEqual(
			test.refusal("noneServes").passedOver.map(({ why, until }) => [why, until]),
			[
				["resting", null],
				["disabled", null],
			],
		);
	});
});

describe("a request that comes while the only account is probed", () => {
	const halfOpen = () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" })]);
		for (let count = 0; count < 3; count += 1) test.fail();
		test.pass(10);
		return test;
	};

	it("waits, and all who wait go on when the probe commits", async () => {
		const test = halfOpen();
		const probe = test.lease();
		const [first, second] = [test.wait(), test.wait()];
		test.pass(20);
		await first.stillWaits();
		probe.commit();
		await first.end("lease");
		await second.end("lease");
	});

	it("is told how long the account rests when the probe fails", async () => {
		const test = halfOpen();
		const probe = test.lease();
		const waiting = test.wait();
		probe.end({ kind: "failed", failure: failing() });
		const { until } = await waiting.end("cooling");
		assert.equal(until, test.clock.time + 20_000);
	});

	it("is the next probe when that one is aborted", async () => {
		const test = halfOpen();
		const probe = test.lease();
		const [first, second] = [test.wait(), test.wait()];
		probe.end({ kind: "aborted" });
		await first.end("lease");
		await second.stillWaits();
	});

	it("is one of many when the rest ends: the first probes, the others wait", async () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" })], { maxWait: 15_000 });
		for (let count = 0; count < 3; count += 1) test.fail();
		const waiting = [test.wait(), test.wait(), test.wait()];
		test.pass(10);
		const probe = await waiting[0]?.end("lease");
		await waiting[1]?.stillWaits();
		await waiting[2]?.stillWaits();
		probe?.lease.commit();
		await waiting[1]?.end("lease");
		await waiting[2]?.end("lease");
	});
});

describe("a closed pool", () => {
	it("sends all who wait away, keeps no timer, and takes leases back", async () => {
		const test = new PoolUnderTest([narrow("a")]);
		const held = test.lease();
		const waiting = [test.wait(), test.wait()];
		test.pool.close();
		for (const one of waiting) await one.end("left");
		assert.equal(test.clock.pending, 0);
		assert.deepEqual(test.choose(), { kind: "left" });
		assert.equal(test.again("a"), null);
		held.end({ kind: "failed", failure: rateLimited(60) });
		assert.equal(test.live("a").inFlight, 0);
		assert.equal(test.clock.pending, 0);
	});
});

import assert from "node:assert/strict";
import { neverUsed, usedAgain } from "../../../src/pool/rotation.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { labelOf, PoolUnderTest } from "./poolUnderTest.ts";

const abc = ["a", "b", "c"].map((label) => servedRelay({ label }));
const times = <T>(count: number, take: () => T) => Array.from({ length: count }, take);

describe("the count of recent use", () => {
	const usedAt = (...moments: readonly number[]) => moments.reduce(usedAgain, neverUsed);
	const start = Date.UTC(2026, 0, 1);

	it("is larger for more requests, and for later ones", () => {
		assert.ok(usedAt(start) > neverUsed);
		assert.ok(usedAt(start, start) > usedAt(start));
		assert.ok(usedAt(start, start + 1) > usedAt(start, start));
		assert.equal(usedAt(start, start, start), usedAt(start, start, start));
	});

	it("lets a request weigh half after a minute", () => {
		const two = usedAt(start, start);
		assert.ok(Math.abs(two - usedAt(start + 60_000)) < 1e-6);
		assert.ok(usedAt(start + 59_000) < two);
		assert.ok(usedAt(start + 61_000) > two);
	});

	it("stays a number over years and a clock that is set back", () => {
		assert.ok(Number.isFinite(usedAt(start, start + 1e12, start)));
	});
});

describe("least-used", () => {
	it("gives to the account with the fewest requests in flight", () => {
		const test = new PoolUnderTest(abc.slice(0, 2));
		const [first, second] = [test.lease(), test.lease()];
		assert.deepEqual([first, second].map(labelOf), ["a", "b"]);
		second.end({ kind: "answered" });
		assert.equal(labelOf(test.lease()), "b");
	});

	it("then to the one that was used least of late", () => {
		const test = new PoolUnderTest(abc.slice(0, 2));
		for (const named of ["a", "a", "b", "b", "b"]) {
			test.answer({ named });
			test.pass(1);
		}
		assert.deepEqual(
			times(3, () => test.answer()),
			["a", "a", "b"],
		);
	});

	it("rotates among equals, also within one millisecond", () => {
		const test = new PoolUnderTest(abc);
		assert.deepEqual(times(7, () => test.answer()).join(""), "abcabca");
	});

	it("forgets what is long past", () => {
		const test = new PoolUnderTest(abc.slice(0, 2));
		times(50, () => test.answer({ named: "a" }));
		test.pass(3600);
		test.answer({ named: "b" });
		assert.equal(test.answer(), "a");
	});
});

describe("round-robin", () => {
	it("takes each in turn, however busy it is", () => {
		const test = new PoolUnderTest(abc, { strategy: "round-robin" });
		test.lease();
		assert.deepEqual(times(6, () => test.answer()).join(""), "bcabca");
	});

	it("leaves out those that are not usable", () => {
		const test = new PoolUnderTest([...abc, servedRelay({ label: "d", enabled: false })], { strategy: "round-robin" });
		assert.deepEqual(times(4, () => test.answer()).join(""), "abca");
	});
});

describe("fill-first", () => {
	it("stays with the first as long as it is usable, in the order of the list", () => {
		const [a, b, c] = [servedRelay({ label: "a", maxConcurrent: 2 }), ...abc.slice(1)];
		assert.ok(a && b && c);
		const test = new PoolUnderTest([a, b, c], { strategy: "fill-first" });
		assert.deepEqual(times(4, () => labelOf(test.lease())).join(""), "aabb");
	});
});

describe("priority", () => {
	for (const strategy of ["least-used", "round-robin", "fill-first"] as const) {
		it(`comes before ${strategy}`, () => {
			const low = servedRelay({ label: "low" });
			const high = servedRelay({ label: "high", priority: 1, maxConcurrent: 3 });
			const test = new PoolUnderTest([low, high], { strategy });
			assert.deepEqual(
				times(4, () => labelOf(test.lease())),
				["high", "high", "high", "low"],
			);
		});
	}
});

import assert from "node:assert/strict";
import { Affinity } from "../../../src/pool/affinity.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { failing, labelOf, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const hour = 3600;
const k = { conversation: "k" };

describe("a conversation", () => {
	const pair = [servedRelay({ label: "a" }), servedRelay({ label: "b" })];

	for (const strategy of ["least-used", "round-robin", "fill-first"] as const) {
		it(`stays on its account against ${strategy}`, () => {
			const test = new PoolUnderTest([...pair].reverse(), { strategy });
			assert.equal(labelOf(test.lease({ ...k })), "b");
			test.configure(pair);
			for (let count = 0; count < 3; count += 1) assert.equal(labelOf(test.lease({ ...k })), "b");
			assert.deepEqual(
				test.notes.at(-1)?.passedOver.map(({ why }) => why),
				["affinity"],
			);
		});
	}

	it("moves when its account fails, and stays where it moved", () => {
		const test = new PoolUnderTest(pair);
		const lease = test.lease(k);
		lease.end({ kind: "failed", failure: failing() });
		assert.equal(labelOf(test.lease(k, ["a"])), "b");
		// The account it came from has not even cooled.
		for (let count = 0; count < 3; count += 1) assert.equal(labelOf(test.lease(k)), "b");
	});

	it("moves when its account is full", () => {
		const test = new PoolUnderTest([servedRelay({ label: "a", maxConcurrent: 1 }), servedRelay({ label: "b" })]);
		const held = test.lease(k);
		assert.equal(labelOf(test.lease(k)), "b");
		held.end({ kind: "answered" });
		assert.equal(labelOf(test.lease(k)), "b");
	});

	it("returns to an account of higher priority that is back", () => {
		const test = new PoolUnderTest([servedRelay({ label: "low" }), servedRelay({ label: "high", priority: 1 })]);
		test.fail(rateLimited(60), k);
		assert.equal(test.answer(k), "low");
		test.pass(60);
		assert.equal(test.answer(k), "high");
	});

	it("is kept for an hour after its last use", () => {
		const test = new PoolUnderTest(pair, { strategy: "round-robin" });
		const next = () => test.answer(k);
		assert.equal(next(), "a");
		test.pass(hour - 1);
		assert.equal(next(), "a");
		test.pass(hour - 1);
		assert.equal(next(), "a");
		test.pass(hour);
		assert.equal(next(), "b");
	});

	it("keeps a place for each of its models where one account has not both", () => {
		const large = servedRelay({ label: "large", allowedModels: ["large"] });
		const both = servedRelay({ label: "both" });
		const other = servedRelay({ label: "other" });
		const test = new PoolUnderTest([large, both, other]);
		const ask = (model: string) => test.answer({ conversation: "k", model });
		assert.deepEqual([ask("large"), ask("small"), ask("large"), ask("small")], ["large", "both", "large", "both"]);
	});

	it("is not told from another by accident", () => {
		const test = new PoolUnderTest(pair);
		assert.equal(test.answer({ conversation: "one" }), "a");
		assert.equal(test.answer({ conversation: "two" }), "b");
		assert.equal(test.answer({ conversation: "two" }), "b");
		assert.equal(test.answer({ conversation: "one" }), "a");
	});
});

describe("the memory of conversations", () => {
	it("is bounded: the longest unused go first", () => {
		const affinity = new Affinity(3);
		for (const name of ["1", "2", "3", "1", "4"]) affinity.settle(name, "a", 0);
		assert.equal(affinity.size, 3);
		assert.deepEqual(
			["1", "2", "3", "4"].map((name) => affinity.homeOf(name, 0)),
			["a", null, "a", "a"],
		);
	});

	it("lets go of what has expired when something is added", () => {
		const affinity = new Affinity();
		for (let count = 0; count < 100; count += 1) affinity.settle(String(count), "a", 0);
		affinity.settle("new", "a", hour * 1000);
		assert.equal(affinity.size, 1);
	});
});

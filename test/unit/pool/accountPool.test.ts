import assert from "node:assert/strict";
import { servedRelay } from "../../support/relayAccount.ts";
import { failing, keyRefused, labelOf, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const answered = { kind: "answered" } as const;

describe("the pool", () => {
	it("says that there is no account, or why each was passed over", () => {
		assert.deepEqual(new PoolUnderTest([]).choose(), { kind: "noAccount" });
		const test = new PoolUnderTest([
			servedRelay({ label: "off", enabled: false }),
			servedRelay({ label: "keyless" }, null),
			servedRelay({ label: "narrow", allowedModels: ["x"] }),
			servedRelay({ label: "other", format: "gemini" }),
			servedRelay({ label: "refused" }),
		]);
		test.fail(keyRefused());
		assert.deepEqual(test.choose(), {
			kind: "noneServes",
			passedOver: [
				{ id: "off", label: "off", why: "disabled", until: null },
				{ id: "keyless", label: "keyless", why: "keyMissing", until: null },
				{ id: "narrow", label: "narrow", why: "modelNotAllowed", until: null },
				{ id: "other", label: "other", why: "otherFormat", until: null },
				{ id: "refused", label: "refused", why: "resting", until: null },
			],
		});
	});

	it("gives each account once to a request that tries them all, and then no other", () => {
		const test = new PoolUnderTest([1, 2, 3].map((priority) => servedRelay({ label: `p${priority}`, priority })));
		const tried: string[] = [];
		for (let count = 0; count < 3; count += 1) {
			const lease = test.lease({}, tried);
			tried.push(lease.keyed.account.id);
			lease.end({ kind: "failed", failure: failing() });
		}
		assert.deepEqual(tried, ["p3", "p2", "p1"]);
		assert.deepEqual(
			test.refusal("exhausted", {}, tried).passedOver.map(({ why }) => why),
			["tried", "tried", "tried"],
		);
		test.configure([]);
		test.refusal("exhausted", {}, tried);
	});

	it("is exhausted for a request that has tried the only one that could, whoever else is disabled or rests", () => {
		const test = new PoolUnderTest([
			servedRelay({ label: "a" }),
			servedRelay({ label: "off", enabled: false }),
			servedRelay({ label: "b" }),
		]);
		test.fail(rateLimited(1), { named: "b" });
		test.refusal("exhausted", {}, ["a"]);
	});

	it("gives no more leases of an account than it may have at once", () => {
		const test = new PoolUnderTest([
			servedRelay({ label: "a", maxConcurrent: 2, priority: 1 }),
			servedRelay({ label: "b" }),
		]);
		assert.deepEqual([test.lease(), test.lease(), test.lease()].map(labelOf), ["a", "a", "b"]);
		assert.deepEqual(test.notes.at(-1)?.passedOver, [{ id: "a", label: "a", why: "busy", until: null }]);
	});

	it("gives an edited account as it is now, and leaves a lease as it was", () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" }, "old")]);
		const held = test.lease();
		test.configure([servedRelay({ label: "a", baseUrl: "https://other.example" }, "new")]);
		assert.deepEqual([held.keyed.apiKey, held.keyed.account.baseUrl], ["old", "https://relay.example/v1"]);
		const { keyed } = test.lease();
		assert.deepEqual([keyed.apiKey, keyed.account.baseUrl], ["new", "https://other.example"]);
	});

	it("shows how the accounts stand, in their order, and says when that changes", () => {
		const test = new PoolUnderTest([servedRelay({ label: "b" }), servedRelay({ label: "a" }, null)]);
		const changesWhile = (act: () => void) => {
			const before = test.changes;
			act();
			return test.changes > before;
		};
		assert.ok(
			changesWhile(() => {
				const lease = test.lease();
				assert.deepEqual(
					test.pool.live().map(({ id, hasKey, inFlight }) => [id, hasKey, inFlight]),
					[
						["b", true, 1],
						["a", false, 0],
					],
				);
				assert.ok(changesWhile(() => lease.end(answered)));
			}),
		);
		assert.ok(changesWhile(() => test.refusal("noneServes", { model: "m", format: "codex" })));
		assert.ok(changesWhile(() => test.fail(rateLimited(9))));
		assert.ok(changesWhile(() => test.pool.clear("b")));
		assert.ok(changesWhile(() => test.configure([])));
	});
});

describe("a lease", () => {
	it("ends once, whoever ends it again", () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" })]);
		const [one, two] = [test.lease(), test.lease()];
		one.end(answered);
		one.end({ kind: "failed", failure: keyRefused() });
		one.commit();
		one.end({ kind: "aborted" });
		assert.deepEqual([test.live("a").inFlight, test.live("a").rest], [1, null]);
		two.end({ kind: "passedOn" });
		assert.equal(test.live("a").inFlight, 0);
	});

	it("commits once", () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" })]);
		const held = test.lease();
		held.commit();
		test.fail();
		test.fail();
		held.commit();
		test.fail();
		assert.notEqual(test.live("a").rest, null);
	});

	it("can be taken again on the same account while it is usable", () => {
		const test = new PoolUnderTest([
			servedRelay({ label: "a", maxConcurrent: 1 }),
			servedRelay({ label: "b", priority: 9 }),
		]);
		const lease = test.again("a");
		assert.ok(lease);
		assert.equal(labelOf(lease), "a");
		assert.equal(test.again("a"), null);
		lease.end({ kind: "failed", failure: rateLimited(60) });
		assert.equal(test.again("a"), null);
		assert.equal(test.again("b", { format: "gemini" }), null);
		assert.equal(test.again("b", { named: "a" }), null);
		assert.equal(test.again("gone"), null);
	});
});

describe("the note of a choice", () => {
	it("says who was chosen and why each other was not", () => {
		const test = new PoolUnderTest([
			servedRelay({ label: "low", priority: -1 }),
			servedRelay({ label: "equal" }),
			servedRelay({ label: "chosen" }),
			servedRelay({ label: "gemini", format: "gemini" }),
			servedRelay({ label: "resting" }),
			servedRelay({ label: "tried" }),
		]);
		test.fail(rateLimited(60), { named: "resting" });
		test.answer({ named: "equal" });
		assert.equal(labelOf(test.lease({ conversation: "k" }, ["tried"])), "chosen");
		const note = test.notes.at(-1);
		assert.deepEqual(note, {
			at: test.clock.time,
			format: "openai",
			model: "m",
			chosen: "chosen",
			passedOver: [
				{ id: "low", label: "low", why: "lowerPriority", until: null },
				{ id: "equal", label: "equal", why: "strategy", until: null },
				{ id: "gemini", label: "gemini", why: "otherFormat", until: null },
				{ id: "resting", label: "resting", why: "resting", until: test.clock.time + 60_000 },
				{ id: "tried", label: "tried", why: "tried", until: null },
			],
		});
		for (const id of ["low", "equal", "chosen", "resting", "tried"]) assert.equal(test.live(id).lastChoice, note);
		assert.equal(test.live("gemini").lastChoice, null);
		// It goes to another thread.
		assert.deepEqual(structuredClone(note), note);
	});

	it("is written for refusals too, and once for a request that waits", async () => {
		const test = new PoolUnderTest([servedRelay({ label: "a", maxConcurrent: 1 })]);
		const held = test.lease();
		const waiting = test.wait();
		assert.equal(test.notes.length, 1);
		test.pass(30);
		await waiting.end("busy");
		assert.deepEqual([test.notes.length, test.notes[1]?.chosen], [2, null]);
		held.end(answered);
	});
});

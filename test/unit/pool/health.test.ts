import assert from "node:assert/strict";
import type { RelayAccount } from "../../../src/accounts/account.ts";
import type { Rest, SavedRest } from "../../../src/bridge/accountLive.ts";
import type { Failure } from "../../../src/pool/cooldown.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { failing, keyRefused, labelOf, modelUnknown, outOfQuota, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const failed = (failure: Failure) => ({ kind: "failed", failure }) as const;
const alone = (given: Partial<RelayAccount> = {}) => new PoolUnderTest([servedRelay({ label: "a", ...given })]);

describe("an account that failed", () => {
	it("is out until a person mends it when its key is refused", () => {
		const test = alone();
		test.fail(keyRefused(403));
		assert.deepEqual(test.live("a").rest, { reason: "keyRefused", status: 403, detail: "bad key", until: null });
		test.pass(365 * 24 * 3600);
		test.refusal("noneServes");
		test.pool.clear("a");
		assert.equal(test.answer(), "a");
	});

	it("rests for that model alone where the model is the trouble", () => {
		const test = alone();
		test.fail(modelUnknown, { model: "x" });
		test.fail(rateLimited(20, true), { model: "y" });
		assert.equal(test.live("a").rest, null);
		assert.equal(test.answer({ model: "z" }), "a");
		assert.equal(test.refusal("cooling", { model: "x" }).until, test.clock.time + 600_000);
		assert.equal(test.refusal("cooling", { model: "y" }).until, test.clock.time + 20_000);
		assert.equal(test.refusal("cooling", { model: "y" }).passedOver[0]?.why, "modelResting");
		test.pass(20);
		assert.equal(test.answer({ model: "y" }), "a");
		assert.deepEqual(
			test.live("a").modelRests.map(({ model }) => model),
			["x"],
		);
	});

	it("keeps no more model rests than a hundred", () => {
		const test = alone();
		for (let count = 0; count < 150; count += 1) test.fail(modelUnknown, { model: `model-${count}` });
		const { modelRests } = test.live("a");
		assert.equal(modelRests.length, 100);
		assert.equal(modelRests.at(-1)?.model, "model-149");
	});

	it("is not put back earlier by a request that began before its rest", () => {
		const test = alone();
		const [one, two, three] = [test.lease(), test.lease(), test.lease()];
		one.end(failed(outOfQuota(3600)));
		two.end(failed(rateLimited(5)));
		assert.deepEqual([test.live("a").rest?.reason, test.restOf("a")], ["outOfQuota", 3600]);
		three.end(failed(keyRefused()));
		assert.equal(test.live("a").rest?.reason, "keyRefused");
	});

	it("rests on when a request that began earlier is answered", () => {
		const test = alone();
		const old = test.lease();
		test.fail(rateLimited(60));
		old.commit();
		old.end({ kind: "answered" });
		assert.equal(test.restOf("a"), 60);
	});

	it("is shown as well again when its rest is over, without anybody asking", () => {
		const test = alone();
		test.fail(rateLimited(60));
		const before = test.changes;
		test.pass(60);
		assert.ok(test.changes > before);
		assert.equal(test.live("a").rest, null);
		assert.equal(test.clock.pending, 0);
	});
});

describe("a request for one token", () => {
	it("cools nobody", () => {
		const test = alone();
		for (const failure of [
			failing(),
			failing(60),
			rateLimited(60),
			rateLimited(60, true),
			outOfQuota(),
			modelUnknown,
		]) {
			for (let count = 0; count < 4; count += 1) test.fail(failure, { probe: true });
		}
		test.fail(keyRefused(403), { probe: true });
		assert.deepEqual([test.live("a").rest, test.live("a").modelRests], [null, []]);
	});

	it("takes the account out when the key is refused with 401", () => {
		const test = alone();
		test.fail(keyRefused(401), { probe: true });
		assert.equal(test.live("a").rest?.reason, "keyRefused");
	});

	it("as the probe after a breaker's time leaves its place to the next", () => {
		const test = alone();
		for (let count = 0; count < 3; count += 1) test.fail();
		test.pass(10);
		test.fail(failing(), { probe: true });
		assert.deepEqual([test.live("a").rest, test.live("a").probing], [null, false]);
		test.fail();
		assert.equal(test.restOf("a"), 20);
	});
});

describe("an account that is edited", () => {
	const edited = (given: Partial<RelayAccount>, key: string | null = "key") => [
		servedRelay({ label: "a", ...given }, key),
	];

	for (const [what, relays] of Object.entries({
		key: edited({}, "another"),
		"base URL": edited({ baseUrl: "https://other.example/v1" }),
		auth: edited({ auth: "api-key" }),
		headers: edited({ headers: { "x-team": "1" } }),
		"outbound proxy": edited({ outboundProxy: "http://proxy.example" }),
	})) {
		it(`is well again with another ${what}`, () => {
			for (const failure of [keyRefused(), outOfQuota(), failing(60)]) {
				const test = alone();
				test.fail(modelUnknown, { model: "x" });
				test.fail(failure);
				test.configure(relays);
				assert.deepEqual([test.live("a").rest, test.live("a").modelRests], [null, []]);
				assert.equal(test.answer(), "a");
			}
		});
	}

	it("rests on with another label, priority, limit, list of models or key that is out of reach for a while", () => {
		const test = alone();
		test.fail(keyRefused());
		test.configure(edited({ id: "a", label: "new name", priority: 3, maxConcurrent: 5, allowedModels: ["m"] }));
		test.configure(edited({}, null));
		test.configure(edited({ headers: {} }));
		assert.equal(test.live("a").rest?.reason, "keyRefused");
	});

	it("is well again with a key that comes back as another one", () => {
		const test = alone();
		test.fail(keyRefused());
		test.configure(edited({}, null));
		test.configure(edited({}, "another"));
		assert.equal(test.live("a").rest, null);
	});

	it("asks again for a model that is mapped to another name", () => {
		const test = alone();
		const old = test.lease({ model: "x" });
		test.fail(modelUnknown, { model: "x" });
		test.fail(modelUnknown, { model: "y" });
		test.configure(edited({ modelMap: { x: "relay-x" } }));
		old.end(failed(modelUnknown));
		assert.deepEqual(
			test.live("a").modelRests.map(({ model }) => model),
			["y"],
		);
	});

	it("is not harmed by what requests with the old key have to say", () => {
		const test = alone();
		const old = [
			keyRefused(),
			rateLimited(60),
			outOfQuota(),
			failing(60),
			failing(),
			failing(),
			failing(),
			modelUnknown,
		];
		const leases = old.map(() => test.lease());
		test.configure(edited({}, "another"));
		for (const [index, failure] of old.entries()) leases[index]?.end(failed(failure));
		const { rest, modelRests, inFlight } = test.live("a");
		assert.deepEqual([rest, modelRests, inFlight], [null, [], 0]);
	});

	it("is not harmed, nor kept from a probe, by a probe from before it was cleared", () => {
		const test = alone();
		for (let count = 0; count < 3; count += 1) test.fail();
		test.pass(10);
		const oldProbe = test.lease();
		test.pool.clear(null);
		assert.equal(test.live("a").probing, false);
		for (let count = 0; count < 3; count += 1) test.fail();
		test.pass(10);
		const newProbe = test.lease();
		oldProbe.commit();
		assert.equal(test.live("a").probing, true);
		oldProbe.end(failed(failing()));
		assert.deepEqual([test.live("a").probing, test.live("a").rest], [true, null]);
		newProbe.commit();
		assert.equal(test.live("a").probing, false);
	});

	it("keeps its requests in flight when it goes and comes back", () => {
		const test = alone({ maxConcurrent: 1 });
		const held = test.lease();
		const before = test.relays;
		test.configure([]);
		assert.deepEqual(test.pool.live(), []);
		test.configure(before);
		assert.equal(test.live("a").inFlight, 1);
		held.end({ kind: "answered" });
		assert.equal(test.live("a").inFlight, 0);
		assert.equal(labelOf(test.lease()), "a");
	});
});

describe("rests from before a restart", () => {
	const rest = (given: Partial<Rest>, time: number): Rest => ({
		reason: "rateLimited",
		until: time + 30_000,
		status: 429,
		detail: "slow down",
		...given,
	});

	it("go on, those of models too, and an account that was failing is probed", () => {
		const test = alone();
		const { time } = test.clock;
		test.pool.restore([
			{ accountId: "a", rest: rest({ reason: "failing" }, time), model: null },
			{ accountId: "a", rest: rest({ reason: "modelUnknown", until: time + 60_000 }, time), model: "x" },
		]);
		assert.equal(test.restOf("a"), 30);
		test.pass(30);
		test.lease();
		assert.equal(test.live("a").probing, true);
		assert.deepEqual(
			test.live("a").modelRests.map(({ model }) => model),
			["x"],
		);
	});

	it("are left out where they are over, the key was refused, or the account is gone", () => {
		const test = alone();
		const { time } = test.clock;
		test.pool.restore([
			{ accountId: "a", rest: rest({ until: time }, time), model: null },
			{ accountId: "a", rest: rest({ reason: "keyRefused", until: null }, time), model: null },
			{ accountId: "gone", rest: rest({}, time), model: null },
		]);
		assert.equal(test.live("a").rest, null);
	});

	it("wait for accounts that are not configured yet, and can be cleared like others", () => {
		const test = new PoolUnderTest([]);
		const saved: SavedRest = { accountId: "a", rest: rest({}, test.clock.time), model: null };
		test.pool.restore([saved]);
		test.configure([servedRelay({ label: "a" })]);
		assert.equal(test.restOf("a"), 30);
		for (const cleared of ["a", null]) {
			const other = new PoolUnderTest([]);
			other.pool.restore([saved]);
			other.pool.clear(cleared);
			other.configure([servedRelay({ label: "a" })]);
			assert.equal(other.live("a").rest, null);
		}
	});

	it("do not cut short what has been learnt since", () => {
		const test = alone();
		test.fail(outOfQuota(3600));
		test.pool.restore([{ accountId: "a", rest: rest({}, test.clock.time), model: null }]);
		assert.equal(test.restOf("a"), 3600);
	});
});

describe("clearing", () => {
	it("ends the rests of one account, or of all", () => {
		const test = new PoolUnderTest([servedRelay({ label: "a" }), servedRelay({ label: "b" })]);
		for (const named of ["a", "b"]) test.fail(outOfQuota(), { named });
		test.pool.clear("a");
		assert.deepEqual([test.restOf("a"), test.restOf("b")], [null, 3600]);
		test.pool.clear(null);
		assert.equal(test.restOf("b"), null);
		assert.equal(test.clock.pending, 0);
	});
});

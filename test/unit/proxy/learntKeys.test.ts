import assert from "node:assert/strict";
import type { AccountKey } from "../../../src/bridge/protocol.ts";
import { LearntKeys } from "../../../src/proxy/learntKeys.ts";
import { servedRelay } from "../../support/relayAccount.ts";

const key = (given: Partial<AccountKey> = {}): AccountKey => ({
	accountId: "one",
	origin: "https://relay.example",
	apiKey: "learnt",
	changedAt: Date.now() + 1_000,
	...given,
});
const relay = (apiKey: string | null, given = {}) => servedRelay({ id: "one", ...given }, apiKey);

describe("keys that other windows have told", () => {
	let used: AccountKey[];
	let keys: LearntKeys;
	beforeEach(() => {
		used = [];
		keys = new LearntKeys((one) => used.push(one));
	});
	const keyOf = (served: ReturnType<typeof relay>) => keys.withLearnt([served])[0]?.apiKey;

	it("are used where there is none, for their account and origin alone", () => {
		assert.ok(keys.learn(key({ changedAt: null })));
		assert.equal(keyOf(relay(null)), "learnt");
		assert.equal(keyOf(relay(null, { baseUrl: "https://other.example/v1" })), null);
		assert.deepEqual(keys.withLearnt([servedRelay({ id: "two" }, null)])[0]?.apiKey, null);
	});

	it("are told to the main thread once, when they are first used", () => {
		keys.learn(key());
		assert.equal(used.length, 0);
		keyOf(relay("own"));
		keyOf(relay("own"));
		assert.deepEqual(
			used.map(({ apiKey }) => apiKey),
			["learnt"],
		);
	});

	it("are nothing to tell where they are this window's own", () => {
		keys.learn(key());
		assert.equal(keyOf(relay("learnt")), "learnt");
		assert.deepEqual(used, []);
	});

	it("replace another key only when a person has entered them later", () => {
		keys.learn(key({ changedAt: null }));
		assert.equal(keyOf(relay("own")), "own");
		keys.learn(key({ apiKey: "changed" }));
		assert.equal(keyOf(relay("own")), "changed");
		assert.equal(keyOf(relay("own, changed again")), "own, changed again");
		keys.learn(key({ apiKey: "old", changedAt: 1 }));
		assert.equal(keyOf(relay("own, changed again")), "own, changed again");
	});

	it("are gone with this window's own when that is removed, and come back only when one is entered later", () => {
		keyOf(relay("own"));
		keys.learn(key());
		assert.equal(keyOf(relay("own")), "learnt");
		assert.equal(keyOf(relay(null)), null);
		keys.learn(key({ apiKey: "told late", changedAt: null }));
		assert.equal(keyOf(relay(null)), null);
		keys.learn(key({ apiKey: "entered since", changedAt: Date.now() + 2_000 }));
		assert.equal(keyOf(relay(null)), "entered since");
	});

	it("are used no more when they are removed where they came from, unless that was before they were entered", () => {
		keys.learn(key({ changedAt: 2_000 }));
		assert.ok(!keys.learn({ ...key({ changedAt: 1_000 }), apiKey: null }));
		assert.ok(!keys.learn({ ...key({ changedAt: 3_000, origin: "https://other.example" }), apiKey: null }));
		assert.equal(keyOf(relay(null)), "learnt");
		assert.ok(keys.learn({ ...key({ changedAt: 3_000 }), apiKey: null }));
		assert.equal(keyOf(relay(null)), null);
	});

	it("of two for an account the later one stays, whichever comes first", () => {
		keys.learn(key({ apiKey: "later", changedAt: 2 }));
		assert.equal(keys.learn(key({ apiKey: "earlier", changedAt: 1 })), false);
		assert.equal(keys.learn(key({ apiKey: "lacking", changedAt: null })), false);
		assert.equal(keyOf(relay(null)), "later");
		assert.equal(keys.learn(key({ apiKey: "later", changedAt: 3 })), false);
	});

	it("wait for their account, and go with it", () => {
		keys.withLearnt([]);
		keys.learn(key());
		keys.withLearnt([]);
		assert.equal(keyOf(relay(null)), "learnt");
		keys.withLearnt([]);
		assert.equal(keyOf(relay(null)), null);
	});

	it("of accounts that never come are not kept without bound", () => {
		for (let count = 0; count < 300; count += 1) keys.learn(key({ accountId: String(count) }));
		const relays = Array.from({ length: 300 }, (_, count) => servedRelay({ id: String(count) }, null));
		const known = keys.withLearnt(relays).map(({ apiKey }) => apiKey !== null);
		assert.equal(known.filter(Boolean).length, 256);
		assert.ok(known.at(-1));
	});
});

import assert from "node:assert/strict";
import type { ServedRelay } from "../../../src/bridge/protocol.ts";
import { AccountPool, type Lease } from "../../../src/pool/accountPool.ts";
import { servedRelay } from "../../support/relayAccount.ts";

function poolOf(...relays: readonly ServedRelay[]): AccountPool {
	const pool = new AccountPool();
	pool.replace(relays);
	return pool;
}

function lease(pool: AccountPool, model = "m"): Lease {
	const choice = pool.choose("openai", model);
	assert.equal(choice.kind, "lease");
	return (choice as Extract<typeof choice, { kind: "lease" }>).lease;
}

const labelOf = ({ relay }: Lease) => relay.account.label;

describe("the pool", () => {
	it("gives a request only to an account of its format", () => {
		const pool = poolOf(servedRelay({ label: "codex", format: "codex" }), servedRelay({ label: "openai" }));
		assert.equal(labelOf(lease(pool)), "openai");
		assert.equal(pool.choose("anthropic", "m").kind, "noneUsable");
	});

	it("prefers the higher priority even when it is busier", () => {
		const pool = poolOf(servedRelay({ label: "low" }), servedRelay({ label: "high", priority: 1 }));
		assert.deepEqual([lease(pool), lease(pool), lease(pool)].map(labelOf), ["high", "high", "high"]);
	});

	it("gives to the account with the fewest requests in flight", () => {
		const pool = poolOf(servedRelay({ label: "a" }), servedRelay({ label: "b" }));
		const [first, second] = [lease(pool), lease(pool)];
		assert.deepEqual([first, second].map(labelOf), ["a", "b"]);
		second.end();
		assert.equal(labelOf(lease(pool)), "b");
	});

	it("rotates among accounts that are equally free", () => {
		const pool = poolOf(servedRelay({ label: "a" }), servedRelay({ label: "b" }), servedRelay({ label: "c" }));
		const labels = Array.from({ length: 6 }, () => {
			const taken = lease(pool);
			taken.end();
			return labelOf(taken);
		});
		assert.deepEqual(labels, ["a", "b", "c", "a", "b", "c"]);
	});

	it("counts a lease that is ended twice once", () => {
		const pool = poolOf(servedRelay({ label: "a" }), servedRelay({ label: "b" }));
		const [a, b] = [lease(pool), lease(pool)];
		lease(pool);
		a.end();
		a.end();
		a.end();
		b.end();
		// a holds one, b none: were the double end counted, a would seem freer than b.
		assert.equal(labelOf(lease(pool)), "b");
	});

	it("keeps the count of an account that is replaced while it answers", () => {
		const pool = poolOf(servedRelay({ label: "a" }), servedRelay({ label: "b" }));
		const held = lease(pool);
		pool.replace([servedRelay({ label: "a", priority: 0 }), servedRelay({ label: "b" })]);
		assert.deepEqual([lease(pool)].map(labelOf), ["b"]);
		held.end();
	});

	it("says that there is no account, or why each was passed over", () => {
		assert.deepEqual(poolOf().choose("openai", "m"), { kind: "noAccount" });
		const pool = poolOf(
			servedRelay({ label: "off", enabled: false }),
			servedRelay({ label: "keyless" }, null),
			servedRelay({ label: "narrow", allowedModels: ["x"] }),
		);
		assert.deepEqual(pool.choose("openai", "m"), {
			kind: "noneUsable",
			passedOver: [
				{ label: "off", reason: "disabled" },
				{ label: "keyless", reason: "keyMissing" },
				{ label: "narrow", reason: "modelNotAllowed" },
			],
		});
	});
});

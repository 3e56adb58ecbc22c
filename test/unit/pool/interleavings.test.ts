import assert from "node:assert/strict";
import type { RelayAccount } from "../../../src/accounts/account.ts";
import type { AccountLive, ChoiceNote } from "../../../src/bridge/accountLive.ts";
import type { ServedRelay } from "../../../src/bridge/protocol.ts";
import { standingOf } from "../../../src/bridge/standing.ts";
import { AccountPool, type Choice, type Lease, type Outcome, type PoolRequest } from "../../../src/pool/accountPool.ts";
import type { Failure } from "../../../src/pool/cooldown.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import {
	failing,
	keyRefused,
	ManualClock,
	modelUnknown,
	outOfQuota,
	plainSettings,
	rateLimited,
	settled,
} from "./poolUnderTest.ts";

/** mulberry32: the same numbers for the same seed. */
function dice(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

const failures: readonly Failure[] = [
	failing(),
	failing(),
	failing(),
	failing(3),
	rateLimited(4),
	rateLimited(2, true),
	outOfQuota(9),
	keyRefused(),
	modelUnknown,
];

const accounts: readonly ServedRelay[] = [
	servedRelay({ label: "one", maxConcurrent: 1 }),
	servedRelay({ label: "two", maxConcurrent: 2 }),
	servedRelay({ label: "high", priority: 1, maxConcurrent: 3 }),
	servedRelay({ label: "only x", allowedModels: ["x"], maxConcurrent: 1 }),
	servedRelay({ label: "stranger", format: "gemini" }),
];

interface Held {
	readonly id: string;
	readonly lease: Lease;
}

interface Queued {
	readonly request: PoolRequest;
	readonly tried: ReadonlySet<string>;
	readonly leaving: AbortController;
}

/** Does anything to a pool in any order, and holds it to what must be true whatever happens. */
class Interleaving {
	readonly #random: () => number;
	readonly #clock = new ManualClock();
	readonly #pool: AccountPool;
	#relays: readonly ServedRelay[] = accounts;
	readonly #held: Held[] = [];
	/** In the order of coming. */
	readonly #queued = new Set<Queued>();
	/** Accounts whose breaker was seen open: the next request that they get is the probe. */
	readonly #opened = new Set<string>();
	/** The lease is known only when its choice has been made; until then null. */
	readonly #probes = new Map<string, Lease | null>();
	leases = 0;
	waits = 0;
	probes = 0;

	constructor(seed: number) {
		this.#random = dice(seed);
		this.#pool = new AccountPool({
			now: this.#clock.now,
			after: this.#clock.after,
			random: this.#random,
			onDidChange: () => {},
			onChoice: (note) => this.#chosen(note),
		});
		this.#configure(accounts);
	}

	async run(steps: number): Promise<void> {
		for (let step = 0; step < steps; step += 1) {
			this.#step();
			await settled();
			this.#check();
		}
		// What ends gives its account to those who wait, until nobody is left.
		while (this.#held.length + this.#queued.size > 0) {
			if (this.#held.length === 0) this.#clock.advance(plainSettings.queueWait);
			for (const held of [...this.#held]) this.#end(held);
			await settled();
		}
		this.#check();
		assert.deepEqual(
			this.#pool.live().map(({ inFlight }) => inFlight),
			this.#relays.map(() => 0),
		);
		this.#pool.close();
		assert.equal(this.#clock.pending, 0, "a timer is left");
	}

	#step(): void {
		const roll = this.#random();
		if (roll < 0.42) this.#acquire();
		else if (roll < 0.52) this.#commit();
		else if (roll < 0.8) this.#endAny();
		else if (roll < 0.85) this.#pick([...this.#queued])?.leaving.abort();
		else if (roll < 0.93) this.#advance();
		else if (roll < 0.97) this.#edit();
		else if (roll < 0.985) this.#again();
		else this.#clear();
	}

	#request(): PoolRequest {
		return {
			format: "openai",
			takers: ["openai"],
			model: this.#random() < 0.5 ? "x" : "y",
			named: this.#random() < 0.15 ? (this.#pick(accounts)?.account.id ?? null) : null,
			conversation: this.#random() < 0.3 ? `k${Math.floor(this.#random() * 3)}` : null,
			probe: this.#random() < 0.1,
		};
	}

	#acquire(): void {
		const request = this.#request();
		const tried = new Set(accounts.map(({ account }) => account.id).filter(() => this.#random() < 0.1));
		const queued: Queued = { request, tried, leaving: new AbortController() };
		const choice = this.#pool.acquire(request, tried, () => queued.leaving.signal);
		if (!(choice instanceof Promise)) {
			this.#received(queued, choice);
			return;
		}
		this.waits += 1;
		this.#queued.add(queued);
		void choice.then((found) => {
			this.#received(queued, found);
			this.#queued.delete(queued);
		});
	}

	#received(queued: Queued, choice: Choice): void {
		if (choice.kind !== "lease") return;
		for (const earlier of this.#queued) {
			if (earlier === queued) break;
			assert.ok(!isAlike(earlier, queued), "one that came later was served first");
		}
		this.#hold(choice.lease);
	}

	#hold(lease: Lease): void {
		const { id } = lease.keyed.account;
		this.leases += 1;
		this.#held.push({ id, lease });
		if (this.#probes.get(id) === null) this.#probes.set(id, lease);
	}

	/** Called just after a lease has begun. */
	#chosen({ chosen }: ChoiceNote): void {
		if (chosen !== null) this.#began(chosen);
	}

	#began(id: string): void {
		const { account } = this.#relays.find((relay) => relay.account.id === id) ?? assert.fail("nobody's account");
		assert.ok(this.#live(id).inFlight <= (account.maxConcurrent ?? Number.POSITIVE_INFINITY), "above the limit");
		assert.ok(!this.#probes.has(id), "two probes at once, or another request beside a probe");
		if (!this.#opened.has(id)) return;
		this.probes += 1;
		this.#probes.set(id, null);
	}

	#commit(): void {
		const held = this.#pick(this.#held);
		if (!held) return;
		// Before it commits: as it does, those who wait for the probe go on.
		this.#proved(held);
		held.lease.commit();
	}

	/** The probe said that the account is well. */
	#proved({ id, lease }: Held): void {
		if (this.#probes.get(id) === lease) this.#forget(id);
	}

	#endAny(): void {
		const held = this.#pick(this.#held);
		if (held) this.#end(held);
	}

	#end(held: Held): void {
		this.#held.splice(this.#held.indexOf(held), 1);
		const outcome = this.#outcome();
		// Before it ends: as it does, those who wait get what it gives back.
		if (outcome.kind === "answered") this.#proved(held);
		if (this.#probes.get(held.id) === held.lease) this.#probes.delete(held.id);
		held.lease.end(outcome);
		held.lease.end(this.#outcome());
		held.lease.commit();
	}

	#outcome(): Outcome {
		const roll = this.#random();
		if (roll < 0.3) return { kind: "answered" };
		if (roll < 0.4) return { kind: "passedOn" };
		if (roll < 0.5) return { kind: "aborted" };
		return { kind: "failed", failure: this.#pick(failures) ?? modelUnknown };
	}

	#again(): void {
		const id = this.#pick(this.#relays)?.account.id;
		const lease = id === undefined ? null : this.#pool.again(this.#request(), id);
		if (!lease) return;
		this.#began(lease.keyed.account.id);
		this.#hold(lease);
	}

	#advance(): void {
		const roll = this.#random();
		this.#clock.advance(roll < 0.8 ? roll * 5_000 : roll * 40_000);
	}

	#clear(): void {
		const id = this.#random() < 0.3 ? null : (this.#pick(this.#relays)?.account.id ?? null);
		for (const { account } of this.#relays) if (id === null || id === account.id) this.#forget(account.id);
		this.#pool.clear(id);
	}

	#edit(): void {
		const victim = this.#pick(accounts)?.account.id;
		const change = this.#pick<(relay: ServedRelay) => readonly ServedRelay[]>([
			(relay) => [{ ...relay, apiKey: `key ${this.#random()}` }],
			(relay) => [{ ...relay, apiKey: null }],
			(relay) => [edited(relay, { enabled: !relay.account.enabled })],
			(relay) => [edited(relay, { priority: Math.floor(this.#random() * 3) })],
			(relay) => [edited(relay, { maxConcurrent: 1 + Math.floor(this.#random() * 3) })],
			(relay) => [edited(relay, { baseUrl: `https://${this.#random()}.example` })],
			(relay) => (this.#held.some(({ id }) => id === relay.account.id) ? [relay] : []),
			() => accounts,
		]);
		this.#configure(
			change === undefined
				? accounts
				: uniqueById(this.#relays.flatMap((relay) => (relay.account.id === victim ? change(relay) : [relay]))),
		);
	}

	#configure(relays: readonly ServedRelay[]): void {
		// What an edit means for the breaker is tested elsewhere; here no more is expected of an edited account.
		for (const { account } of accounts) {
			const [before, now] = [this.#relays, relays].map((list) => list.find((one) => one.account.id === account.id));
			if (before !== now) this.#forget(account.id);
		}
		this.#relays = relays;
		this.#pool.configure(relays, { ...plainSettings, queueLimit: 5 });
	}

	#forget(id: string): void {
		this.#opened.delete(id);
		this.#probes.delete(id);
	}

	#check(): void {
		assert.ok(this.#clock.pending <= 1, "more than one timer");
		assert.ok(this.#queued.size <= 5, "more wait than may");
		for (const live of this.#pool.live()) {
			assert.equal(live.inFlight, this.#held.filter(({ id }) => id === live.id).length, "in flight");
			if (live.rest?.reason === "failing") this.#opened.add(live.id);
		}
		for (const queued of this.#queued) this.#checkWaits(queued);
	}

	/** Nobody waits while an account is free for it, by the predicate of all views. */
	#checkWaits({ request, tried }: Queued): void {
		for (const { account, apiKey } of this.#relays) {
			if (account.format !== request.format || tried.has(account.id)) continue;
			if (request.named !== null && request.named !== account.id) continue;
			const live = this.#live(account.id);
			const standing = standingOf(account, apiKey !== null, live, request.model, this.#clock.time);
			assert.notEqual(standing.kind, "usable", `${account.label} is free, and somebody waits`);
		}
	}

	#live(id: string): AccountLive {
		return this.#pool.live().find((one) => one.id === id) ?? assert.fail(`no account ${id}`);
	}

	#pick<T>(from: readonly T[]): T | undefined {
		return from[Math.floor(this.#random() * from.length)];
	}
}

function isAlike(one: Queued, other: Queued): boolean {
	return (
		one.request.model === other.request.model &&
		one.request.named === other.request.named &&
		[...one.tried].join() === [...other.tried].join()
	);
}

function edited(relay: ServedRelay, given: Partial<RelayAccount>): ServedRelay {
	return { ...relay, account: { ...relay.account, ...given } };
}

function uniqueById(relays: readonly ServedRelay[]): readonly ServedRelay[] {
	return [...new Map(relays.map((relay) => [relay.account.id, relay])).values()];
}

describe("any order of leases, ends, aborts, edits and time", () => {
	it("leaves no lease, no waiter and no timer, serves in order and probes one at a time", async () => {
		const seen = { leases: 0, waits: 0, probes: 0 };
		for (let seed = 1; seed <= 150; seed += 1) {
			const interleaving = new Interleaving(seed);
			try {
				await interleaving.run(150);
			} catch (error) {
				assert.fail(`seed ${seed}: ${error instanceof Error ? error.stack : error}`);
			}
			seen.leases += interleaving.leases;
			seen.waits += interleaving.waits;
			seen.probes += interleaving.probes;
		}
		// The test is worth its name only if all of this came about.
		assert.ok(seen.leases > 1_000 && seen.waits > 500 && seen.probes > 100, JSON.stringify(seen));
	});
});

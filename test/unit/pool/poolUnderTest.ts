import assert from "node:assert/strict";
import type { AccountLive, ChoiceNote } from "../../../src/bridge/accountLive.ts";
import type { PoolSettings, ServedAccount } from "../../../src/bridge/protocol.ts";
import { AccountPool, type Choice, type Lease, type PoolRequest } from "../../../src/pool/accountPool.ts";
import type { After } from "../../../src/pool/alarm.ts";
import type { Failure } from "../../../src/pool/cooldown.ts";

/** A clock that stands still until it is moved; timers run when their moment has come, the soonest first. */
export class ManualClock {
	time = Date.UTC(2026, 0, 1);
	readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

	readonly now = (): number => this.time;

	readonly after: After = (milliseconds, run) => {
		const timer = { at: this.time + milliseconds, run };
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	};

	get pending(): number {
		return this.#timers.size;
	}

	advance(milliseconds: number): void {
		const end = this.time + milliseconds;
		for (;;) {
			let next: { readonly at: number; readonly run: () => void } | null = null;
			for (const timer of this.#timers) if (timer.at <= end && (next === null || timer.at < next.at)) next = timer;
			if (next === null) break;
			this.#timers.delete(next);
			this.time = Math.max(this.time, next.at);
			next.run();
		}
		this.time = end;
	}
}

export const plainSettings: PoolSettings = {
	strategy: "least-used",
	modelAliases: {},
	maxAttempts: 4,
	maxWait: 5_000,
	queueLimit: 64,
	queueWait: 30_000,
	crossFormat: true,
};

/** One that means something in its own format only, unless it is said otherwise. */
function requestOf(given: Partial<PoolRequest>): PoolRequest {
	const { format = "openai" } = given;
	return { format, takers: [format], model: "m", named: null, conversation: null, probe: false, ...given };
}

type ChoiceOf<K extends Choice["kind"]> = Extract<Choice, { kind: K }>;

/** A pool with clock, dice and ears. Accounts are known by their label, which is their id too. */
export class PoolUnderTest {
	readonly clock = new ManualClock();
	readonly notes: ChoiceNote[] = [];
	changes = 0;
	/** In the middle, so that a backoff is exact. */
	dice = 0.5;
	readonly pool: AccountPool;
	relays: readonly ServedAccount[];
	settings: PoolSettings;

	constructor(relays: readonly ServedAccount[], settings: Partial<PoolSettings> = {}) {
		this.relays = relays;
		this.settings = { ...plainSettings, ...settings };
		this.pool = new AccountPool({
			now: this.clock.now,
			after: this.clock.after,
			random: () => this.dice,
			onDidChange: () => {
				this.changes += 1;
			},
			onChoice: (note) => this.notes.push(note),
		});
		this.pool.configure(this.relays, this.settings);
	}

	configure(relays: readonly ServedAccount[], settings: Partial<PoolSettings> = {}): void {
		this.relays = relays;
		this.settings = { ...this.settings, ...settings };
		this.pool.configure(this.relays, this.settings);
	}

	ask(
		given: Partial<PoolRequest> = {},
		tried: readonly string[] = [],
		signal = new AbortController().signal,
	): Choice | Promise<Choice> {
		return this.pool.acquire(requestOf(given), new Set(tried), () => signal);
	}

	/** The answer to a request that does not wait. */
	choose(given: Partial<PoolRequest> = {}, tried: readonly string[] = []): Choice {
		const choice = this.ask(given, tried);
		assert.ok(!(choice instanceof Promise), "the request waits");
		return choice;
	}

	refusal<K extends Choice["kind"]>(
		kind: K,
		given: Partial<PoolRequest> = {},
		tried: readonly string[] = [],
	): ChoiceOf<K> {
		return ofKind(this.choose(given, tried), kind);
	}

	lease(given: Partial<PoolRequest> = {}, tried: readonly string[] = []): Lease {
		return this.refusal("lease", given, tried).lease;
	}

	/** A request that has to wait. */
	wait(given: Partial<PoolRequest> = {}, tried: readonly string[] = [], signal?: AbortSignal): Waiting {
		const choice = this.ask(given, tried, signal);
		assert.ok(choice instanceof Promise, "the request does not wait");
		return new Waiting(choice);
	}

	again(accountId: string, given: Partial<PoolRequest> = {}): Lease | null {
		return this.pool.again(requestOf(given), accountId);
	}

	/** A request that fails before its first byte. */
	fail(failure: Failure = failing(), given: Partial<PoolRequest> = {}): void {
		this.lease(given).end({ kind: "failed", failure });
	}

	/** A request whose reply breaks off. */
	cut(failure: Failure = failing()): void {
		const lease = this.lease();
		lease.commit();
		lease.end({ kind: "failed", failure });
	}

	/** A request that is answered well. */
	answer(given: Partial<PoolRequest> = {}): string {
		const lease = this.lease(given);
		lease.commit();
		lease.end({ kind: "answered" });
		return labelOf(lease);
	}

	live(id: string): AccountLive {
		const live = this.pool.live().find((one) => one.id === id);
		assert.ok(live, `no account ${id}`);
		return live;
	}

	/** Seconds until the account's rest ends; null where it has none, or none that ends by itself. */
	restOf(id: string): number | null {
		const until = this.live(id).rest?.until ?? null;
		return until === null ? null : (until - this.clock.time) / 1000;
	}

	pass(seconds: number): void {
		this.clock.advance(seconds * 1000);
	}
}

/** A request in the queue, and what has come of it. */
export class Waiting {
	readonly #promise: Promise<Choice>;
	choice: Choice | null = null;

	constructor(promise: Promise<Choice>) {
		this.#promise = promise.then((choice) => {
			this.choice = choice;
			return choice;
		});
	}

	/** What it has got by now; fails when it still waits. */
	async end<K extends Choice["kind"]>(kind: K): Promise<ChoiceOf<K>> {
		await settled();
		assert.ok(this.choice, "the request still waits");
		return ofKind(await this.#promise, kind);
	}

	async stillWaits(): Promise<void> {
		await settled();
		assert.equal(this.choice, null);
	}
}

/** After everything that follows from what has happened. */
export function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

export function ofKind<K extends Choice["kind"]>(choice: Choice, kind: K): ChoiceOf<K> {
	assert.equal(choice.kind, kind);
	return choice as ChoiceOf<K>;
}

export const labelOf = ({ keyed }: Lease): string => keyed.account.label;

export function failing(seconds: number | null = null): Failure {
	return { kind: "failing", status: 503, detail: "overloaded", seconds };
}

export function rateLimited(seconds: number | null = null, modelOnly = false): Failure {
	return { kind: "rateLimited", status: 429, detail: "slow down", seconds, modelOnly };
}

export function outOfQuota(seconds: number | null = null, modelOnly = false): Failure {
	return { kind: "outOfQuota", status: 402, detail: "no credit", seconds, modelOnly };
}

export function keyRefused(status = 401): Failure {
	return { kind: "keyRefused", status, detail: "bad key" };
}

export const modelUnknown: Failure = { kind: "modelUnknown", status: 404, detail: "no such model" };

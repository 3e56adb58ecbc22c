import { type Format, formatOf } from "../accounts/account.ts";
import type { AccountLive, ChoiceNote, PassedOver, SavedRest } from "../bridge/accountLive.ts";
import type { PoolSettings, ServedAccount } from "../bridge/protocol.ts";
import { allowsModel } from "../bridge/standing.ts";
import { AccountState } from "./accountState.ts";
import { Affinity } from "./affinity.ts";
import { type After, Alarm, afterTimeout } from "./alarm.ts";
import { type Choice, decide, type Refusal } from "./choice.ts";
import { restoredRest } from "./cooldown.ts";
import { explain, remember } from "./explanation.ts";
import { type Group, servedGroups } from "./groups.ts";
import { AccountLease, type Lease, type Lessor, type PoolRequest } from "./lease.ts";
import { type ResolvedModel, resolveModel } from "./modelNames.ts";
import type { ToldQuota } from "./quotaRest.ts";
import { precedences } from "./rotation.ts";
import { findingFor, rankOf, type Survey, survey } from "./survey.ts";
import type { KeyedAccount } from "./usable.ts";
import { type Look, type Waiter, WaitingLine } from "./waiting.ts";

export type { Choice } from "./choice.ts";
export type { Lease, Outcome, PoolRequest } from "./lease.ts";

export interface PoolOptions {
	/** Milliseconds since 1970. */
	readonly now?: () => number;
	/** From 0 to below 1. */
	readonly random?: () => number;
	readonly after?: After;
	/** Something in `live()` changed; may be called often. */
	readonly onDidChange: () => void;
	/** A request got its account, or none. */
	readonly onChoice: (note: ChoiceNote) => void;
}

const unconfigured: PoolSettings = {
	strategy: "least-used",
	modelAliases: {},
	maxAttempts: 1,
	maxWait: 0,
	queueLimit: 0,
	queueWait: 0,
	crossFormat: false,
};

/** Picks the account that answers a request, and learns from how it went. */
export class AccountPool {
	readonly #now: () => number;
	readonly #random: () => number;
	readonly #onDidChange: () => void;
	readonly #onChoice: (note: ChoiceNote) => void;
	readonly #alarm: Alarm;
	readonly #affinity = new Affinity();
	readonly #line = new WaitingLine(() => this.#setAlarm());
	readonly #lessor: Lessor<AccountState> = {
		committed: (state, ticket) => {
			state.commit(ticket);
			if (ticket.probesHealth) this.#refresh(this.#now());
		},
		ended: (state, ticket, request, wasCommitted, outcome) => {
			const now = this.#now();
			state.end(ticket, request, wasCommitted, outcome, now, this.#random);
			if (state.inFlight === 0 && !this.#states.includes(state)) this.#byId.delete(state.id);
			if (this.#line.length > 0 || outcome.kind === "failed") this.#refresh(now);
			else this.#onDidChange();
		},
	};
	/** As they are configured. */
	#states: readonly AccountState[] = [];
	/** With those that are gone but have requests in flight. */
	readonly #byId = new Map<string, AccountState>();
	#idOfLabel: ReadonlyMap<string, string> = new Map();
	#settings = unconfigured;
	/** Of accounts, in the order in which they are asked. */
	#groups: readonly Group[] = servedGroups(unconfigured.crossFormat);
	/** Of accounts that are not configured yet. */
	#savedRests: readonly SavedRest[] = [];
	#choices = 0;
	#closed = false;

	constructor({ now = Date.now, random = Math.random, after = afterTimeout, ...options }: PoolOptions) {
		this.#now = now;
		this.#random = random;
		this.#onDidChange = options.onDidChange;
		this.#onChoice = options.onChoice;
		this.#alarm = new Alarm(now, after, () => this.#refresh(this.#now()));
	}

	/** Replaces accounts and settings. Requests in flight keep the account they have, as it was. */
	configure(accounts: readonly ServedAccount[], settings: PoolSettings): void {
		this.#settings = settings;
		this.#groups = servedGroups(settings.crossFormat);
		this.#states = [...new Set(accounts.map((served) => this.#stateOf(served)))];
		const listed = new Set(this.#states);
		for (const [id, state] of this.#byId) if (!listed.has(state) && state.inFlight === 0) this.#byId.delete(id);
		this.#idOfLabel = new Map(accounts.map(({ account }) => [account.label, account.id]));
		this.#applySavedRests();
		this.#refresh(this.#now());
	}

	/** What a client's model name means: global aliases, then `label/model`. */
	resolve(clientModel: string): ResolvedModel {
		return resolveModel(clientModel, this.#settings.modelAliases, this.#idOfLabel);
	}

	/**
	 * An account for a request; answers at once unless the request has to wait. Whoever has waited and left at the same
	 * moment may still be given a lease, and ends it.
	 * @param tried ids of the accounts that this request has called.
	 * @param leaving asked for only when the request has to wait.
	 */
	acquire(request: PoolRequest, tried: ReadonlySet<string>, leaving: () => AbortSignal): Choice | Promise<Choice> {
		if (this.#closed) return { kind: "left" };
		const now = this.#now();
		// An account whose rest has just ended is for those who were here before.
		if (this.#line.length > 0) this.#refresh(now);
		const look = this.#look(request, tried, now, now, this.#line.length < this.#settings.queueLimit);
		if (look.kind !== "waits") return look;
		const signal = leaving();
		if (signal.aborted) return { kind: "left" };
		const waits = this.#line.join({ request, tried, since: now, deadline: look.deadline }, signal);
		this.#setAlarm();
		return waits;
	}

	/** Another call on the same account; null where it is not usable now. */
	again(request: PoolRequest, accountId: string): Lease | null {
		if (this.#closed) return null;
		const now = this.#now();
		if (this.#line.length > 0) this.#refresh(now);
		const state = this.#states.find(({ id }) => id === accountId);
		if (!state?.keyed) return null;
		const finding = findingFor(state, request, this.#groups, now);
		if (typeof finding === "string" || finding.kind !== "usable") return null;
		const lease = this.#lease(state, state.keyed, request, now);
		this.#onDidChange();
		return lease;
	}

	/** The format of an account; null where there is no such account. */
	speaks(accountId: string): Format | null {
		const state = this.#byId.get(accountId);
		return state === undefined ? null : formatOf(state.served.account);
	}

	isNative(accountId: string): boolean {
		return this.#byId.get(accountId)?.served.account.type === "native";
	}

	live(): readonly AccountLive[] {
		const now = this.#now();
		return this.#states.map((state) => state.live(now));
	}

	/** What a ChatGPT account's backend lists; null: not known. */
	noteModels(accountId: string, models: readonly string[] | null): void {
		const state = this.#byId.get(accountId);
		if (state === undefined) return;
		state.models = models;
		this.#refresh(this.#now());
	}

	/** Something was told of a ChatGPT account's plan. */
	noteQuota(accountId: string, told: ToldQuota): void {
		const now = this.#now();
		this.#byId.get(accountId)?.noteQuota(told, now);
		this.#refresh(now);
	}

	/** Ends the rests of one account, or with null of all. */
	clear(accountId: string | null): void {
		for (const state of this.#states) if (accountId === null || state.id === accountId) state.clear();
		this.#savedRests = accountId === null ? [] : this.#savedRests.filter((saved) => saved.accountId !== accountId);
		this.#refresh(this.#now());
	}

	/** Rests from before a restart. Those that are over and refused keys are left out. */
	restore(rests: readonly SavedRest[]): void {
		this.#savedRests = [...this.#savedRests, ...rests];
		this.#applySavedRests();
		this.#refresh(this.#now());
	}

	/** Requests that wait end as `left`, and no timer stays. Leases still end as they do. */
	close(): void {
		this.#closed = true;
		this.#line.close();
		this.#alarm.set(null);
	}

	#stateOf(served: ServedAccount): AccountState {
		const known = this.#byId.get(served.account.id);
		if (known) {
			known.update(served);
			return known;
		}
		const made = new AccountState(served);
		this.#byId.set(served.account.id, made);
		return made;
	}

	#applySavedRests(): void {
		const now = this.#now();
		this.#savedRests = this.#savedRests.filter(({ accountId, rest, model }) => {
			const left = restoredRest(rest, now);
			const state = this.#states.find(({ id }) => id === accountId);
			if (left !== null) state?.restore(left, model);
			return left !== null && state === undefined;
		});
	}

	/** Whatever may have changed: ends rests that are over, looks at all who wait, sets the alarm for what comes next. */
	#refresh(now: number): void {
		for (const state of this.#states) state.settle(now);
		this.#line.serve(({ request, tried, since }: Waiter) => this.#look(request, tried, since, now, true));
		this.#setAlarm();
		this.#onDidChange();
	}

	#setAlarm(): void {
		if (this.#closed) return;
		let soonest = this.#line.soonestDeadline();
		for (const state of this.#states) {
			const end = state.nextEnd();
			if (end !== null && (soonest === null || end < soonest)) soonest = end;
		}
		this.#alarm.set(soonest);
	}

	#look(request: PoolRequest, tried: ReadonlySet<string>, since: number, now: number, mayWait: boolean): Look {
		const key = request.named === null ? this.#affinityKey(request, now) : null;
		const home = key === null ? null : this.#affinity.homeOf(key, now);
		const rules = { groups: this.#groups, precedes: precedences[this.#settings.strategy], home };
		const found = survey(this.#states, request, tried, rules, now);
		if (found.chosen !== null) {
			const { state, keyed } = found.chosen;
			if (key !== null) this.#affinity.settle(key, state.id, now);
			const lease = this.#lease(state, keyed, request, now);
			this.#note(request, found, explain(this.#states, found, home), now);
			return { kind: "lease", lease };
		}
		const decision = decide(found, tried.size > 0, since, now, this.#settings);
		if (decision.kind === "wait" && mayWait) return { kind: "waits", deadline: decision.deadline };
		const passedOver = explain(this.#states, found, home);
		this.#note(request, found, passedOver, now);
		return this.#refused(decision.refusal, passedOver);
	}

	#refused(refusal: Refusal, passedOver: readonly PassedOver[]): Choice {
		return refusal.kind === "noneServes" && this.#states.length === 0
			? { kind: "noAccount" }
			: { ...refusal, passedOver };
	}

	#note(request: PoolRequest, found: Survey, passedOver: readonly PassedOver[], now: number): void {
		const { format, model } = request;
		const chosen = found.chosen?.keyed.account.label ?? null;
		const note: ChoiceNote = { at: now, format, model, chosen, passedOver };
		remember(this.#states, found, note);
		this.#onChoice(note);
		this.#onDidChange();
	}

	#lease(state: AccountState, keyed: KeyedAccount, request: PoolRequest, now: number): Lease {
		this.#choices += 1;
		return new AccountLease(this.#lessor, state, state.begin(keyed, request.model, this.#choices, now), request);
	}

	/**
	 * The conversation; or, where its account could never answer for this model, the conversation's part about this
	 * model, so that a client that uses a small model beside its large one keeps a place for each.
	 */
	#affinityKey(request: PoolRequest, now: number): string | null {
		const { conversation, model } = request;
		if (conversation === null) return null;
		const home = this.#affinity.homeOf(conversation, now);
		const state = home === null ? undefined : this.#byId.get(home);
		if (state === undefined) return conversation;
		const serves =
			allowsModel(state.served.account, model, state.models) && rankOf(state, request, this.#groups) !== "otherFormat";
		return serves ? conversation : `${conversation}\n${model}`;
	}
}

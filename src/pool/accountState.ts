import { type Account, isRelay } from "../accounts/account.ts";
import type { AccountLive, ChoiceNote, ModelRest, Rest } from "../bridge/accountLive.ts";
import type { ServedAccount } from "../bridge/protocol.ts";
import type { Quota } from "../bridge/quota.ts";
import { Breaker } from "./breaker.ts";
import { blamesToken, cooldownAfter, type Failure, failingRest, isOver, laterRest } from "./cooldown.ts";
import type { Outcome, PoolRequest, Ticket } from "./lease.ts";
import { ownModel } from "./modelNames.ts";
import { afterQuota, type ToldQuota } from "./quotaRest.ts";
import { neverUsed, usedAgain } from "./rotation.ts";
import { isKeyedRelay, type KeyedAccount, keyedAccount } from "./usable.ts";

/** A client that tries name after name must not fill the memory. */
const mostModelRests = 100;

const noRests: readonly ModelRest[] = [];

/** One account in the pool: its requests in flight, its health, its use. */
export class AccountState {
	inFlight = 0;
	rest: Rest | null = null;
	modelRests = noRests;
	/** The one request that shows whether the account is well again is on its way. */
	probing = false;
	lately = neverUsed;
	lastChosen = 0;
	lastChoice: ChoiceNote | null = null;
	/** What a ChatGPT account's backend lists; null: not known, or a relay. */
	models: readonly string[] | null = null;
	quota: Quota | null = null;
	#served: ServedAccount;
	#keyed: KeyedAccount | null;
	/** Stays while the key is out of reach: a key that comes back as it was has not been edited. */
	#lastKey: string | null;
	#breaker = new Breaker();
	#generation = 0;

	constructor(served: ServedAccount) {
		this.#served = served;
		this.#keyed = keyedAccount(served);
		this.#lastKey = served.apiKey;
	}

	get id(): string {
		return this.#served.account.id;
	}

	get served(): ServedAccount {
		return this.#served;
	}

	/** Null while the key is missing. */
	get keyed(): KeyedAccount | null {
		return this.#keyed;
	}

	/**
	 * What a person edits to mend an account ends its rests; a new label or priority does not. A login's token changes by
	 * itself: that mends nothing but a token that was refused.
	 */
	update(served: ServedAccount): void {
		const before = this.#served;
		const keyChanged = served.apiKey !== null && this.#lastKey !== null && served.apiKey !== this.#lastKey;
		this.#served = served;
		this.#keyed = keyedAccount(served);
		this.#lastKey = served.apiKey ?? this.#lastKey;
		const mends = isRelay(served.account) || (this.rest !== null && blamesToken(this.rest.reason, this.rest.status));
		const isSame = isSameTarget(before, served);
		if (!isSame) {
			this.models = null;
			this.quota = null;
		}
		if ((keyChanged && mends) || !isSame) this.clear();
		else if (this.modelRests.length > 0) {
			this.modelRests = this.modelRests.filter(
				({ model }) => this.#nameFor(before.account, model) === this.#nameFor(served.account, model),
			);
		}
	}

	/** In good health from now on; what requests in flight have to say counts no more. */
	clear(): void {
		this.rest = null;
		this.modelRests = noRests;
		this.probing = false;
		this.#breaker = new Breaker();
		this.#generation += 1;
	}

	/** @param choices how many choices there have been, this one included. */
	begin(keyed: KeyedAccount, model: string, choices: number, now: number): Ticket {
		const probesHealth = this.#breaker.isOpen;
		this.inFlight += 1;
		this.lastChosen = choices;
		this.lately = usedAgain(this.lately, now);
		if (probesHealth) this.probing = true;
		return {
			...{ keyed, model: ownModel(keyed.account, model, this.models) },
			...{ generation: this.#generation, era: this.#breaker.era, probesHealth },
		};
	}

	commit(ticket: Ticket): void {
		if (ticket.generation !== this.#generation) return;
		this.#breaker.committed();
		if (!ticket.probesHealth) return;
		this.probing = false;
		// Opened once more while this one was on its way: that asks for a probe of its own.
		if (ticket.era === this.#breaker.era) this.#breaker.close();
	}

	end(
		ticket: Ticket,
		request: PoolRequest,
		wasCommitted: boolean,
		outcome: Outcome,
		now: number,
		random: () => number,
	): void {
		this.inFlight -= 1;
		if (ticket.generation !== this.#generation) return;
		if (outcome.kind === "answered") {
			if (!wasCommitted) this.commit(ticket);
			this.#breaker.endedWell();
			return;
		}
		const failedAsProbe = ticket.probesHealth && !wasCommitted;
		if (failedAsProbe) this.probing = false;
		if (outcome.kind !== "failed") return;
		const { failure } = outcome;
		if (this.#blamesOlderToken(failure, ticket)) return;
		if (request.probe && !(failure.kind === "keyRefused" && failure.status === 401)) return;
		if (failure.kind !== "failing") this.#cool(failure, ticket, request.model, now);
		else if (failedAsProbe || failure.seconds !== null || this.#isOneTooMany(ticket, wasCommitted)) {
			const rest = failingRest(failure, this.#breaker.openings, now, random);
			this.#breaker.open(ticket.era);
			this.rest = laterRest(this.rest, rest);
		}
	}

	/** Something was told of the plan. */
	noteQuota(told: ToldQuota, now: number): void {
		const { quota, rest, modelRests } = afterQuota(this, told, now);
		this.quota = quota;
		this.rest = rest;
		this.modelRests = modelRests;
	}

	/** A rest from before a restart. */
	restore(rest: Rest, model: string | null): void {
		if (model !== null) this.#restModel({ ...rest, model });
		else {
			this.rest = laterRest(this.rest, rest);
			if (rest.reason === "failing") this.#breaker.open();
		}
	}

	/** Forgets rests that are over. @returns whether there were any. */
	settle(now: number): boolean {
		const hadRest = this.rest !== null && isOver(this.rest, now);
		if (hadRest) this.rest = null;
		if (this.modelRests.length === 0) return hadRest;
		const left = this.modelRests.filter((rest) => !isOver(rest, now));
		const hadModelRests = left.length < this.modelRests.length;
		if (hadModelRests) this.modelRests = left;
		return hadRest || hadModelRests;
	}

	/** When the next rest ends; null where none does by itself. */
	nextEnd(): number | null {
		let soonest = this.rest?.until ?? null;
		for (const { until } of this.modelRests) {
			if (until !== null && (soonest === null || until < soonest)) soonest = until;
		}
		return soonest;
	}

	live(now: number): AccountLive {
		return {
			id: this.id,
			hasKey: this.#keyed !== null,
			inFlight: this.inFlight,
			rest: this.rest !== null && isOver(this.rest, now) ? null : this.rest,
			modelRests: this.modelRests.length === 0 ? this.modelRests : this.modelRests.filter((rest) => !isOver(rest, now)),
			probing: this.probing,
			lastChoice: this.lastChoice,
			models: this.models,
			quota: this.quota,
		};
	}

	/** A login's token changes while requests with the one before are on their way. */
	#blamesOlderToken({ kind, status }: Failure, { keyed }: Ticket): boolean {
		return !isKeyedRelay(keyed) && keyed.apiKey !== this.#lastKey && blamesToken(kind, status);
	}

	/** A request that began before the last opening tells how things were then. */
	#isOneTooMany(ticket: Ticket, wasCommitted: boolean): boolean {
		return ticket.era === this.#breaker.era && this.#breaker.failed(wasCommitted);
	}

	#cool(failure: Exclude<Failure, { kind: "failing" }>, ticket: Ticket, model: string, now: number): void {
		const { scope, rest } = cooldownAfter(failure, now);
		if (scope === "account") this.rest = laterRest(this.rest, rest);
		// Mapped to another name since: that the relay lacks the old one means nothing any more.
		else if (this.#nameFor(ticket.keyed.account, model) === this.#nameFor(this.#served.account, model)) {
			this.#restModel({ ...rest, model: isRelay(this.#served.account) ? model : ticket.model.model });
		}
	}

	#nameFor(account: Account, model: string): string {
		return ownModel(account, model, this.models).model;
	}

	#restModel(next: ModelRest): void {
		const known = this.modelRests.find(({ model }) => model === next.model) ?? null;
		const others = this.modelRests.filter((rest) => rest !== known);
		this.modelRests = [...others.slice(-(mostModelRests - 1)), laterRest(known, next)];
	}
}

/** Whether the same requests would go to the same place in the same way. */
function isSameTarget(before: ServedAccount, after: ServedAccount): boolean {
	if ("backend" in before || "backend" in after) {
		if (!("backend" in before && "backend" in after)) return false;
		return before.backend.baseUrl === after.backend.baseUrl && before.account.accountId === after.account.accountId;
	}
	const one = before.account;
	const other = after.account;
	return (
		one.format === other.format &&
		one.baseUrl === other.baseUrl &&
		one.auth === other.auth &&
		one.outboundProxy === other.outboundProxy &&
		isSameRecord(one.headers, other.headers)
	);
}

function isSameRecord(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
	if (one === other) return true;
	const names = Object.keys(one);
	return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

import { randomUUID } from "node:crypto";
import { readModelSuffix } from "../bridge/modelSuffix.ts";
import type { AccountPool, Choice, Lease, PoolRequest } from "../pool/accountPool.ts";
import { blamesToken, type Failure } from "../pool/cooldown.ts";
import { type Taker, takerOf } from "../pool/groups.ts";
import { isKeyedRelay } from "../pool/usable.ts";
import { answerProblem } from "./answer.ts";
import { type AttemptParts, attempt, type Tried } from "./attempt.ts";
import type { AttemptEnd } from "./attemptEnd.ts";
import type { Exchange } from "./exchange.ts";
import { Leaving } from "./leaving.ts";
import type { Refused } from "./nobody.ts";
import { type SealRefusals, staysSealed, unsealed } from "./sealRefusals.ts";
import { answerNobody, type Failed, type LastWordParts, type Unsuited } from "./unanswered.ts";

export interface JourneyParts extends AttemptParts, Omit<LastWordParts, "pool"> {
	readonly pool: AccountPool;
	readonly sealRefusals: SealRefusals;
	/** Calls for one request. */
	readonly maxAttempts: () => number;
}

type FailedEnd = AttemptEnd & { readonly kind: "failed" | "cutShort" };
type SealsRefused = AttemptEnd & { readonly kind: "sealsRefused" };

/** One request on its way from account to account, until one of them answers. */
export class Journey {
	readonly #parts: JourneyParts;
	readonly #exchange: Exchange;
	readonly #tried: Tried;
	readonly #leaving: Leaving;
	/** Not asked for again: a setting that changes must not leave a lease behind. */
	readonly #mostCalls: number;
	/** Where there is none to be told, this request stands for itself. */
	readonly #conversation: string;
	readonly #triedIds = new Set<string>();
	#request: PoolRequest;
	/** Given already, and called next. */
	#next: Lease | null = null;
	#last: Failed | null = null;
	#unsuited: Unsuited | null = null;
	/** Whether the last call went without what other accounts have encrypted. */
	#isUnsealed = false;
	/** How many ChatGPT accounts have not had the model. */
	#lacking = 0;
	/** How many of them have begun a reply that did not come to its end. */
	#cutShort = 0;

	constructor(parts: JourneyParts, exchange: Exchange, tried: Tried, request: PoolRequest) {
		this.#parts = parts;
		this.#exchange = exchange;
		this.#tried = tried;
		this.#request = request;
		this.#leaving = new Leaving(exchange.response);
		this.#mostCalls = parts.maxAttempts();
		this.#conversation = tried.conversation ?? randomUUID();
	}

	/** Settles when the client has been told all there is to tell. */
	async go(): Promise<void> {
		while (this.#mayCall) {
			const choice = await this.#choice();
			if (choice.kind === "left") break;
			if (choice.kind !== "lease") return this.#answerNobody(choice);
			const lease = await this.#rightlyNamed(choice.lease);
			// By its list, the account does not have the model.
			if (lease === null) continue;
			if (this.#leaving.isGone) {
				lease.end({ kind: "aborted" });
				return;
			}
			if (!this.#goesOn(await this.#call(lease), lease)) return;
		}
		if (!this.#leaving.isGone) await this.#answerNobody(null);
	}

	get #mayCall(): boolean {
		return this.#exchange.attempts < this.#mostCalls;
	}

	async #choice(): Promise<Choice> {
		const given = this.#next;
		this.#next = null;
		if (given !== null) return { kind: "lease", lease: given };
		const choice = this.#parts.pool.acquire(this.#request, this.#triedIds, this.#leaving.signal);
		const settled = choice instanceof Promise ? await choice : choice;
		if (settled.kind === "lease" || settled.kind === "left") return settled;
		const lease = (await this.#renewedOne(settled)) ?? (await this.#onlyOneAgain(settled));
		return lease === null ? settled : { kind: "lease", lease };
	}

	/** A model's own name may end like one with an effort or a tier: only the account's list tells them apart. */
	async #rightlyNamed(lease: Lease): Promise<Lease | null> {
		const { keyed, model: read } = lease;
		const { model } = this.#request;
		if (isKeyedRelay(keyed) || read.model === model) return lease;
		const { id } = keyed.account;
		const listed = await this.#parts.native.modelsOf(keyed).catch(() => null);
		if (readModelSuffix(model, listed).model === read.model) return lease;
		lease.end({ kind: "aborted" });
		return this.#parts.pool.again(this.#request, id);
	}

	/** One attempt, whose lease has ended by the time it settles. */
	async #call(lease: Lease): Promise<AttemptEnd> {
		this.#isUnsealed = this.#parts.sealRefusals.has(this.#conversation, lease.keyed.account.id);
		const tried = this.#isUnsealed ? unsealed(this.#tried) : this.#tried;
		try {
			return await attempt(this.#parts, this.#exchange, tried, lease, this.#leaving.signal);
		} catch (error) {
			lease.end({ kind: "aborted" });
			throw error;
		}
	}

	/** Takes in how an attempt ended. @returns false where the client has its answer. */
	#goesOn(end: AttemptEnd, lease: Lease): boolean {
		switch (end.kind) {
			case "malformed":
				answerProblem(this.#exchange, { kind: "badRequest", message: end.message });
				return false;
			case "unsuited":
				this.#unsuited ??= end;
				this.#leaveOut(takerOf(lease.keyed.account));
				return true;
			case "sealsRefused":
				this.#noteSeals(end, lease);
				return true;
			case "failed":
			case "cutShort":
				this.#noteFailure(end, lease);
				return true;
			default:
				return false;
		}
	}

	#noteSeals({ held }: SealsRefused, lease: Lease): void {
		const { account } = lease.keyed;
		this.#parts.sealRefusals.note(this.#conversation, account.id);
		const { dropped } = this.#exchange;
		this.#last = { failure: null, held, problem: "upstreamFailed", account, dropped };
		// A compaction, without which the talk would be another: only who has made it can go on with it.
		if (this.#isUnsealed || staysSealed(this.#tried)) this.#triedIds.add(account.id);
		else if (this.#mayCall) this.#next = this.#parts.pool.again(this.#request, account.id);
	}

	#noteFailure(end: FailedEnd, lease: Lease): void {
		const { failure } = end;
		const { account } = lease.keyed;
		const isNative = account.type === "native";
		const isCut = isNative && end.kind === "cutShort";
		this.#triedIds.add(account.id);
		if (isNative) {
			// Plans differ little in their models, and what was cut short has taken minutes and part of a plan: another login is
			// asked once.
			if (failure.kind === "modelUnknown") this.#lacking += 1;
			else if (isCut) this.#cutShort += 1;
			if (this.#lacking > 1 || this.#cutShort > 1) this.#leaveOut("native");
		}
		// That an account lacks the model says nothing of why the others failed.
		if (this.#last === null || failure.kind !== "modelUnknown") {
			const held = end.kind === "failed" ? end.held : null;
			const problem = isCut ? "upstreamEndedEarly" : "upstreamFailed";
			this.#last = { failure, held, problem, account, dropped: this.#exchange.dropped };
		}
		if (this.#mayCall) this.#next = this.#withNewToken(lease, failure);
	}

	/** What one account cannot be asked for, no other of its kind can. */
	#leaveOut(kind: Taker): void {
		const takers = this.#request.takers.filter((taker) => taker !== kind);
		this.#request = { ...this.#request, takers };
	}

	/** A login that was renewed while its older token was on its way is called with the new one at once. */
	#withNewToken({ keyed: { account, apiKey } }: Lease, { kind, status }: Failure): Lease | null {
		const { pool, native } = this.#parts;
		const token = { accountId: account.id, accessToken: apiKey };
		const isRenewed = blamesToken(kind, status) && native.renewals.isOutdated(token);
		return isRenewed ? pool.again(this.#request, account.id) : null;
	}

	/** Where nobody else can answer, a login that is being renewed is waited for, also by the request that found it refused. */
	async #renewedOne(choice: Refused): Promise<Lease | null> {
		if (choice.kind === "noAccount" || choice.kind === "busy") return null;
		const { renewals } = this.#parts.native;
		const open = choice.passedOver.flatMap(({ id, why }) =>
			(why === "tried" || why === "resting") && renewals.isOpen(id) ? [id] : [],
		);
		if (open.length === 0) return null;
		const id = await renewals.first(open, this.#leaving.signal());
		return id === null || this.#leaving.isGone ? null : this.#parts.pool.again(this.#request, id);
	}

	/** Where the one account there is may be well again in a moment, it is called once more: not for what took it minutes. */
	async #onlyOneAgain(choice: Refused): Promise<Lease | null> {
		const { account, attempts } = this.#exchange;
		if (this.#last?.problem === "upstreamEndedEarly") return null;
		if (choice.kind !== "exhausted" || this.#last?.failure?.kind !== "failing") return null;
		if (attempts !== 1 || account === null) return null;
		await this.#leaving.pause(this.#parts.timing.secondCall);
		return this.#leaving.isGone ? null : this.#parts.pool.again(this.#request, account.id);
	}

	#answerNobody(choice: Refused | null): Promise<void> {
		const unanswered = { tried: this.#tried, request: this.#request, last: this.#last, unsuited: this.#unsuited };
		return answerNobody(this.#parts, this.#exchange, { ...unanswered, choice });
	}
}

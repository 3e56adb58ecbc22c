import type { Format } from "../accounts/account.ts";
import type { SuffixedModel } from "../bridge/modelSuffix.ts";
import type { Failure } from "./cooldown.ts";
import type { Taker } from "./groups.ts";
import type { KeyedAccount } from "./usable.ts";

/** What of a client's request matters to the choice. */
export interface PoolRequest {
	readonly format: Format;
	/** Accounts that can be asked for this at all: a few requests mean something in one format only. */
	readonly takers: readonly Taker[];
	/** After aliases, the label cut. */
	readonly model: string;
	/** Id of the account that `label/model` names: no other is called. */
	readonly named: string | null;
	readonly conversation: string | null;
	/** Asks for one token: cools nobody, but a 401 takes the account out. */
	readonly probe: boolean;
}

/** How a call ended, for the account. */
export type Outcome =
	/** A reply that came whole and ended well. */
	| { readonly kind: "answered" }
	/** An error that is the request's own; says nothing about the account. */
	| { readonly kind: "passedOn" }
	/** The client went away, or the proxy stopped. */
	| { readonly kind: "aborted" }
	| { readonly kind: "failed"; readonly failure: Failure };

/** The right to send one request to one account. */
export interface Lease {
	readonly keyed: KeyedAccount;
	/** The account's own name for the model, and what the client's name says beside it. */
	readonly model: SuffixedModel;
	/** The first byte of a reply goes to the client; a success. Not for an error that is passed on. */
	commit(): void;
	/** Exactly once; a second call changes nothing. */
	end(outcome: Outcome): void;
}

/** What an account remembers of a lease it gave. */
export interface Ticket {
	readonly keyed: KeyedAccount;
	readonly model: SuffixedModel;
	/** Of the account when the lease began; another one since means: cleared or edited. */
	readonly generation: number;
	readonly era: number;
	/** This request shows whether the account is well again. */
	readonly probesHealth: boolean;
}

/** Who hears of a lease's two moments, each once at most. */
export interface Lessor<State> {
	committed(state: State, ticket: Ticket): void;
	ended(state: State, ticket: Ticket, request: PoolRequest, wasCommitted: boolean, outcome: Outcome): void;
}

export class AccountLease<State> implements Lease {
	readonly keyed: KeyedAccount;
	readonly model: SuffixedModel;
	readonly #lessor: Lessor<State>;
	readonly #state: State;
	readonly #ticket: Ticket;
	readonly #request: PoolRequest;
	#committed = false;
	#ended = false;

	constructor(lessor: Lessor<State>, state: State, ticket: Ticket, request: PoolRequest) {
		this.keyed = ticket.keyed;
		this.model = ticket.model;
		this.#lessor = lessor;
		this.#state = state;
		this.#ticket = ticket;
		this.#request = request;
	}

	commit(): void {
		if (this.#committed || this.#ended) return;
		this.#committed = true;
		this.#lessor.committed(this.#state, this.#ticket);
	}

	end(outcome: Outcome): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#lessor.ended(this.#state, this.#ticket, this.#request, this.#committed, outcome);
	}
}

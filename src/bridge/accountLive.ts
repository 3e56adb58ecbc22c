import type { Format } from "../accounts/account.ts";
import type { Quota } from "./quota.ts";

/** How accounts stand in the pool that serves, in plain data that crosses threads and windows. */

/** Why an account, or one model of it, is not picked for a while. */
export type RestReason =
	/** 401, 403: until a person mends it. */
	| "keyRefused"
	/** 402 or an error that says so. */
	| "outOfQuota"
	/** 429. */
	| "rateLimited"
	/** Several failures in a row. */
	| "failing"
	/** The relay does not know the model. */
	| "modelUnknown";

export interface Rest {
	readonly reason: RestReason;
	/** Milliseconds since 1970; null: until a person mends it. */
	readonly until: number | null;
	/** HTTP status that the relay gave or meant; null where it gave none. */
	readonly status: number | null;
	/** In the relay's or the network's words, for people; holds no secret; may be empty. */
	readonly detail: string;
}

/** One model of an account rests. */
export interface ModelRest extends Rest {
	readonly model: string;
}

/** Why an account was passed over in a choice; more than the standing of one account can say. */
export interface PassedOver {
	readonly id: string;
	readonly label: string;
	readonly why:
		| Exclude<Standing["kind"], "usable">
		/** Speaks another format. */
		| "otherFormat"
		/** The request names another account. */
		| "otherNamed"
		/** This request has called it already. */
		| "tried"
		| "lowerPriority"
		/** The conversation stays on the chosen one. */
		| "affinity"
		/** The strategy prefers the chosen one. */
		| "strategy";
	/** Milliseconds since 1970, where it is a matter of time. */
	readonly until: number | null;
}

/** One choice, explained. */
export interface ChoiceNote {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly format: Format;
	readonly model: string;
	/** The chosen account's label; null where nobody could be. */
	readonly chosen: string | null;
	readonly passedOver: readonly PassedOver[];
}

/** Whether an account can be picked for a model (or for any), and if not, why. */
export type Standing =
	| { readonly kind: "usable" }
	| { readonly kind: "disabled" }
	| { readonly kind: "keyMissing" }
	| { readonly kind: "modelNotAllowed" }
	| { readonly kind: "resting"; readonly rest: Rest }
	/** That model of it rests. */
	| { readonly kind: "modelResting"; readonly rest: ModelRest }
	/** A request is on its way to see whether the account is well again. */
	| { readonly kind: "probing" }
	/** As many requests as it may have. */
	| { readonly kind: "busy"; readonly limit: number };

/** How an account stands in the pool right now. */
export interface AccountLive {
	readonly id: string;
	/** Whether the proxy that serves has its key. */
	readonly hasKey: boolean;
	readonly inFlight: number;
	/** Null: in good health. */
	readonly rest: Rest | null;
	readonly modelRests: readonly ModelRest[];
	/** One request probes it after a rest. */
	readonly probing: boolean;
	/** The last choice in which it was considered. */
	readonly lastChoice: ChoiceNote | null;
	/** Of a ChatGPT account: the models that its backend lists; null: not known yet, or a relay. */
	readonly models: readonly string[] | null;
	/** Of a ChatGPT account: what its replies have told of its plan; null: nothing yet, or a relay. */
	readonly quota: Quota | null;
}

/** A rest worth keeping across a reload of the window; key refusals are not, a restart tries them again. */
export interface SavedRest {
	readonly accountId: string;
	readonly rest: Rest;
	/** Null: the whole account. */
	readonly model: string | null;
}

import type { PassedOver } from "../bridge/accountLive.ts";
import type { PoolSettings } from "../bridge/protocol.ts";
import type { Lease } from "./lease.ts";
import type { Survey } from "./survey.ts";

export type Choice =
	| { readonly kind: "lease"; readonly lease: Lease }
	/** There is no account at all. */
	| { readonly kind: "noAccount" }
	/** Nobody could answer, now or later, unless a person does something. */
	| { readonly kind: "noneServes"; readonly passedOver: readonly PassedOver[] }
	/** All that could answer rest. `until`: when the first is back, in milliseconds since 1970. */
	| { readonly kind: "cooling"; readonly until: number; readonly passedOver: readonly PassedOver[] }
	/** The queue is full, or the request has waited too long in it. */
	| { readonly kind: "busy"; readonly passedOver: readonly PassedOver[] }
	/** This request has tried all that could answer. */
	| { readonly kind: "exhausted"; readonly passedOver: readonly PassedOver[] }
	/** The client went away while it waited, or the pool was closed. */
	| { readonly kind: "left" };

/** What comes of a survey in which nobody could be chosen. */
export type Decision =
	/** In the queue, until `deadline` (milliseconds since 1970) at most. */
	| { readonly kind: "wait"; readonly deadline: number; readonly refusal: Refusal }
	| { readonly kind: "refuse"; readonly refusal: Refusal };

export type Refusal =
	| { readonly kind: "noneServes" | "busy" | "exhausted" }
	| { readonly kind: "cooling"; readonly until: number };

/**
 * Busy accounts are waited for whatever came before, for they will be free; resting ones only by a request that has
 * nothing to lose yet. An account that is being probed counts as busy: whether it is well will be known soon.
 * @param since when the request came to the pool, in milliseconds since 1970.
 */
export function decide(
	survey: Pick<Survey, "someBusy" | "soonestBack">,
	hasTried: boolean,
	since: number,
	now: number,
	{ maxWait, queueWait }: Pick<PoolSettings, "maxWait" | "queueWait">,
): Decision {
	const { someBusy, soonestBack } = survey;
	if (someBusy) return waitUntil(since + queueWait, now, { kind: "busy" });
	if (hasTried) return { kind: "refuse", refusal: { kind: "exhausted" } };
	if (soonestBack === null) return { kind: "refuse", refusal: { kind: "noneServes" } };
	const refusal: Refusal = { kind: "cooling", until: soonestBack };
	return soonestBack > since + maxWait ? { kind: "refuse", refusal } : waitUntil(since + maxWait, now, refusal);
}

function waitUntil(deadline: number, now: number, refusal: Refusal): Decision {
	return now < deadline ? { kind: "wait", deadline, refusal } : { kind: "refuse", refusal };
}

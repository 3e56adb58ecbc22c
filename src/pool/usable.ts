import type { RelayAccount } from "../accounts/account.ts";
import type { AccountLive, Standing } from "../bridge/accountLive.ts";
import type { ServedRelay } from "../bridge/protocol.ts";
import { standingOf } from "../bridge/standing.ts";

/** A relay that has its key: one immutable value, so that a key can never meet another account's URL. */
export interface KeyedRelay {
	readonly account: RelayAccount;
	readonly apiKey: string;
}

/** What of an account's state says whether it can be picked. */
export type Condition = Pick<AccountLive, "inFlight" | "rest" | "modelRests" | "probing">;

/** Null while the key is missing. */
export function keyedRelay({ account, apiKey }: ServedRelay): KeyedRelay | null {
	return apiKey === null ? null : { account, apiKey };
}

/**
 * Whether an account can be given a request for a model now, by the predicate that the views ask too.
 * @param now milliseconds since 1970.
 */
export function standingFor(
	{ account, apiKey }: ServedRelay,
	condition: Condition,
	model: string,
	now: number,
): Standing {
	return standingOf(account, apiKey !== null, condition, model, now);
}

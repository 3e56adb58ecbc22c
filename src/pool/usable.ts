import type { NativeAccount, RelayAccount } from "../accounts/account.ts";
import type { AccountLive, Standing } from "../bridge/accountLive.ts";
import type { Backend, ServedAccount } from "../bridge/protocol.ts";
import { standingOf } from "../bridge/standing.ts";

/** A relay that has its key: one immutable value, so that a key can never meet another account's URL. */
export interface KeyedRelay {
	readonly account: RelayAccount;
	readonly apiKey: string;
}

/** A ChatGPT login that has its access token. */
export interface KeyedNative {
	readonly account: NativeAccount;
	/** The access token. */
	readonly apiKey: string;
	readonly backend: Backend;
}

export type KeyedAccount = KeyedRelay | KeyedNative;

/** Below which an account's requests go. */
export function baseUrlFor(served: ServedAccount): string {
	return "backend" in served ? served.backend.baseUrl : served.account.baseUrl;
}

/** The only origin that an account's key is for, as `URL` writes it. */
export function originFor(served: ServedAccount): string {
	return new URL(baseUrlFor(served)).origin;
}

/** What of an account's state says whether it can be picked. */
export type Condition = Pick<AccountLive, "inFlight" | "rest" | "modelRests" | "probing" | "models">;

export function isKeyedRelay(keyed: KeyedAccount): keyed is KeyedRelay {
	return keyed.account.type === "relay";
}

/** Null while the key is missing. */
export function keyedAccount(served: ServedAccount): KeyedAccount | null {
	const { apiKey } = served;
	if (apiKey === null) return null;
	return "backend" in served
		? { account: served.account, apiKey, backend: served.backend }
		: { account: served.account, apiKey };
}

/**
 * Whether an account can be given a request for a model now, by the predicate that the views ask too.
 * @param now milliseconds since 1970.
 */
export function standingFor(
	{ account, apiKey }: ServedAccount,
	condition: Condition,
	model: string,
	now: number,
): Standing {
	return standingOf(account, apiKey !== null, condition, model, now);
}

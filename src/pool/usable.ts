import type { RelayAccount } from "../accounts/account.ts";
import type { ServedRelay } from "../bridge/protocol.ts";

/** A relay that has its key. */
export interface KeyedRelay {
	readonly account: RelayAccount;
	readonly apiKey: string;
}

/** Why an account is passed over. */
export type Unusable = "disabled" | "keyMissing" | "modelNotAllowed";

/** Whether a pattern (exact, or with `*` for any run of characters) names a model. Upper and lower case differ. */
export function matchesPattern(pattern: string, model: string): boolean {
	const [head = "", ...rest] = pattern.split("*");
	const tail = rest.pop();
	if (tail === undefined) return pattern === model;
	if (model.length < head.length + tail.length || !model.startsWith(head) || !model.endsWith(tail)) return false;
	const end = model.length - tail.length;
	let at = head.length;
	for (const piece of rest) {
		const found = model.indexOf(piece, at);
		if (found < 0 || found + piece.length > end) return false;
		at = found + piece.length;
	}
	return true;
}

export function allowsModel(account: Pick<RelayAccount, "allowedModels">, model: string): boolean {
	return account.allowedModels === null || account.allowedModels.some((pattern) => matchesPattern(pattern, model));
}

/** Why this relay does not serve this model, or the relay with its key when it does. The one predicate of "usable". */
export function judgeRelay(relay: ServedRelay, model: string): Unusable | KeyedRelay {
	const { account, apiKey } = relay;
	if (!allowsModel(account, model)) return "modelNotAllowed";
	if (!account.enabled) return "disabled";
	return apiKey === null ? "keyMissing" : { account, apiKey };
}

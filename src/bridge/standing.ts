import type { Account } from "../accounts/account.ts";
import type { AccountLive, Standing } from "./accountLive.ts";

const usable: Standing = { kind: "usable" };

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

export function allowsModel(account: Pick<Account, "allowedModels">, model: string): boolean {
	return account.allowedModels === null || account.allowedModels.some((pattern) => matchesPattern(pattern, model));
}

/**
 * The one predicate of "usable": choice, tree, status bar and model lists all ask here.
 * @param live null while no proxy serves.
 * @param model null: whether it could answer for any model at all.
 * @param now milliseconds since 1970.
 */
export function standingOf(
	account: Account,
	hasKey: boolean,
	live: Pick<AccountLive, "inFlight" | "rest" | "modelRests" | "probing"> | null,
	model: string | null,
	now: number,
): Standing {
	if (model !== null && !allowsModel(account, model)) return { kind: "modelNotAllowed" };
	if (!account.enabled) return { kind: "disabled" };
	if (!hasKey) return { kind: "keyMissing" };
	if (live === null) return usable;
	const { rest, modelRests, probing, inFlight } = live;
	if (rest !== null && (rest.until === null || rest.until > now)) return { kind: "resting", rest };
	if (probing) return { kind: "probing" };
	const modelRest = modelRests.find((one) => one.model === model && (one.until === null || one.until > now));
	if (modelRest) return { kind: "modelResting", rest: modelRest };
	const limit = account.type === "relay" ? account.maxConcurrent : null;
	return limit !== null && inFlight >= limit ? { kind: "busy", limit } : usable;
}

import type { Account } from "../accounts/account.ts";
import type { AccountLive, Rest, Standing } from "./accountLive.ts";
import { readModelSuffix } from "./modelSuffix.ts";
import { mainBucket } from "./quota.ts";
import { presumedBucket } from "./quotaRules.ts";

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

/**
 * Whether a person, and the backend of a ChatGPT account, let an account be asked for a model.
 * @param listed what that backend lists; null: not known yet, so that every model may be there.
 */
export function allowsModel(
	{ allowedModels }: Pick<Account, "allowedModels">,
	model: string,
	listed: readonly string[] | null = null,
): boolean {
	if (listed !== null && !listed.includes(readModelSuffix(model, listed).model)) return false;
	return allowedModels === null || allowedModels.some((pattern) => matchesPattern(pattern, model));
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
	live: Pick<AccountLive, "inFlight" | "rest" | "modelRests" | "probing" | "models"> | null,
	model: string | null,
	now: number,
): Standing {
	if (model !== null && !allowsModel(account, model, live?.models)) return { kind: "modelNotAllowed" };
	if (!account.enabled) return { kind: "disabled" };
	if (!hasKey) return { kind: "keyMissing" };
	if (live === null) return usable;
	const { rest, modelRests, probing, inFlight, models } = live;
	const asked = model !== null && account.type === "native" ? readModelSuffix(model, models).model : model;
	if (rest !== null && (rest.until === null || rest.until > now) && !isSpared(account, asked, rest)) {
		return { kind: "resting", rest };
	}
	if (probing) return { kind: "probing" };
	const modelRest = modelRests.find((one) => one.model === asked && (one.until === null || one.until > now));
	if (modelRest) return { kind: "modelResting", rest: modelRest };
	const limit = account.type === "relay" ? account.maxConcurrent : null;
	return limit !== null && inFlight >= limit ? { kind: "busy", limit } : usable;
}

/** A plan that is used up leaves alone the models that have a bucket of their own. A missing payment concerns all. */
function isSpared({ type }: Pick<Account, "type">, model: string | null, { reason, status }: Rest): boolean {
	if (type !== "native" || model === null || reason !== "outOfQuota" || status === 402) return false;
	return presumedBucket(model) !== mainBucket;
}

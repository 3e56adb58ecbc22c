import type { AccountLive, PassedOver, Rest } from "../bridge/accountLive.ts";
import { readModelSuffix } from "../bridge/modelSuffix.ts";
import { endpoints } from "../formats/endpoints.ts";
import type { Problem } from "../formats/problem.ts";
import type { Choice, PoolRequest } from "../pool/accountPool.ts";
import { nearestNames } from "./nearNames.ts";

/** A choice that gave no account, to a client that is still there. */
export type Refused = Exclude<Choice, { kind: "lease" | "left" }>;

/** What the texts draw on beside the choice. */
export interface Known {
	/** Names that accounts of the format are known to have. */
	readonly models: readonly string[];
	readonly live: readonly AccountLive[];
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Whether an account is a ChatGPT login. */
	readonly isNative: (accountId: string) => boolean;
}

type Question = Pick<PoolRequest, "format" | "model" | "named">;

const addOne =
	"Add one in VS Code with the command “Relay Accounts: Add Relay Account” or “Relay Accounts: Sign In with ChatGPT”.";
/** Seconds: about how long a request takes to make room for the next. */
const busyFor = 5;
/** More than a person reads. */
const mostAccounts = 6;
const quotedLength = 120;

/** Why nobody answers, and what to do about it. */
export function nobodyProblem(choice: Refused, question: Question, known: Known): Problem {
	switch (choice.kind) {
		case "noAccount":
			return { kind: "unavailable", message: `There is no account yet. ${addOne}` };
		case "noneServes":
			return noneServes(choice.passedOver, question, known);
		case "cooling":
			return cooling(choice, question, known);
		case "busy": {
			const list = reasonList(considered(choice.passedOver, "modelNotAllowed"), question, known);
			return { kind: "unavailable", message: `${cannot(choice, question)} now: ${list}.`, retryAfter: busyFor };
		}
		case "exhausted": {
			const { model } = question;
			const message = `Every account that could answer for the model “${model}” was called, and none of them did.`;
			return { kind: "upstreamFailed", message };
		}
	}
}

/**
 * Of a request that only accounts without its model have refused: why those of the client's own format did not answer that
 * may have it. Null where there are none.
 * @param isOwn whether an account speaks the client's format.
 */
export function unaskedProblem(
	{ passedOver }: Refused & { readonly kind: "exhausted" },
	question: Question,
	known: Known,
	isOwn: (accountId: string) => boolean,
): Problem | null {
	const unasked = considered(passedOver, "modelNotAllowed").filter(
		(one) => one.why !== "tried" && isOwn(one.id) && !lacksModel(one, question, known),
	);
	if (unasked.length === 0) return null;
	const ends = unasked.flatMap(({ until }) => (until === null ? [] : [until]));
	return ends.length === 0
		? noneServes(unasked, question, known)
		: cooling({ kind: "cooling", until: Math.min(...ends), passedOver: unasked }, question, known);
}

function cooling(choice: Refused & { kind: "cooling" }, question: Question, known: Known): Problem {
	const accounts = considered(choice.passedOver, "modelNotAllowed");
	const back = accounts.filter(({ until }) => until !== null);
	// They are asked again in a while; that is no reason to make the client wait for it.
	if (back.length > 0 && back.every((one) => lacksModel(one, question, known))) {
		return noneServes(choice.passedOver, question, known);
	}
	const milliseconds = Math.max(0, choice.until - known.now);
	return {
		kind: "rateLimited",
		message:
			`${cannot(choice, question)} for another ${durationText(milliseconds)}: ` +
			`${reasonList(accounts, question, known)}.`,
		retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)),
	};
}

function noneServes(passedOver: readonly PassedOver[], question: Question, known: Known): Problem {
	const { format, model, named } = question;
	const accounts = considered(passedOver);
	if (accounts.length === 0) {
		const { name } = endpoints[format];
		const account = passedOver.find(({ id }) => id === named);
		const message = account
			? `The account “${account.label}” does not speak the ${name} format.`
			: `No account speaks the ${name} format. ${addOne}`;
		return { kind: "modelNotFound", message };
	}
	const unready = accounts.filter((one) => one.why !== "modelNotAllowed" && !lacksModel(one, question, known));
	if (unready.length > 0) {
		const message = `${cannot({ passedOver }, question)} now: ${reasonList(unready, question, known)}.`;
		return { kind: "unavailable", message };
	}
	const near = nearestNames(model, known.models);
	const hint = near.length === 0 ? "" : ` Near names: ${near.join(", ")}.`;
	return { kind: "modelNotFound", message: `${lackText(accounts, question, known)}${hint}` };
}

function lackText(accounts: readonly PassedOver[], { model, named }: Question, { isNative }: Known): string {
	const [first] = accounts;
	// Of a login's models its backend decides, not a person.
	const isAllowed = (one: PassedOver) => one.why !== "modelNotAllowed" || isNative(one.id);
	if (named !== null && first) {
		return isAllowed(first)
			? `The account “${first.label}” does not know the model “${model}”.`
			: `The account “${first.label}” does not allow the model “${model}”.`;
	}
	const asked = accounts.filter(isAllowed);
	const closed = accounts.filter((one) => !isAllowed(one));
	const facts = [
		...(asked.length === 0 ? [] : [`${labelList(asked)} ${asked.length === 1 ? "does" : "do"} not know it`]),
		...(closed.length === 0 ? [] : [`it is not among the allowed models of ${labelList(closed)}`]),
	];
	return `No account has the model “${model}”; ${facts.join(", and ")}.`;
}

/** Those that speak the format, and are the named one where one is named. */
function considered(passedOver: readonly PassedOver[], leftOut?: PassedOver["why"]): readonly PassedOver[] {
	return passedOver.filter(({ why }) => why !== "otherFormat" && why !== "otherNamed" && why !== leftOut);
}

function cannot({ passedOver }: { readonly passedOver: readonly PassedOver[] }, { model, named }: Question): string {
	const account = named === null ? undefined : passedOver.find(({ id }) => id === named);
	const who = account ? `The account “${account.label}” cannot` : "No account can";
	return `${who} answer for the model “${model}”`;
}

function reasonList(accounts: readonly PassedOver[], question: Question, known: Known): string {
	const texts = accounts.slice(0, mostAccounts).map((account) => {
		const subject = question.named === null ? `“${account.label}”` : "it";
		return `${subject} ${reasonText(account, question, known)}`;
	});
	return withRest(texts, accounts.length);
}

function labelList(accounts: readonly PassedOver[]): string {
	const labels = accounts.slice(0, mostAccounts).map(({ label }) => `“${label}”`);
	return withRest(labels, accounts.length);
}

function withRest(texts: readonly string[], count: number): string {
	return count > texts.length ? `${texts.join(", ")} and ${count - texts.length} more` : texts.join(", ");
}

function reasonText(account: PassedOver, question: Question, known: Known): string {
	switch (account.why) {
		case "disabled":
			return "is disabled";
		case "keyMissing":
			return known.isNative(account.id) ? "has to be signed in to again" : "has no key in this VS Code window";
		case "modelNotAllowed":
			return known.isNative(account.id) ? "does not have that model" : "does not allow that model";
		case "busy":
			return "has as many requests as it may have";
		case "probing":
			return "is being tried again";
		case "tried":
			return "has failed just now";
		case "resting":
		case "modelResting":
			return restText(account, restOf(account, question, known), known);
		default:
			return "was passed over";
	}
}

function restText({ id, why, until }: PassedOver, rest: Rest | null, { now, isNative }: Known): string {
	const scope = why === "modelResting" ? " for that model" : "";
	const time = until === null ? "" : ` for another ${durationText(until - now)}`;
	const detail = rest === null || rest.detail === "" ? "" : ` (${shortened(rest.detail)})`;
	switch (rest?.reason) {
		case "keyRefused":
			return isNative(id) ? `has a login that is refused${detail}` : `has a key that the relay refuses${detail}`;
		case "outOfQuota":
			return `is out of quota${scope}${time}${detail}`;
		case "rateLimited":
			return `is at its rate limit${scope}${time}${detail}`;
		case "failing":
			return `keeps failing and rests${time}${detail}`;
		case "modelUnknown":
			return `does not know that model${detail}`;
		case undefined:
			return `rests${scope}${time}`;
	}
}

function lacksModel(account: PassedOver, question: Question, known: Known): boolean {
	return account.why === "modelResting" && restOf(account, question, known)?.reason === "modelUnknown";
}

function restOf({ id, why }: PassedOver, { model }: Question, { live, isNative }: Known): Rest | null {
	const account = live.find((one) => one.id === id);
	if (why === "resting") return account?.rest ?? null;
	const asked = isNative(id) ? readModelSuffix(model, account?.models ?? null).model : model;
	return account?.modelRests.find((rest) => rest.model === asked) ?? null;
}

function shortened(text: string): string {
	const bare = text.replace(/\.$/, "");
	return bare.length <= quotedLength ? bare : `${bare.slice(0, quotedLength)}…`;
}

/** The greatest unit that says enough, rounded up: nobody should come back too early. */
function durationText(milliseconds: number): string {
	const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
	if (seconds < 120) return counted(seconds, "second");
	if (seconds < 2 * 3600) return counted(Math.ceil(seconds / 60), "minute");
	if (seconds < 2 * 86_400) return counted(Math.ceil(seconds / 3600), "hour");
	return counted(Math.ceil(seconds / 86_400), "day");
}

function counted(count: number, unit: string): string {
	return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

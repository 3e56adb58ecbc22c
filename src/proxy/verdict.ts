import type { Format } from "../accounts/account.ts";
import { formatRules } from "../formats/format.ts";
import { parseJson } from "../formats/probe.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";
import type { Failure } from "../pool/cooldown.ts";
import {
	contentWords,
	eitherWords,
	hasCode,
	hasPhrase,
	keyWords,
	modelWords,
	overloadWords,
	quotaWords,
	rateWords,
} from "./errorWords.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import { networkErrorText } from "./networkError.ts";
import { errorText } from "./relayCall.ts";
import { limitResetOf, retryAfterOf } from "./retryHeaders.ts";

export interface UpstreamReply {
	readonly status: number;
	readonly headers: RawHeaders;
	/** Decoded text, as much as was read. */
	readonly body: string;
}

export type Verdict =
	/** Nothing that says anything about the account: the client has to read it. */
	{ readonly kind: "passOn" } | { readonly kind: "failed"; readonly failure: Failure };

/** What an error says, wherever it stood. */
interface Complaint {
	/** Of the reply, or what an event says it should have been; null where neither says. */
	readonly status: number | null;
	readonly error: UpstreamError | null;
	readonly headers: RawHeaders;
	/** For people, without the key. */
	readonly detail: string;
	/** Milliseconds since 1970. */
	readonly now: number;
}

type FailureKind = Failure["kind"];

const passOn: Verdict = { kind: "passOn" };
/** Statuses below 500 with which a relay speaks of itself: timeout, conflict (a lock), too early, a client that is said to have left. */
const ownTrouble: ReadonlySet<number> = new Set([408, 409, 425, 499]);
/** Where a model's name may be at fault. Relays that find no way for a model to go often say 503. */
const modelCodeStatuses: ReadonlySet<number> = new Set([400, 403, 404, 503]);
const modelPhraseStatuses: ReadonlySet<number> = new Set([400, 404]);

/**
 * What a relay's refusal means for its account: an error status, a redirect, a web page at any status, or a good status around
 * an error.
 * @param now milliseconds since 1970.
 * @param apiKey that the relay was called with; relays quote it.
 */
export function judgeReply(format: Format, reply: UpstreamReply, now: number, apiKey: string): Verdict {
	const { status, headers, body } = reply;
	const json = jsonOf(body);
	if (status >= 300 && status < 400) return failing(status, redirectText(headers, status), headers, now);
	if (isWebPage(reply, body, json)) return failing(status, pageText(body, status, apiKey), headers, now);
	const error = formatRules[format].readError(json, now);
	if (status < 400 && error === null) return passOn;
	const detail = detailOf(error, body, apiKey);
	return judge({ status: status < 400 ? meantStatus(error) : status, error, headers, detail, now });
}

/**
 * The same for ChatGPT's backend. In front of it stands a gateway that answers 404 without a word where it does not like a
 * caller; the backend itself always says what it has not found.
 */
export function judgeNativeReply(reply: UpstreamReply, now: number, apiKey: string): Verdict {
	const { status, headers, body } = reply;
	if (status !== 404 || body.trim() !== "") return judgeReply("codex", reply, now, apiKey);
	return failing(status, "The gateway before the backend has blocked the call (status 404, empty).", headers, now);
}

/**
 * What an error event inside a reply of status 200 means, judged by its code as if that were the reply's status. One that is
 * about the request alone is for the client to read.
 * @param now milliseconds since 1970.
 * @param apiKey that the relay was called with.
 */
export function judgeEvent(error: UpstreamError, headers: RawHeaders, now: number, apiKey: string): Verdict {
	return judge({ status: meantStatus(error), error, headers, detail: detailOf(error, "", apiKey), now });
}

/** A connection that failed or broke off, and a clock that ran out. */
export function judgeNetwork(error: Error, host: string): Failure {
	return { kind: "failing", status: null, detail: networkErrorText(error, host), seconds: null };
}

/** A reply of a good status that had not all in it that it should. @param detail for people. */
export function endedEarly(status: number, detail: string): Failure {
	return { kind: "failing", status, detail, seconds: null };
}

function meantStatus(error: UpstreamError | null): number | null {
	const status = error?.status ?? null;
	return status !== null && status >= 400 ? status : null;
}

function judge(complaint: Complaint): Verdict {
	const kind = kindOf(complaint);
	return kind === "passOn" ? passOn : { kind: "failed", failure: failureOf(kind, complaint) };
}

/** The first row that fits. A complaint without a status is told by its codes alone. */
function kindOf({ status, error }: Complaint): FailureKind | "passOn" {
	const codes = error?.codes ?? [];
	const message = error?.message.trim() ?? "";
	const refuses = status === null || (status >= 400 && status < 500);
	const isRate = hasCode(rateWords, codes);
	if (status === 402) return "outOfQuota";
	if (refuses && hasCode(quotaWords, codes)) return "outOfQuota";
	if (refuses && !hasCode(eitherWords, codes) && hasPhrase(quotaWords, message)) return "outOfQuota";
	if (status === 429 || (refuses && status !== 401 && isRate)) return "rateLimited";
	if (status === 401) return "keyRefused";
	if (refuses && (hasCode(contentWords, codes) || hasPhrase(contentWords, message))) return "passOn";
	if (refuses && hasCode(overloadWords, codes)) return "failing";
	if (blamesModel(status, codes, message)) return "modelUnknown";
	if (status === 403) return "keyRefused";
	if (refuses && (hasCode(keyWords, codes) || hasPhrase(keyWords, message))) return "keyRefused";
	if (status === null || status >= 500 || ownTrouble.has(status)) return "failing";
	return "passOn";
}

function blamesModel(status: number | null, codes: readonly string[], message: string): boolean {
	const has = (statuses: ReadonlySet<number>) => status === null || statuses.has(status);
	return (
		(has(modelCodeStatuses) && hasCode(modelWords, codes)) ||
		(has(modelPhraseStatuses) && hasPhrase(modelWords, message))
	);
}

function failureOf(kind: FailureKind, { status, error, headers, detail, now }: Complaint): Failure {
	const told = error?.retryAfter ?? null;
	switch (kind) {
		case "keyRefused":
		case "modelUnknown":
			return { kind, status, detail };
		case "outOfQuota":
			// The body speaks of the quota; a gateway in front may add a `Retry-After` that does not know of it.
			return { kind, status, detail, seconds: told ?? retryAfterOf(headers, now), modelOnly: false };
		case "rateLimited": {
			const seconds = retryAfterOf(headers, now) ?? limitResetOf(headers, now) ?? told;
			return { kind, status, detail, seconds, modelOnly: error?.modelOnly ?? false };
		}
		case "failing":
			return { kind, status, detail, seconds: retryAfterOf(headers, now) };
	}
}

function failing(status: number, detail: string, headers: RawHeaders, now: number): Verdict {
	return { kind: "failed", failure: { kind: "failing", status, detail, seconds: retryAfterOf(headers, now) } };
}

/** A body that is JSON, or that came as an event of a stream. */
function jsonOf(body: string): unknown {
	return parseJson(body) ?? parseJson(/^data: ?(.*)$/m.exec(body)?.[1] ?? "");
}

/** Whether a reply is a web page, whatever its status and type say. Some relays send their JSON as `text/html`. */
export function isWebPage({ headers }: Pick<UpstreamReply, "headers">, body: string, json = jsonOf(body)): boolean {
	if (headerValue(headers, "cf-mitigated") === "challenge") return true;
	if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html)\b/i.test(body)) return true;
	return /^text\/html\b/i.test(headerValue(headers, "content-type")) && json === undefined;
}

function pageText(body: string, status: number, apiKey: string): string {
	const title = errorText(/<title[^<>]*>([^<]*)<\/title>/i.exec(body)?.[1] ?? "", apiKey);
	return `A web page came in place of a reply (status ${status})${title === "" ? "." : `: ${title}`}`;
}

function redirectText(headers: RawHeaders, status: number): string {
	const location = headerValue(headers, "location");
	const place = URL.canParse(location) ? new URL(location).host : "another address";
	return `It redirects to ${place} (status ${status}), and a key is never sent along a redirect.`;
}

function detailOf(error: UpstreamError | null, body: string, apiKey: string): string {
	const { message = "", codes = [] } = error ?? {};
	// Codes are read in lower case, and so would be a key among them.
	if (message.trim() === "" && codes[0] !== undefined) return errorText(codes[0], apiKey.toLowerCase());
	return errorText(message.trim() === "" ? body : message, apiKey);
}

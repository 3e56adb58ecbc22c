import { type Format, formatOf } from "../accounts/account.ts";
import { formatRules } from "../formats/format.ts";
import { parseJson } from "../formats/probe.ts";
import type { Problem, ProblemKind } from "../formats/problem.ts";
import { translations } from "../formats/translations.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";
import type { KeyedAccount } from "../pool/usable.ts";
import type { HeldReply } from "./attemptEnd.ts";
import type { ReplyHead } from "./clientReply.ts";
import { headerValue } from "./headers.ts";
import { errorText, withoutSecret } from "./relayCall.ts";
import type { Told } from "./upstreamCall.ts";

/** Headers of a relay's refusal that mean the same to every client. */
const kept = ["retry-after", "x-request-id", "request-id"];

/** What a relay of another format refused a request with, as the client's own format says it. */
export function translateRefusal(clientFormat: Format, keyed: KeyedAccount, head: ReplyHead, told: Told): HeldReply {
	const error = told.kind === "event" ? withoutKey(told.error, keyed) : errorOf(told.text, keyed);
	const status = head.status >= 400 ? head.status : (error.status ?? 502);
	const written = translations[clientFormat].writeError(error, status);
	const headers = kept.flatMap((name) => {
		const value = headerValue(head.headers, name);
		return value === "" || quotes(value, keyed.apiKey) ? [] : [name, value];
	});
	headers.push("content-type", "application/json; charset=utf-8");
	return {
		head: { status: written.status, reason: undefined, headers },
		body: [Buffer.from(JSON.stringify(written.body))],
	};
}

function errorOf(text: string, keyed: KeyedAccount): UpstreamError {
	const read = formatRules[formatOf(keyed.account)].readError(parseJson(text));
	if (read !== null) return withoutKey(read, keyed);
	return { status: null, codes: [], message: errorText(text, keyed.apiKey), retryAfter: null, modelOnly: false };
}

/** Relays quote the key that they refuse. Codes are read in lower case. */
function withoutKey(error: UpstreamError, { apiKey }: KeyedAccount): UpstreamError {
	const codes = error.codes.filter((code) => !quotes(code, apiKey.toLowerCase()));
	return { ...error, codes, message: withoutSecret(error.message, apiKey) };
}

function quotes(text: string, secret: string): boolean {
	return secret !== "" && text.includes(secret);
}

/** What a relay of another format said in the middle of its stream, as an error of a stream. */
export function streamProblem(error: UpstreamError, keyed: KeyedAccount): Problem {
	const message = withoutKey(error, keyed).message.trim();
	const kind = kinds[error.status ?? 0] ?? "upstreamFailed";
	return { kind, message: message === "" ? `The account “${keyed.account.label}” failed.` : message };
}

/** By the status that the error itself names or implies. */
const kinds: Readonly<Record<number, ProblemKind>> = { 400: "badRequest", 429: "rateLimited", 503: "unavailable" };

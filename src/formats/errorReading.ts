import { impliedStatus } from "./impliedStatus.ts";
import { isQuotaOfOneModel, speaksOfOneModel, tellsOneModelsLimit } from "./modelLimit.ts";
import { isRecord } from "./modelList.ts";
import { parseJson } from "./probe.ts";
import { retryOfDuration, retryOfFields, retryOfMessage } from "./retryHint.ts";
import type { UpstreamError } from "./upstreamError.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Members of good replies: a body that has one of them filled is an error only where its `error` says something. */
const replyMembers = ["choices", "candidates", "content", "output", "data", "embedding", "embeddings", "usageMetadata"];
const messageNames = ["message", "msg", "error_description", "error_msg", "errorMessage", "status_msg", "Message"];
const codeNames = ["code", "error_code", "errorCode", "reason", "__type", "type", "status"];
const statusNames = ["code", "status", "status_code", "statusCode", "http_status"];
const jsonStart = /[[{]\s*[[{"]/;
const likeCode = /^[\w.:-]+$/;
/** Values of `code` and `status` with which all is well. */
const fine: ReadonlySet<unknown> = new Set([0, 200, "0", "200", "ok", "OK", "success"]);
const nothingTold: UpstreamError = { status: null, codes: [], message: "", retryAfter: null, modelOnly: false };
/** Characters of a message in which a wait, a model or an end is looked for; no sentence of a relay is longer. */
const longestSearched = 2000;
/** An error may quote another one, which may quote a third. */
const deepest = 4;

/**
 * Reads an error in any shape that a relay is known to use, whatever its format: relays answer in OpenAI's shape, their
 * gateway's, or that of whoever is behind them.
 * @param body parsed JSON of a whole body, or of an event that is known to be an error.
 * @param now milliseconds since 1970.
 * @returns null where it is no error of any known shape.
 */
export function readErrorBody(body: unknown, now = Date.now()): UpstreamError | null {
	return read(body, now, 0);
}

/** Reads an event that is known to be an error, whatever it holds. @param event parsed JSON, or text that is none. */
export function readErrorEvent(event: unknown, now = Date.now()): UpstreamError {
	return readErrorBody(hasError(event) ? event : { error: event }, now) ?? nothingTold;
}

/** Whether the object has an `error` that is more than a place left empty, so that it can be nothing but an error. */
export function hasError(body: unknown): body is Fields {
	if (!isRecord(body)) return false;
	const { error } = body;
	if (isRecord(error)) return !isReply(body) || tellsSomething(error);
	return error === true || (typeof error === "string" && error !== "");
}

function read(body: unknown, now: number, depth: number): UpstreamError | null {
	if (depth > deepest) return null;
	// Gemini's streams, and its OpenAI-compatible endpoint, wrap their errors in an array.
	if (Array.isArray(body)) return read(body.find(hasError), now, depth + 1);
	if (!isRecord(body)) return null;
	if (hasError(body)) {
		const { error } = body;
		if (isRecord(error)) return gather([error, body], now, depth);
		return typeof error === "string" ? ofText(error, body, now, depth) : gather([body], now, depth);
	}
	if (isReply(body) && body["success"] !== false) return null;
	return ofErrorList(body, now, depth) ?? ofDetail(body, now, depth) ?? ofBareMessage(body, now, depth);
}

function isReply(body: Fields): boolean {
	return replyMembers.some((name) => {
		const value = body[name];
		return typeof value === "object" && value !== null && Object.keys(value).length > 0;
	});
}

/** Relays that have places for an error in every reply leave them empty in good ones. */
function tellsSomething(error: Fields): boolean {
	return Object.values(error).some((value) => value !== null && value !== "" && value !== 0 && value !== "0");
}

/** `{error: "text"}`. OAuth has a code there, Fastify the name of the status, and both their text beside it. */
function ofText(error: string, body: Fields, now: number, depth: number): UpstreamError {
	const { error: _, ...rest } = body;
	const text = messageOf(rest);
	const isCode = likeCode.test(error);
	const message = text === "" ? error : isCode ? text : `${error}: ${text}`;
	return gather([{ message, ...(isCode && { code: error }) }, rest], now, depth);
}

/** `{errors: […]}`, as Cloudflare and others have it. */
function ofErrorList({ errors }: Fields, now: number, depth: number): UpstreamError | null {
	if (!Array.isArray(errors)) return null;
	const [first] = errors as readonly unknown[];
	if (isRecord(first)) return gather([first], now, depth);
	return typeof first === "string" ? gather([{ message: first }], now, depth) : null;
}

/** `{detail: …}`: a text, an object, or FastAPI's list of what is wrong with a request. */
function ofDetail({ detail, ...rest }: Fields, now: number, depth: number): UpstreamError | null {
	if (typeof detail === "string" && detail !== "") return gather([{ ...rest, message: detail }], now, depth);
	if (isRecord(detail)) return read({ error: detail }, now, depth + 1);
	if (!Array.isArray(detail) || !isRecord(detail[0])) return null;
	return gather([{ message: messageOf(detail[0]), type: "invalid_request_error" }], now, depth);
}

/** A message at the top: `{message}`, `{code, msg}`, `{success: false, message}`, `{base_resp: {status_code, status_msg}}`. */
function ofBareMessage(body: Fields, now: number, depth: number): UpstreamError | null {
	const { base_resp: minimax, success, code, status, object, type } = body;
	if (isRecord(minimax) && minimax["status_code"] !== 0) return gather([minimax], now, depth);
	const isError = type === "error" || object === "error" || success === false;
	// Anything else with a name of its own, such as a model or a file, is no error; nor is what says that all is well.
	const isOther = typeof object === "string" || success === true || fine.has(code) || fine.has(status);
	if (!isError && (isOther || messageOf(body) === "")) return null;
	return gather([body], now, depth);
}

/** @param layers from the innermost object outwards. */
function gather(layers: readonly Fields[], now: number, depth: number): UpstreamError {
	const [error = {}] = layers;
	const inner = innerError(error, now, depth);
	const details = detailsOf(error);
	const own = messageOf(error);
	// A type is less telling than a code of any layer, and what stands outside less than what stands inside.
	const codes = layers.flatMap(codesOf);
	const reasons = details.map(({ reason }) => reason).filter((reason) => typeof reason === "string");
	const all = [...reasons.map(lower), ...codes.slice(0, 1), ...(inner?.codes ?? []), ...codes.slice(1)];
	const message = joined(own, inner?.message ?? "");
	const unique = [...new Set(all)];
	const searched = message.slice(0, longestSearched);
	return {
		status: first(layers, namedStatus) ?? inner?.status ?? impliedStatus(unique),
		codes: unique,
		message,
		retryAfter:
			first(details, ({ retryDelay }) => retryOfDuration(retryDelay)) ??
			first([...layers, ...headersOf(error)], (fields) => retryOfFields(fields, now)) ??
			inner?.retryAfter ??
			retryOfMessage(searched, now),
		modelOnly:
			details.some(({ violations }) => isQuotaOfOneModel(violations)) ||
			unique.some(speaksOfOneModel) ||
			tellsOneModelsLimit(searched),
	};
}

function messageOf(fields: Fields): string {
	const values = messageNames.map((name) => fields[name]);
	const text = values.find((value): value is string => typeof value === "string" && value !== "");
	if (text !== undefined) return text;
	// Mistral's validation errors have an object there.
	const object = values.find(isRecord);
	return object === undefined ? "" : jsonText(object);
}

/** Empty where the object nests deeper than can be written: `JSON.parse` knows no such limit. */
function jsonText(object: Fields): string {
	try {
		return JSON.stringify(object);
	} catch {
		return "";
	}
}

function codesOf(fields: Fields): readonly string[] {
	return codeNames.flatMap((name) => {
		const value = fields[name];
		if (typeof value !== "string") return [];
		// AWS: `com.amazonaws…#ThrottlingException`.
		const code = value.slice(value.lastIndexOf("#") + 1);
		return likeCode.test(code) && code !== "error" && !/^\d+$/.test(code) ? [lower(code)] : [];
	});
}

/** A number that can only be an HTTP status of an error. */
function namedStatus(fields: Fields): number | null {
	return first(statusNames, (name) => {
		const value = fields[name];
		// An object may have no way to become a number.
		const status = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
		return Number.isInteger(status) && status >= 400 && status < 600 ? status : null;
	});
}

/** google.rpc: ErrorInfo, RetryInfo, QuotaFailure. */
function detailsOf({ details }: Fields): readonly Fields[] {
	return Array.isArray(details) ? details.filter(isRecord) : [];
}

/** OpenRouter passes on the headers of whoever refused. */
function headersOf({ metadata }: Fields): readonly Fields[] {
	const headers = isRecord(metadata) ? metadata["headers"] : null;
	return isRecord(headers) ? [headers] : [];
}

/** The error of whoever is behind a relay: OpenRouter's `metadata.raw`, or JSON within the message. */
function innerError(error: Fields, now: number, depth: number): UpstreamError | null {
	const { metadata, error: nested, innererror } = error;
	const raw = isRecord(metadata) ? metadata["raw"] : undefined;
	for (const candidate of [nested, innererror, raw, messageOf(error)]) {
		const found =
			typeof candidate === "string" ? readWithin(candidate, now, depth + 1) : readBare(candidate, now, depth);
		if (found !== null) return found;
	}
	return typeof raw === "string" && raw !== "" ? gather([{ message: raw }], now, depth + 1) : null;
}

function readBare(value: unknown, now: number, depth: number): UpstreamError | null {
	if (!isRecord(value)) return null;
	return read(hasError(value) ? value : { error: value }, now, depth + 1);
}

/** JSON that is all or part of a text: `429 {"error":{…}}`. A part may be a quotation of the request, so it has to be plain. */
function readWithin(text: string, now: number, depth: number): UpstreamError | null {
	const start = text.search(jsonStart);
	if (start < 0) return null;
	const end = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"));
	const quoted = parseJson(text.slice(start, end + 1));
	const isPlain = text.slice(0, start).trim() === "" || hasError(Array.isArray(quoted) ? quoted[0] : quoted);
	return isPlain ? read(quoted, now, depth) : null;
}

/** What a relay says itself, followed by what it quotes; JSON gives way to what it says. */
function joined(own: string, quoted: string): string {
	if (quoted === "") return own;
	const start = own.search(jsonStart);
	const plain = start < 0 ? own : own.slice(0, start);
	if (plain.includes(quoted)) return plain.trim();
	const head = plain
		.slice(0, longestSearched)
		.trim()
		.replace(/\s*[-:,.]+$/, "");
	return head === "" ? quoted : `${head}: ${quoted}`;
}

function first<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found | null {
	for (const item of items) {
		const found = find(item);
		if (found !== null) return found;
	}
	return null;
}

function lower(text: string): string {
	return text.toLowerCase();
}

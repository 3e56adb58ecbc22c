import type { IncomingMessage, ServerResponse } from "node:http";
import type { Format } from "../accounts/account.ts";
import type { CallRecord, RequestRecord } from "../bridge/protocol.ts";

/** A client's request and its reply, with what is learnt about them on the way. */
export interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	/** As sent, without the query. */
	readonly path: string;
	/** With its `?`, as sent but for the local key; empty where there is none. */
	readonly query: string;
	/** Milliseconds since 1970. */
	readonly arrivedAt: number;
	/** The same moment on a clock that nobody sets. */
	readonly startedAt: number;
	/** A web page's origin that is allowed to read the reply. */
	origin: string | null;
	/** The format in which the client is answered. */
	format: Format;
	model: string | null;
	/** The one that was called last. */
	account: { readonly id: string; readonly label: string } | null;
	/** Calls made to accounts. */
	attempts: number;
	/** Those of them that have ended. */
	readonly calls: CallRecord[];
	/** What of the request could not be said to that account, in the client's words. */
	dropped: readonly string[];
	/** Bytes of the reply's body so far. */
	bytes: number;
	/** What went wrong, in words for the log and the account's tooltip. */
	error: string | null;
}

/** HTTP's unofficial "client closed request". */
const clientClosed = 499;

const exchanges = new WeakMap<object, Exchange>();

export function beginExchange(request: IncomingMessage, response: ServerResponse): Exchange {
	const url = request.url ?? "/";
	const mark = url.indexOf("?");
	const path = mark < 0 ? url : url.slice(0, mark);
	const exchange: Exchange = {
		request,
		response,
		path,
		query: mark < 0 ? "" : withoutKey(url.slice(mark)),
		arrivedAt: Date.now(),
		startedAt: performance.now(),
		origin: null,
		format: nearestFormat(request, path),
		model: null,
		account: null,
		attempts: 0,
		calls: [],
		dropped: [],
		bytes: 0,
		error: null,
	};
	exchanges.set(request, exchange);
	return exchange;
}

/** The exchange of a request that came in through `beginExchange`. */
export function exchangeOf(request: object): Exchange {
	const exchange = exchanges.get(request);
	if (!exchange) throw new Error("The request did not come in through the guard.");
	return exchange;
}

/** What a reply says beside what the relay said: who answered, after how many calls, and which page may read it. */
export function ownHeaders({ account, attempts, dropped, origin }: Exchange): readonly string[] {
	const headers = ["x-relay-attempts", String(attempts)];
	// Header values are ASCII; labels are not, and one that was typed into the file may hold half a surrogate pair.
	if (account !== null) headers.push("x-relay-account", encodeURIComponent(account.label.toWellFormed()));
	if (dropped.length > 0) headers.push("x-relay-dropped", dropped.map(inAscii).join(separator));
	if (origin !== null) {
		headers.push("access-control-allow-origin", origin, "access-control-expose-headers", "*", "vary", "origin");
	}
	return headers;
}

/** Characters of a header: some clients refuse longer ones. */
const longestDropped = 1000;
/** Characters of one name. */
const longestName = 100;
const more = "...";

/**
 * As many of the names as headers and the log have room for, and a sign where there were more: members that a client has made
 * up may be many, and their names long.
 */
export function shortened(dropped: readonly string[]): readonly string[] {
	const told: string[] = [];
	let length = 0;
	for (const name of dropped) {
		const short = name.length <= longestName ? name : name.slice(0, longestName) + more;
		length += inAscii(short).length + separator.length;
		if (length > longestDropped) return [...told, more];
		told.push(short);
	}
	return told;
}

const separator = ", ";

function inAscii(name: string): string {
	return name.toWellFormed().replace(/[^\x21-\x7e]|[,%]/gu, encodeURIComponent);
}

/** What is told about an exchange that has ended. */
export function recordOf(exchange: Exchange): RequestRecord {
	const { request, response } = exchange;
	const left = !response.writableFinished && exchange.error === null;
	return {
		at: exchange.arrivedAt,
		method: request.method ?? "",
		path: exchange.path,
		format: exchange.format,
		model: exchange.model,
		account: exchange.account,
		calls: exchange.calls,
		dropped: exchange.dropped,
		status: left ? clientClosed : response.statusCode,
		milliseconds: Math.round(performance.now() - exchange.startedAt),
		bytes: exchange.bytes,
		error: exchange.error,
	};
}

/** A query without its `key` parameters; everything else stays byte for byte. */
export function withoutKey(query: string): string {
	const parts = query.slice(1).split("&");
	const kept = parts.filter((part) => parameterName(part) !== "key");
	if (kept.length === parts.length) return query;
	return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function parameterName(part: string): string {
	const name = part.split("=", 1)[0] ?? "";
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

/** The format whose error shape a caller reads, judged before its route is known. */
export function nearestFormat({ headers }: IncomingMessage, path: string): Format {
	if (path.includes("/messages")) return "anthropic";
	if (path.includes("/responses")) return "codex";
	if (/\/v1beta(?:\/|$)|\/models\/[^/]*:/.test(path)) return "gemini";
	if (/\/(?:completions|embeddings)$/.test(path)) return "openai";
	if (headers["anthropic-version"] !== undefined) return "anthropic";
	return headers["x-goog-api-key"] !== undefined ? "gemini" : "openai";
}

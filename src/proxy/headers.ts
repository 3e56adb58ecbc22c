import type { Dispatcher } from "undici";
import { authHeader } from "../formats/endpoint.ts";
import { effectiveAuth, endpoints } from "../formats/endpoints.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import { keyHeaders } from "./localKey.ts";

/** RFC 9110 section 7.6.1, and what older proxies still send. */
const hopByHop = [
	"connection",
	"keep-alive",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
];

/**
 * Of a client's request: what is about the connection to us, what a browser adds about its page, and the local key's
 * places. The length is set anew by the transport; `expect` has been answered here.
 */
const notForwarded: ReadonlySet<string> = new Set([
	...hopByHop,
	...keyHeaders,
	"host",
	"content-length",
	"expect",
	"cookie",
	"origin",
	"referer",
]);

/** Of a relay's reply: what is about the connection to us, what would bind the client to its host, and what we say ourselves. */
const notReturned: ReadonlySet<string> = new Set([
	...hopByHop,
	"set-cookie",
	"alt-svc",
	"x-relay-account",
	"x-relay-attempts",
	"x-relay-dropped",
]);

/** Header names and values in turn, in the sender's own case and order. */
export type RawHeaders = readonly string[];

/**
 * The headers with which a client's request goes to a relay.
 * @param dropped further names to leave out, in lower case.
 */
export function requestHeaders(
	clientHeaders: RawHeaders,
	relay: KeyedRelay,
	dropped: readonly string[] = [],
): string[] {
	const { own, names, required } = ownOf(relay);
	const passed = filtered(
		clientHeaders,
		(name) => !notForwarded.has(name) && !name.startsWith("sec-") && !names.has(name) && !dropped.includes(name),
	);
	for (const [name, value] of required) if (!holds(passed, name)) passed.push(name, value);
	passed.push(...own);
	return passed;
}

/** What a relay's account adds to each request. */
interface OwnHeaders {
	/** Names and values in turn. */
	readonly own: readonly string[];
	/** Their names, in lower case. */
	readonly names: ReadonlySet<string>;
	/** Sent where the client does not. */
	readonly required: readonly (readonly [name: string, value: string])[];
}

const ownHeadersOf = new WeakMap<KeyedRelay, OwnHeaders>();

/** Worked out once, for as long as account and key are as they are. */
function ownOf(relay: KeyedRelay): OwnHeaders {
	const known = ownHeadersOf.get(relay);
	if (known !== undefined) return known;
	const { account, apiKey } = relay;
	const all = [...Object.entries(account.headers), authHeader(effectiveAuth(account.format, account.auth), apiKey)];
	const names = new Set(all.map(([name]) => name.toLowerCase()));
	const required = Object.entries(endpoints[account.format].requiredHeaders).filter(([name]) => !names.has(name));
	const made = { own: all.flat(), names, required };
	ownHeadersOf.set(relay, made);
	return made;
}

/**
 * The headers with which a relay's reply goes to the client. Which page may read it is for us to say: a relay's own
 * `access-control-…` headers are about its callers, not ours.
 * @param dropped further names to leave out, in lower case.
 */
export function replyHeaders(relayHeaders: RawHeaders, dropped: readonly string[] = []): string[] {
	return filtered(
		relayHeaders,
		(name) => !notReturned.has(name) && !name.startsWith("access-control-") && !dropped.includes(name),
	);
}

/** The first value of a header; empty where there is none. @param wanted in lower case. */
export function headerValue(headers: RawHeaders, wanted: string): string {
	const index = headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === wanted);
	return index < 0 ? "" : (headers[index + 1] ?? "");
}

function filtered(headers: RawHeaders, keeps: (lowerCaseName: string) => boolean): string[] {
	const named = connectionNames(headers);
	const kept: string[] = [];
	for (let index = 0; index + 1 < headers.length; index += 2) {
		const name = headers[index] ?? "";
		const lower = name.toLowerCase();
		if (keeps(lower) && !named.has(lower)) kept.push(name, headers[index + 1] ?? "");
	}
	return kept;
}

/** What `Connection` names is hop-by-hop too. */
export function connectionNames(headers: RawHeaders): ReadonlySet<string> {
	const names = new Set<string>();
	for (let index = 0; index + 1 < headers.length; index += 2) {
		if (headers[index]?.toLowerCase() !== "connection") continue;
		for (const name of (headers[index + 1] ?? "").split(",")) names.add(name.trim().toLowerCase());
	}
	return names;
}

/** @param wanted in lower case. */
function holds(headers: RawHeaders, wanted: string): boolean {
	return headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === wanted);
}

/** undici gives raw headers as buffers, or as an object where an interceptor stood between. */
export function textHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): RawHeaders {
	if (Array.isArray(raw)) return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
	return Object.entries(raw ?? {}).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
}

import * as oauth from "oauth4webapi";
import { isLoopbackHost } from "../accounts/baseUrl.ts";
import type { AuthFailure, AuthSettings, Fetch } from "./login.ts";
import { networkFailure } from "./networkFailure.ts";

/** How long the auth server may take for one request, its reply's body included. Milliseconds. */
export const patienceForReply = 30_000;
/** Bytes of a reply's body; real ones have a few thousand. */
const longestReply = 256 * 1024;

/** A line to the auth server. */
export interface AuthLine {
	readonly settings: AuthSettings;
	readonly fetch: Fetch;
	readonly signal: AbortSignal;
	/** Milliseconds for one request. */
	readonly patience: number;
}

/** What the auth server answered, good or bad. */
export interface Answer {
	readonly kind: "answer";
	/** 0 where fetch hides a redirect. */
	readonly status: number;
	/** What `Retry-After` asks for. */
	readonly seconds: number | null;
	/** Null where the body is no JSON object. */
	readonly json: Readonly<Record<string, unknown>> | null;
	readonly isWebPage: boolean;
}

/** What the library wants for a request: our names in its headers, and this window's fetch. */
type LibraryOptions = oauth.HttpRequestOptions<"POST", URLSearchParams>;

export function serverOf(settings: AuthSettings): oauth.AuthorizationServer {
	return {
		issuer: settings.authUrl,
		token_endpoint: `${settings.authUrl}/oauth/token`,
		device_authorization_endpoint: `${settings.authUrl}/oauth/device/code`,
	};
}

/** A request that the library makes. Never rejects. */
export function ask(
	line: AuthLine,
	request: (options: LibraryOptions) => Promise<Response>,
): Promise<Answer | AuthFailure> {
	const { settings, fetch } = line;
	return answerTo(line, (signal) =>
		request({
			signal,
			headers: ownNames(settings),
			// A string, because not every fetch that VS Code may put here writes URLSearchParams.
			[oauth.customFetch]: (url, { method, headers, body, redirect }) =>
				fetch(url, { method, headers, body: body.toString(), redirect, signal }),
			[oauth.allowInsecureRequests]: isLoopbackHost(new URL(settings.authUrl).hostname),
		}),
	);
}

/** A request with a JSON body, for what is no OAuth. Never rejects. */
export function askJson(line: AuthLine, path: string, body: object): Promise<Answer | AuthFailure> {
	const { settings, fetch } = line;
	return answerTo(line, (signal) =>
		fetch(`${settings.authUrl}${path}`, {
			method: "POST",
			headers: { ...ownNames(settings), accept: "application/json", "content-type": "application/json" },
			body: JSON.stringify(body),
			redirect: "manual",
			signal,
		}),
	);
}

function ownNames({ userAgent, originator }: AuthSettings): Record<string, string> {
	return { "user-agent": userAgent, originator };
}

async function answerTo(
	{ settings, signal, patience }: AuthLine,
	request: (signal: AbortSignal) => Promise<Response>,
): Promise<Answer | AuthFailure> {
	if (signal.aborted) return { kind: "cancelled" };
	const { host } = new URL(settings.authUrl);
	const ending = new AbortController();
	const { promise: cut, resolve } = Promise.withResolvers<AuthFailure>();
	// Not left to fetch alone: one that does not listen to its signal would hold the login for good.
	const end = (failure: AuthFailure) => {
		resolve(failure);
		ending.abort();
	};
	const onAbort = () => end({ kind: "cancelled" });
	const clock = setTimeout(() => end({ kind: "brokenOff", host, code: "ETIMEDOUT" }), patience);
	signal.addEventListener("abort", onAbort);
	try {
		const answered = (async () => answerIn(await request(ending.signal)))().catch((error: unknown) =>
			networkFailure(error, host),
		);
		return await Promise.race([cut, answered]);
	} finally {
		clearTimeout(clock);
		signal.removeEventListener("abort", onAbort);
	}
}

async function answerIn(response: Response): Promise<Answer> {
	const text = await bodyOf(response);
	return {
		kind: "answer",
		status: response.status,
		seconds: secondsAsked(response.headers.get("retry-after") ?? ""),
		json: objectIn(text),
		isWebPage: /\bhtml\b/i.test(response.headers.get("content-type") ?? "") || /^\s*</.test(text),
	};
}

/** As much as may be read; a longer one is no JSON then. */
async function bodyOf(response: Response): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	let size = 0;
	for await (const chunk of response.body ?? []) {
		size += chunk.byteLength;
		if (size > longestReply) break;
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(text);
		const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
		return isObject ? Object.fromEntries(Object.entries(value)) : null;
	} catch {
		// Proxies and overloaded servers answer with pages and with nothing.
		return null;
	}
}

/** Seconds, or a date (RFC 9110); null where it is neither, and where the date has passed. */
function secondsAsked(text: string): number | null {
	if (/^\d{1,9}$/.test(text.trim())) return Number(text);
	const seconds = Math.ceil((Date.parse(text) - Date.now()) / 1000);
	return seconds > 0 ? seconds : null;
}

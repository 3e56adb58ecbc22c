import { readObject } from "../demoRelay/answer.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import type { LoginBook } from "./loginBook.ts";

/** The headers that a request to the backend may have. All else is the client's own, a browser's, or a secret. */
const allowed: readonly RegExp[] = [
	/^(?:host|connection|content-length|transfer-encoding|content-type|accept|accept-encoding|accept-language)$/,
	/^(?:authorization|chatgpt-account-id|originator|user-agent|version|openai-beta)$/,
	/^(?:session[-_]id|thread[-_]id|conversation[-_]id|x-client-request-id)$/,
	/^(?:x-codex-[a-z-]+|x-openai-subagent|x-responsesapi-[a-z-]+|x-openai-internal-codex-[a-z-]+)$/,
];

const required = ["originator", "user-agent", "chatgpt-account-id", "accept"];

/**
 * What no honest client would send, in words; names what it is, never the secret.
 * @param strangers what only others may know: the proxy's local key, for example.
 */
export function violationsOf(
	request: RecordedRequest,
	logins: LoginBook,
	strangers: readonly string[],
): readonly string[] {
	const { method, url, headers, rawHeaders, body } = request;
	const path = url.split("?")[0] ?? "";
	const text = body.toString("latin1");
	const found = (is: boolean, what: string) => (is ? [`${method} ${path}: ${what}`] : []);
	const token = headers.authorization?.replace(/^Bearer /, "") ?? "";
	const whole = [url, text, ...rawHeaders.flat()].join("\n");
	const isReply = path.endsWith("/codex/responses");
	return [
		...Object.keys(headers).flatMap((name) => found(!allowed.some((form) => form.test(name)), `the header ${name}`)),
		...required.flatMap((name) => found(headers[name] === undefined, `no header ${name}`)),
		...found(isReply && headers.accept !== "text/event-stream", `accepts ${headers.accept}`),
		...found(
			method === "POST" && readObject(body) !== null && !isJson(headers["content-type"]),
			"JSON without its type",
		),
		...found(
			strangers.some((secret) => whole.includes(secret)),
			"a secret that is none of its business",
		),
		...found(logins.quotesRefreshToken(whole), "a refresh token"),
		...found(token !== "" && (url.includes(token) || text.includes(token)), "the access token beside its header"),
	];
}

function isJson(contentType: string | undefined): boolean {
	return /^application\/json\b/.test(contentType ?? "");
}

/** Headers by which a client names its conversation, its window or itself. */
const naming = [
	...["session_id", "session-id", "thread-id", "thread_id", "conversation_id", "x-client-request-id"],
	...["x-codex-window-id", "x-codex-installation-id", "x-codex-parent-thread-id"],
];

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** By what the backend could know a conversation or a client again: place and value. */
export function tracesOf({ headers, body }: RecordedRequest): ReadonlyMap<string, string> {
	const { prompt_cache_key: key, client_metadata: metadata } = readObject(body) ?? {};
	const named = naming.map((name): [string, unknown] => [name, headers[name]]);
	const hidden = [headers["x-codex-turn-metadata"], JSON.stringify(metadata ?? null)];
	const within = hidden.flatMap((text, place) =>
		(String(text ?? "").match(uuid) ?? []).map((value, index): [string, unknown] => [
			`metadata ${place}.${index}`,
			value,
		]),
	);
	const all: readonly [string, unknown][] = [...named, ["prompt_cache_key", key], ...within];
	return new Map(all.flatMap(([place, value]) => (typeof value === "string" ? [[place, value]] : [])));
}

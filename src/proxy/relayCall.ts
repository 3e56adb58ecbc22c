import type { Dispatcher } from "undici";
import type { RelayFault, RelayTarget } from "../bridge/relayReports.ts";
import { authHeader } from "../formats/endpoint.ts";
import { effectiveAuth, endpoints, upstreamUrl } from "../formats/endpoints.ts";
import { isRecord } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { networkFault } from "./networkError.ts";
import { requestSmall, type SmallReply } from "./transport.ts";

/** What it takes to call a relay: address, key and headers, kept together. */
export type RelayAddress = Pick<RelayTarget, "format" | "baseUrl" | "apiKey" | "auth" | "headers">;

export type RelayAnswer =
	| { readonly kind: "reply"; readonly url: string; readonly body: string }
	| { readonly kind: "fault"; readonly fault: RelayFault };

/** Milliseconds for the whole exchange. */
const timeLimit = 60_000;
/** Bytes. */
const replyLimit = 4 * 1024 * 1024;
const quotedLength = 300;

/**
 * Asks a relay something small on the extension's own account, and judges what comes back.
 * @param model the one asked for; null for a list.
 */
export async function callRelay(
	transport: Dispatcher,
	address: RelayAddress,
	request: { readonly path: string; readonly body: object | null; readonly model: string | null },
	signal: AbortSignal,
): Promise<RelayAnswer> {
	const url = upstreamUrl(address.format, address.baseUrl, request.path);
	const timeout = AbortSignal.timeout(timeLimit);
	const startedAt = Date.now();
	try {
		const reply = await requestSmall(transport, {
			url,
			method: request.body === null ? "GET" : "POST",
			headers: headersFor(address, request.body !== null),
			...(request.body === null ? {} : { body: JSON.stringify(request.body) }),
			limit: replyLimit,
			signal: AbortSignal.any([signal, timeout]),
		});
		const fault = judgeReply(reply, url, address.apiKey, request.model);
		return fault ? { kind: "fault", fault } : { kind: "reply", url, body: reply.body };
	} catch (error) {
		return { kind: "fault", fault: faultOf(error, url, startedAt, signal, timeout) };
	}
}

function faultOf(
	error: unknown,
	url: string,
	startedAt: number,
	signal: AbortSignal,
	timeout: AbortSignal,
): RelayFault {
	if (signal.aborted) return { kind: "cancelled" };
	if (timeout.aborted) return { kind: "timeout", url, seconds: timeLimit / 1000 };
	return networkFault(error, url, (Date.now() - startedAt) / 1000);
}

function headersFor({ format, auth, apiKey, headers }: RelayAddress, hasBody: boolean): Record<string, string> {
	const [name, value] = authHeader(effectiveAuth(format, auth), apiKey);
	return {
		accept: "application/json, text/event-stream",
		...(hasBody ? { "content-type": "application/json" } : {}),
		...endpoints[format].requiredHeaders,
		...Object.fromEntries(Object.entries(headers).map(([key, text]) => [key.toLowerCase(), text])),
		[name]: value,
	};
}

/** What is wrong with a reply, or null where it is neither an error nor a web page. */
function judgeReply(reply: SmallReply, url: string, apiKey: string, model: string | null): RelayFault | null {
	const { status } = reply;
	if (status >= 300 && status < 400) {
		return { kind: "redirect", url, status, location: withoutSecret(reply.location, apiKey) };
	}
	if (isHtml(reply)) return { kind: "html", url, status };
	if (status < 300 && !holdsError(reply.body)) return null;
	const message = errorText(reply.body, apiKey);
	if (model !== null && blamesModel(reply, model)) return { kind: "modelRefused", model, status, message };
	// Gemini answers 400 to a wrong key.
	if (status === 401 || status === 403 || /API_KEY_INVALID|invalid_api_key/.test(reply.body)) {
		return { kind: "keyRefused", url, status, message };
	}
	if (status === 404 || status === 405) return { kind: "wrongPath", url, status, message };
	return { kind: "status", url, status, message };
}

/** Some relays put an error into a reply with a good status. A finished response has `error: null`. */
function holdsError(body: string): boolean {
	const parsed = parseJson(body);
	return isRecord(parsed) && parsed["error"] !== undefined && parsed["error"] !== null;
}

function isHtml({ contentType, body }: SmallReply): boolean {
	return /^text\/html\b/i.test(contentType) || /^\s*<(?:!doctype|html)\b/i.test(body);
}

/** Whether an error is about the model: its code says so, or its text has the word and the name. */
function blamesModel({ status, body }: SmallReply, model: string): boolean {
	if (status >= 500 || status === 401) return false;
	if (/model_not_(?:found|available|supported)|unknown_model|invalid_model/.test(body)) return true;
	return /model/i.test(body) && body.split(/[^\w.:/@-]+/).some((word) => word.replace(/[.:]$/, "") === model);
}

/** The message of an error body of any format, else its beginning; in both without the key, which some relays quote. */
export function errorText(body: string, apiKey: string): string {
	const parsed = parseJson(body);
	const error = isRecord(parsed) ? (parsed["error"] ?? parsed) : parsed;
	const message = isRecord(error) ? (error["message"] ?? error["detail"]) : error;
	const text = typeof message === "string" ? message : body;
	// Before it is cut: half a key would no longer be recognised.
	return withoutSecret(text, apiKey).replace(/\s+/g, " ").trim().slice(0, quotedLength);
}

export function withoutSecret(text: string, secret: string): string {
	return secret === "" ? text : text.replaceAll(secret, "•••");
}

import type { IncomingMessage } from "node:http";
import type { ProxyConfig } from "../bridge/protocol.ts";
import { windowProofHeader } from "../bridge/windowProof.ts";
import type { Problem } from "../formats/problem.ts";
import { showsLocalKey } from "./localKey.ts";

/** What becomes of a request before it reaches a route. */
export type Verdict =
	| { readonly kind: "admit" /** Gets CORS headers. */; readonly origin: string | null }
	/** Answered at once, revealing nothing, and kept out of the log. */
	| { readonly kind: "probe" }
	/** A window of ours asks whose port this is. */
	| { readonly kind: "window"; readonly question: string }
	| { readonly kind: "preflight"; readonly origin: string }
	| { readonly kind: "refuse"; readonly problem: Problem /** Gets CORS headers. */; readonly origin: string | null };

type GuardConfig = Pick<ProxyConfig, "allowedOrigins" | "localKey">;

/** Asked without a key by clients that look whether somebody is there: "METHOD path". */
const probes: ReadonlySet<string> = new Set([
	"HEAD /",
	"HEAD /api/hello",
	"GET /api/hello",
	"HEAD /health",
	"GET /health",
]);

/** Decides in a fixed order: Host, Origin, probes, local key, content type. */
export function judgeRequest(request: IncomingMessage, path: string, port: number, config: GuardConfig): Verdict {
	const callerProblem = judgeCaller(request, port, config);
	const origin = request.headers.origin ?? null;
	if (callerProblem) return { kind: "refuse", problem: callerProblem, origin: null };
	if (origin !== null && request.method === "OPTIONS") return { kind: "preflight", origin };
	if (probes.has(`${request.method} ${path}`)) return { kind: "probe" };
	const question = request.headers[windowProofHeader];
	if (typeof question === "string") return { kind: "window", question };
	if (!showsLocalKey(request, config.localKey)) {
		return { kind: "refuse", origin, problem: { kind: "keyRefused", message: keyRefusedMessage } };
	}
	if (request.method === "POST" && !isJson(request.headers["content-type"])) {
		// A form or text/plain POST needs no preflight, so a page could send one blindly.
		const message = "Send the body as JSON, with the header Content-Type: application/json.";
		return { kind: "refuse", origin, problem: { kind: "notJson", message } };
	}
	return { kind: "admit", origin };
}

const keyRefusedMessage =
	"The local key is missing or wrong. Copy it in VS Code with the command “Relay Accounts: Copy Local Key” " +
	"and send it as Authorization: Bearer, x-api-key, x-goog-api-key or ?key=.";

/**
 * Refuses what another site can make a browser send: a foreign Host (DNS rebinding) and any Origin that is not listed.
 * The first two steps of the guard; WebSocket upgrades take only these.
 */
export function judgeCaller(
	{ headers, rawHeaders, url }: IncomingMessage,
	port: number,
	{ allowedOrigins }: GuardConfig,
): Problem | null {
	const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
	if (hosts > 1 || !url?.startsWith("/")) {
		return { kind: "badRequest", message: "The request names its host in more than one way." };
	}
	if (!isDecodable(url)) {
		return { kind: "badRequest", message: "The path holds a percent sign that begins no character." };
	}
	if (!isOwnHost(headers.host, port)) {
		const message = `This port answers only as 127.0.0.1:${port}, localhost:${port} or [::1]:${port}.`;
		return { kind: "forbidden", message };
	}
	if (headers.origin !== undefined && !allowedOrigins.includes(headers.origin)) {
		const message =
			"Requests from web pages are refused. An origin can be allowed in the VS Code setting relayAccounts.allowedOrigins.";
		return { kind: "forbidden", message };
	}
	return null;
}

function isOwnHost(host: string | undefined, port: number): boolean {
	const name = host?.toLowerCase();
	return name === `127.0.0.1:${port}` || name === `localhost:${port}` || name === `[::1]:${port}`;
}

function isDecodable(url: string): boolean {
	try {
		decodeURIComponent(url.split("?", 1)[0] ?? "");
		return true;
	} catch {
		return false;
	}
}

function isJson(contentType: string | undefined): boolean {
	return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "");
}

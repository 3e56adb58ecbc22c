import type { ServerResponse } from "node:http";
import { challengePage } from "./pages.ts";

/** What becomes of one request to the token endpoint; `before` and `after` the grant was used. */
export type ExchangeFate =
	/** The connection is reset. */
	| { readonly kind: "reset"; readonly when: "before" | "after" }
	/** Nothing more is said until then; the answer comes as if nothing had been. */
	| { readonly kind: "held"; readonly when: "before" | "after"; readonly until: Promise<unknown> }
	/** The grant is not used. */
	| { readonly kind: "replied"; readonly reply: AuthReply }
	/** Members of a good answer that are others; undefined takes one out. */
	| { readonly kind: "changed"; readonly members: Readonly<Record<string, unknown>> }
	/** The answer comes twice on the wire. */
	| { readonly kind: "saidTwice" }
	/** The way there delivers the request twice; the second answer is told. */
	| { readonly kind: "deliveredTwice" };

/** What the auth server says. */
export interface AuthReply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): AuthReply {
	return {
		status,
		headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
		body: JSON.stringify(value),
	};
}

export function pageReply(status: number, body: string, headers: Readonly<Record<string, string>> = {}): AuthReply {
	return { status, headers: { "content-type": "text/html; charset=utf-8", ...headers }, body };
}

/** @param retryAfter as the header has it: seconds, or a date. */
export function unavailable(status = 503, retryAfter: string | null = null): ExchangeFate {
	const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": retryAfter };
	const error = { message: "The server is overloaded. Try again later.", type: "server_error", code: null };
	return { kind: "replied", reply: jsonReply(status, { error }, headers) };
}

/** A page that wants a browser to prove that a person sits before it. */
export const challenged: ExchangeFate = {
	kind: "replied",
	reply: pageReply(403, challengePage, { "cf-mitigated": "challenge" }),
};

/** The answer's bytes twice, of which nobody asked for the second; then the connection ends. */
export function sayTwice(response: ServerResponse, { status, headers, body }: AuthReply): void {
	const lines = [
		`HTTP/1.1 ${status} OK`,
		...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
		`content-length: ${Buffer.byteLength(body)}`,
	];
	const whole = `${lines.join("\r\n")}\r\n\r\n${body}`;
	const { socket } = response;
	socket?.write(whole + whole, () => socket.end());
}

import type { Step } from "../hostileRelay/steps.ts";
import { type AuthReply, jsonReply, pageReply } from "./exchangeFate.ts";
import { challengePage } from "./pages.ts";

/** What becomes of one request to the backend. */
export type BackendFate =
	/** Whatever the request was like. */
	| { readonly kind: "replied"; readonly reply: AuthReply }
	/** The connection is reset. */
	| { readonly kind: "reset" }
	/** Nothing is said until then; after it all goes well. */
	| { readonly kind: "held"; readonly until: Promise<unknown> }
	/** The good stream, made into another by a test. */
	| { readonly kind: "played"; readonly play: Play }
	/** The login is revoked while its stream runs, which ends with an error. */
	| { readonly kind: "revoked"; readonly after: number };

/**
 * What happens after the head of a stream.
 * @param events framed, in their order.
 */
export type Play = (events: readonly string[]) => readonly Step[];

function error(status: number, code: string, message: string): BackendFate {
	return { kind: "replied", reply: jsonReply(status, { error: { message, type: code, code, param: null } }) };
}

function replied(reply: AuthReply): BackendFate {
	return { kind: "replied", reply };
}

export function writes(events: readonly string[]): readonly Step[] {
	return events.map((bytes) => ({ do: "write", bytes }));
}

export function framed(event: { readonly type: string }): string {
	return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The ways in which the backend is known to fail. `after`: events that come before it. */
export const backendFates = {
	/** A page that wants a browser. */
	challenge: replied(pageReply(403, challengePage, { "cf-mitigated": "challenge", server: "cloudflare" })),
	ban: replied(jsonReply(403, { detail: "Your account has been suspended." })),
	paymentRequired: replied(jsonReply(402, { detail: { code: "deactivated_workspace" } })),
	/** The edge does not let this path through for a while. */
	pathBlock: replied({ status: 404, headers: { server: "cloudflare" }, body: "" }),
	overloaded: error(503, "server_is_overloaded", "Our servers are currently overloaded. Please try again later."),
	serverError: error(500, "server_error", "An error occurred while processing your request."),
	unauthorized: replied(jsonReply(401, { detail: "Unauthorized" })),
	reset: { kind: "reset" },
	/** A 200 in which nothing is. */
	empty: { kind: "played", play: () => [{ do: "end" }] },
	/** Ends well for HTTP, and without the event that ends a reply. */
	earlyEnd: (after: number): BackendFate => ({
		kind: "played",
		play: (events) => [...writes(events.slice(0, after)), { do: "end" }],
	}),
	/** The connection is closed after so many events. */
	cut: (after: number): BackendFate => ({
		kind: "played",
		play: (events) => [...writes(events.slice(0, after)), { do: "close" }],
	}),
	/** An error inside a 200. */
	errorEvent: (code: string, after = 0, more: Readonly<Record<string, unknown>> = {}): BackendFate => ({
		kind: "played",
		play: (events) => [...writes([...events.slice(0, after), errorEvent(code, more)]), { do: "end" }],
	}),
	/** A reply that has failed, which the backend says in another event. */
	failedEvent: (code: string, after = 2): BackendFate => ({
		kind: "played",
		play: (events) => [...writes([...events.slice(0, after), failedEvent(code)]), { do: "end" }],
	}),
	/** Nothing more after so many events, until a test lets it go on. */
	paused: (after: number, until: Promise<unknown>): BackendFate => ({
		kind: "played",
		play: (events) => [
			...writes(events.slice(0, after)),
			{ do: "await", settled: until },
			...writes(events.slice(after)),
			{ do: "end" },
		],
	}),
	held: (until: Promise<unknown>): BackendFate => ({ kind: "held", until }),
	revoked: (after: number): BackendFate => ({ kind: "revoked", after }),
	replied: (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): BackendFate =>
		replied(jsonReply(status, value, headers)),
} satisfies Readonly<Record<string, BackendFate | ((...given: never[]) => BackendFate)>>;

export function errorEvent(code: string, more: Readonly<Record<string, unknown>> = {}): string {
	const message = "The backend failed on the way.";
	return framed({ type: "error", ...{ error: { type: code, code, message, param: null, ...more } } });
}

function failedEvent(code: string): string {
	const response = { id: "resp_failed", object: "response", status: "failed", output: [], usage: null };
	return framed({
		type: "response.failed",
		...{ response: { ...response, error: { code, message: "The backend failed on the way." } } },
	});
}

import type { ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { type Exchange, ownHeaders } from "./exchange.ts";
import { headerValue, type RawHeaders, replyHeaders } from "./headers.ts";

export interface UpstreamRequest {
	readonly origin: string;
	/** With its query. */
	readonly path: string;
	readonly headers: string[];
	readonly body: Buffer;
}

export type DirectOutcome =
	/** The reply went through to its end. */
	| { readonly kind: "replied"; readonly status: number }
	/** The relay gave no reply; nothing has gone to the client. */
	| { readonly kind: "failed"; readonly error: Error }
	/** A web page came in place of a reply; nothing has gone to the client. */
	| { readonly kind: "html"; readonly status: number }
	/** The relay wants to be called elsewhere; nothing has gone to the client. */
	| { readonly kind: "redirect"; readonly status: number }
	/** The reply broke off after some of it had gone to the client, whose connection is broken off too. */
	| { readonly kind: "cut"; readonly error: Error }
	/** The client went away; the upstream request is cancelled. */
	| { readonly kind: "clientGone" };

/**
 * Sends a request to a relay and passes the reply to the client, bytes untouched. Settles when either side is done.
 * @param conclude told the outcome at once, before the reply is ended: what it notes is there when the client's response
 * closes, which can be before this promise's continuation runs.
 */
export function pipeDirect(
	transport: Dispatcher,
	request: UpstreamRequest,
	exchange: Exchange,
	conclude: (outcome: DirectOutcome) => void,
): Promise<void> {
	return new Promise((resolve) => {
		const pipe = new DirectPipe(exchange, (outcome) => {
			conclude(outcome);
			resolve();
		});
		transport.dispatch({ ...request, method: "POST", headersTimeout: 0, bodyTimeout: 0 }, pipe);
	});
}

const noBytes = Buffer.alloc(0);

/** Why we ended an upstream request ourselves. */
class ClientGone extends Error {}
class WebPage extends Error {}
class Redirect extends Error {}

/** Passed on, they would make many a client send the local key and the prompt to a stranger. RFC 9110 section 15.4. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * One reply on its way. Chunks of one socket read come in one turn of the parser; they are corked together, so that each
 * read costs one write.
 */
class DirectPipe implements Dispatcher.DispatchHandler {
	readonly #exchange: Exchange;
	readonly #settle: (outcome: DirectOutcome) => void;
	#controller: Dispatcher.DispatchController | null = null;
	/** The relay's status; 0 until it has answered. */
	#status = 0;
	#committed = false;
	#isEventStream = false;
	#corked = false;
	#gone = false;
	#ended = false;

	constructor(exchange: Exchange, settle: (outcome: DirectOutcome) => void) {
		this.#exchange = exchange;
		this.#settle = settle;
		exchange.response.once("close", this.#onClientClose);
		exchange.response.on("drain", this.#onDrain);
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		this.#controller = controller;
		if (this.#gone || this.#exchange.response.destroyed) controller.abort(new ClientGone());
	}

	onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, reason?: string): void {
		if (status < 200) return;
		const { response } = this.#exchange;
		const headers = textHeaders(controller.rawHeaders);
		const type = headerValue(headers, "content-type");
		this.#status = status;
		this.#isEventStream = /^text\/event-stream\b/i.test(type);
		if (redirects.has(status)) {
			controller.abort(new Redirect());
			return;
		}
		if (/^text\/html\b/i.test(type)) {
			controller.abort(new WebPage());
			return;
		}
		response.writeHead(status, asciiOnly(reason), [...replyHeaders(headers), ...ownHeaders(this.#exchange)]);
		this.#committed = true;
		this.#cork();
		// Sends the headers now; `flushHeaders` would encode them as UTF-8 and so change bytes above 0x7F.
		response.write(noBytes);
	}

	onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
		this.#cork();
		this.#exchange.bytes += chunk.length;
		if (!this.#exchange.response.write(chunk)) controller.pause();
	}

	onResponseEnd(): void {
		const { response } = this.#exchange;
		this.#ended = true;
		this.#finish({ kind: "replied", status: this.#status });
		// Node (24 at least) writes the end of a chunked body before the chunks it holds corked; so these go first, and the
		// socket's own cork, which `end` opens, keeps all of it one write.
		response.socket?.cork();
		this.#uncork();
		response.end();
	}

	onResponseError(_: Dispatcher.DispatchController, error: Error): void {
		if (this.#gone || error instanceof ClientGone) {
			this.#finish({ kind: "clientGone" });
		} else if (error instanceof WebPage) {
			this.#finish({ kind: "html", status: this.#status });
		} else if (error instanceof Redirect) {
			this.#finish({ kind: "redirect", status: this.#status });
		} else if (!this.#committed) {
			this.#finish({ kind: "failed", error });
		} else {
			this.#finish({ kind: "cut", error });
			this.#breakOff();
		}
	}

	/**
	 * Ends a reply so that it cannot be taken for a whole one. An event stream is left without its last chunk, and the client
	 * keeps what it has read; anything else is reset, because a client may take the end of a connection for the end of a body.
	 */
	#breakOff(): void {
		const { response } = this.#exchange;
		if (this.#isEventStream && response.chunkedEncoding) response.destroy();
		else response.socket?.resetAndDestroy();
	}

	#cork(): void {
		if (this.#corked) return;
		this.#corked = true;
		this.#exchange.response.cork();
		queueMicrotask(() => this.#uncork());
	}

	#uncork(): void {
		if (!this.#corked) return;
		const { response } = this.#exchange;
		this.#corked = false;
		response.uncork();
		// A corked response compares only what it holds itself with its mark. An empty write makes it look at the socket,
		// and announce the drain that lets the relay go on.
		if (!this.#ended && isFull(response) && !response.write(noBytes)) this.#controller?.pause();
	}

	readonly #onDrain = (): void => this.#controller?.resume();

	readonly #onClientClose = (): void => {
		if (this.#ended) return;
		this.#gone = true;
		this.#controller?.abort(new ClientGone());
		if (this.#controller === null) this.#finish({ kind: "clientGone" });
	};

	#finish(outcome: DirectOutcome): void {
		const { response } = this.#exchange;
		response.off("close", this.#onClientClose).off("drain", this.#onDrain);
		this.#settle(outcome);
	}
}

/** Whether bytes wait for the client. A response behind another one of the same connection has no socket yet. */
function isFull(response: ServerResponse): boolean {
	return response.socket?.writableNeedDrain ?? response.writableLength >= response.writableHighWaterMark;
}

/** A reason phrase that Node would refuse, in another script for example, is replaced by the standard one. */
function asciiOnly(reason: string | undefined): string | undefined {
	return reason !== undefined && /^[\t\x20-\x7e]+$/.test(reason) ? reason : undefined;
}

/** undici gives raw headers as buffers, or as an object where an interceptor stood between. */
function textHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): RawHeaders {
	if (Array.isArray(raw)) return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
	return Object.entries(raw ?? {}).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
}

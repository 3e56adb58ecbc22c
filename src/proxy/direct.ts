import type { Dispatcher } from "undici";
import { type Exchange, relayHeaders } from "./exchange.ts";
import { replyHeaders } from "./headers.ts";

export interface UpstreamRequest {
	readonly origin: string;
	/** With its query. */
	readonly path: string;
	readonly headers: string[];
	readonly body: Buffer;
}

const noBytes = Buffer.alloc(0);

export type DirectOutcome =
	/** The reply went through to its end. */
	| { readonly kind: "replied"; readonly status: number }
	/** The relay gave no reply; nothing has gone to the client. */
	| { readonly kind: "failed"; readonly error: Error }
	/** The reply broke off after some of it had gone to the client, whose connection is reset. */
	| { readonly kind: "cut"; readonly status: number; readonly error: Error }
	/** The client went away; the upstream request is cancelled. */
	| { readonly kind: "clientGone" };

/** Sends a request to a relay and passes the reply to the client, bytes untouched. Settles when either side is done. */
export function pipeDirect(
	transport: Dispatcher,
	request: UpstreamRequest,
	exchange: Exchange,
): Promise<DirectOutcome> {
	return new Promise((resolve) => {
		const pipe = new DirectPipe(exchange, resolve);
		transport.dispatch({ ...request, method: "POST", headersTimeout: 0, bodyTimeout: 0 }, pipe);
	});
}

/**
 * One reply on its way. Chunks of one socket read come in one turn of the parser; they are corked together, so that each
 * read costs one write.
 */
class DirectPipe implements Dispatcher.DispatchHandler {
	readonly #exchange: Exchange;
	readonly #settle: (outcome: DirectOutcome) => void;
	#controller: Dispatcher.DispatchController | null = null;
	#status = 0;
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

	onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, statusText?: string): void {
		if (status < 200) return;
		const { response } = this.#exchange;
		this.#status = status;
		this.#cork();
		response.writeHead(status, statusText ?? "", [
			...replyHeaders(textHeaders(controller.rawHeaders)),
			...relayHeaders(this.#exchange),
		]);
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
		// Node (24 at least) writes the end of a chunked body before the chunks it holds corked; so these go first, and the
		// socket's own cork, which `end` opens, keeps all of it one write.
		response.socket?.cork();
		this.#uncork();
		response.end();
		this.#finish({ kind: "replied", status: this.#status });
	}

	onResponseError(_: Dispatcher.DispatchController, error: Error): void {
		if (this.#gone || error instanceof ClientGone) {
			this.#finish({ kind: "clientGone" });
		} else if (this.#status === 0) {
			this.#finish({ kind: "failed", error });
		} else {
			this.#finish({ kind: "cut", status: this.#status, error });
			// Not an orderly end: a reply cut short must not be taken for a whole one.
			this.#exchange.response.destroy();
		}
	}

	#cork(): void {
		if (this.#corked) return;
		this.#corked = true;
		this.#exchange.response.cork();
		queueMicrotask(() => this.#uncork());
	}

	#uncork(): void {
		if (!this.#corked) return;
		this.#corked = false;
		this.#exchange.response.uncork();
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

class ClientGone extends Error {}

/** undici gives raw headers as buffers, or as an object where an interceptor stood between. */
function textHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
	if (Array.isArray(raw)) return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
	return Object.entries(raw ?? {}).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
}

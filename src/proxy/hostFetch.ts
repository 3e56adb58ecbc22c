import { MessageChannel, type MessagePort } from "node:worker_threads";
import { Dispatcher } from "undici";
import type { HostCredit, HostReply, HostRequest } from "../bridge/protocol.ts";
import { hostCredit } from "../bridge/protocol.ts";
import { flatHeaders } from "./flatHeaders.ts";

/** Asks the main thread for a request; the reply comes over the port, and closing the port ends it. */
export type AskHost = (request: HostRequest, port: MessagePort) => void;

/** The main thread, or VS Code there, could not do it. The code is that of the network, where there is one. */
export class HostFetchError extends Error {
	readonly code: string;

	constructor(code: string) {
		super("VS Code's own connection failed.");
		this.name = "HostFetchError";
		this.code = code;
	}
}

/** Whether a request can be sent a second time and to another thread. */
export function isPortable(body: Dispatcher.DispatchOptions["body"]): body is string | Uint8Array | null | undefined {
	return body === null || body === undefined || typeof body === "string" || body instanceof Uint8Array;
}

/**
 * Requests that VS Code makes in the main thread by its own fetch, for relays to which only VS Code knows the way. What a
 * fetch does to a reply is beyond us: one that is silent for 300 s is cut, a compressed one comes unpacked, and every
 * block of the main thread holds it up.
 */
export class HostFetch extends Dispatcher {
	readonly #ask: AskHost;
	readonly #running = new Set<HostExchange>();

	constructor(ask: AskHost) {
		super();
		this.#ask = ask;
	}

	override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
		const { origin = "", path, method, body } = options;
		const { port1, port2 } = new MessageChannel();
		const exchange = new HostExchange(port1, handler, () => this.#running.delete(exchange));
		this.#running.add(exchange);
		exchange.start();
		if (!isPortable(body)) exchange.abort(new TypeError("A stream cannot be sent by VS Code."));
		else if (!exchange.aborted) {
			const headers = flatHeaders(options.headers);
			const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? null);
			this.#ask({ url: new URL(path, origin).href, method, headers, body: bytes }, port2);
			handler.onRequestSent?.();
		}
		return true;
	}

	/** Ends what still runs. */
	abortAll(reason: Error): void {
		for (const exchange of this.#running) exchange.abort(reason);
	}
}

/** One request, and the controller of its reply. */
class HostExchange implements Dispatcher.DispatchController {
	rawHeaders: string[] | null = null;
	rawTrailers: string[] | null = null;
	aborted = false;
	paused = false;
	reason: Error | null = null;
	readonly #port: MessagePort;
	readonly #handler: Dispatcher.DispatchHandler;
	readonly #onEnd: () => void;
	/** What came while paused. */
	readonly #waiting: HostReply[] = [];
	#consumed = 0;
	#ended = false;

	constructor(port: MessagePort, handler: Dispatcher.DispatchHandler, onEnd: () => void) {
		this.#port = port;
		this.#handler = handler;
		this.#onEnd = onEnd;
	}

	start(): void {
		this.#port.on("message", (part: HostReply) => {
			this.#waiting.push(part);
			this.#deliver();
		});
		// The main thread closes the port after the last part; before it, it has died.
		this.#port.on("close", () => {
			this.#waiting.push({ kind: "failed", code: "HOST_GONE" });
			this.#deliver();
		});
		this.#tell(() => this.#handler.onRequestStart?.(this, {}));
	}

	pause(): void {
		this.paused = true;
	}

	resume(): void {
		if (!this.paused) return;
		this.paused = false;
		this.#deliver();
	}

	abort(reason: Error): void {
		if (this.#ended) return;
		this.aborted = true;
		this.reason = reason;
		this.#fail(reason);
	}

	#deliver(): void {
		while (!this.paused && !this.#ended) {
			const part = this.#waiting.shift();
			if (part === undefined) return;
			this.#tell(() => this.#pass(part));
		}
	}

	#pass(part: HostReply): void {
		switch (part.kind) {
			case "head":
				this.rawHeaders = part.headers.flat();
				this.#handler.onResponseStart?.(this, part.status, grouped(part.headers), part.statusText);
				return;
			case "data": {
				const { buffer, byteOffset, byteLength } = part.bytes;
				this.#giveCredit(byteLength);
				this.#handler.onResponseData?.(this, Buffer.from(buffer, byteOffset, byteLength));
				return;
			}
			case "end":
				this.#end();
				this.#handler.onResponseEnd?.(this, {});
				return;
			case "failed":
				this.#fail(new HostFetchError(part.code));
		}
	}

	/** What stays undelivered while paused is not asked for anew: that is what keeps a slow client from filling the memory. */
	#giveCredit(bytes: number): void {
		this.#consumed += bytes;
		if (this.#consumed < hostCredit / 4) return;
		const credit: HostCredit = { bytes: this.#consumed };
		this.#consumed = 0;
		this.#port.postMessage(credit);
	}

	/** As undici does: a handler that throws ends its request. */
	#tell(say: () => void): void {
		try {
			say();
		} catch (error) {
			this.abort(error instanceof Error ? error : new Error(String(error)));
		}
	}

	#fail(error: Error): void {
		this.#end();
		this.#handler.onResponseError?.(this, error);
	}

	#end(): void {
		this.#ended = true;
		this.#waiting.length = 0;
		this.#port.close();
		this.#onEnd();
	}
}

function grouped(headers: HostHeaders): Record<string, string | string[]> {
	const groups: Record<string, string | string[]> = {};
	for (const [name, value] of headers) {
		const before = groups[name];
		groups[name] = before === undefined ? value : [before, value].flat();
	}
	return groups;
}

type HostHeaders = Extract<HostReply, { kind: "head" }>["headers"];

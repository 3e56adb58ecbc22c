import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import { constants, createGzip, type Gzip } from "node:zlib";
import type { Format } from "../../../src/accounts/account.ts";
import type { RecordedRequest } from "../recordedRequest.ts";

/** What a relay does on the wire, one thing after the other. */
export type Step =
	/** Status line and headers; leaves at once. */
	| { readonly do: "head"; readonly status: number; readonly headers: Headers; readonly gzip?: boolean }
	| { readonly do: "write"; readonly bytes: string | Buffer }
	| { readonly do: "pause"; readonly milliseconds: number }
	/** Goes on when the test says so. */
	| { readonly do: "await"; readonly settled: Promise<unknown> }
	/** Nothing more, until the client goes away. */
	| { readonly do: "silence" }
	| { readonly do: "end" }
	/** The reply ends well; then the connection, which was kept alive, is closed without a word. */
	| { readonly do: "endAndHangUp" }
	/** The connection is closed in the middle of whatever was being said. */
	| { readonly do: "close" }
	/** The same by a TCP reset. */
	| { readonly do: "reset" };

type Headers = Readonly<Record<string, string | number>>;

/** A request as a behaviour sees it. */
export interface Asked {
	readonly format: Format;
	readonly streamed: boolean;
	readonly model: string;
	readonly request: RecordedRequest;
	/** The key that this relay accepts. */
	readonly key: string;
}

/** What a relay does with one request. */
export type Behaviour = (asked: Asked) => readonly Step[];

/**
 * Carries out the steps. Settles when they are done or the client has gone.
 * @param onSent told the bytes of the body, as they go out.
 * @returns whether the client went away first.
 */
export async function perform(
	response: ServerResponse,
	steps: readonly Step[],
	onSent: (bytes: Buffer) => void,
): Promise<boolean> {
	const gone = new AbortController();
	const left = once(gone.signal, "abort");
	const { socket } = response;
	let ending = false;
	response.once("close", () => {
		if (!ending && !response.writableFinished) gone.abort();
	});
	response.on("error", () => gone.abort());
	const body = new Body(response, onSent);
	try {
		for (const step of steps) {
			if (gone.signal.aborted) return true;
			switch (step.do) {
				case "head":
					body.begin(step.status, step.headers, step.gzip ?? false);
					// By the next turn the headers are with the operating system.
					await turn();
					break;
				case "write":
					await Promise.race([left, body.write(step.bytes)]);
					break;
				case "pause":
					await delay(step.milliseconds, undefined, { signal: gone.signal });
					break;
				case "await":
					await Promise.race([left, step.settled]);
					break;
				case "silence":
					await left;
					break;
				case "end":
				case "endAndHangUp":
					await Promise.race([left, body.end()]);
					ending = true;
					if (step.do === "endAndHangUp") socket?.end();
					break;
				case "close":
					ending = true;
					response.destroy();
					break;
				case "reset":
					ending = true;
					socket?.resetAndDestroy();
					break;
			}
		}
		return gone.signal.aborted;
	} catch (error) {
		if (gone.signal.aborted) return true;
		throw error;
	} finally {
		body.drop();
	}
}

/** The body of a reply, compressed event by event where that is asked for. */
class Body {
	readonly #response: ServerResponse;
	readonly #onSent: (bytes: Buffer) => void;
	#gzip: Gzip | null = null;

	constructor(response: ServerResponse, onSent: (bytes: Buffer) => void) {
		this.#response = response;
		this.#onSent = onSent;
	}

	begin(status: number, headers: Headers, gzip: boolean): void {
		this.#response.writeHead(status, { ...headers, ...(gzip && { "content-encoding": "gzip" }) }).flushHeaders();
		if (!gzip) return;
		this.#gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
		this.#gzip.on("data", (bytes: Buffer) => this.#send(bytes));
	}

	/** Settles when the bytes are with the operating system. */
	write(part: string | Buffer): Promise<void> {
		const bytes = Buffer.from(part);
		return new Promise((resolve) => {
			if (bytes.length === 0) resolve();
			else if (this.#gzip) this.#gzip.write(bytes, () => this.#response.write("", () => resolve()));
			else this.#send(bytes, resolve);
		});
	}

	async end(): Promise<void> {
		if (this.#gzip) await once(this.#gzip.end(), "end");
		await new Promise<void>((resolve) => this.#response.end(resolve));
	}

	/** A compressor holds memory outside the heap until it is closed. */
	drop(): void {
		this.#gzip?.destroy();
	}

	#send(bytes: Buffer, written?: () => void): void {
		this.#onSent(bytes);
		this.#response.write(bytes, written);
	}
}

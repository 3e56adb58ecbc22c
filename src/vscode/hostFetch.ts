import type { MessagePort } from "node:worker_threads";
import { type HostCredit, type HostReply, type HostRequest, hostCredit } from "../bridge/protocol.ts";

/** What belongs to one connection or is set by fetch itself. */
const requestHeadersOfFetch: ReadonlySet<string> = new Set([
	"connection",
	"content-length",
	"expect",
	"host",
	"keep-alive",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
]);
/** Fetch has unpacked the body, so they no longer describe it. */
const replyHeadersOfFetch: ReadonlySet<string> = new Set(["content-encoding", "content-length", "transfer-encoding"]);

/**
 * Makes a request for the proxy by the fetch of this thread, which in an extension host is VS Code's own and knows its
 * proxies, PAC scripts and logins. The reply goes over the port, never more of it than the other side has room for. When
 * the other side closes the port, the request ends.
 */
export function answerHostFetch(request: HostRequest, port: MessagePort): void {
	const ending = new AbortController();
	port.on("close", () => ending.abort());
	const credit = new Credit(port, ending.signal);
	void send(request, ending.signal, port, credit)
		.catch((error: unknown) => tell(port, { kind: "failed", code: codeOf(error) }))
		.finally(() => port.close());
}

async function send(request: HostRequest, signal: AbortSignal, port: MessagePort, credit: Credit): Promise<void> {
	const reply = await fetch(request.url, {
		method: request.method,
		headers: pairs(request.headers).filter(([name]) => !requestHeadersOfFetch.has(name.toLowerCase())),
		body: request.body === null ? null : new Uint8Array(request.body),
		redirect: "manual",
		signal,
	});
	const headers = [...reply.headers].filter(([name]) => !replyHeadersOfFetch.has(name));
	tell(port, { kind: "head", status: reply.status, statusText: reply.statusText, headers });
	for await (const chunk of reply.body ?? []) {
		const bytes = owned(chunk);
		const { byteLength } = bytes;
		port.postMessage({ kind: "data", bytes } satisfies HostReply, [bytes.buffer]);
		await credit.spend(byteLength);
	}
	tell(port, { kind: "end" });
}

/** How many bytes more the other side has room for. */
class Credit {
	readonly #signal: AbortSignal;
	#left = hostCredit;
	#wake: () => void = () => {};

	constructor(port: MessagePort, signal: AbortSignal) {
		this.#signal = signal;
		signal.addEventListener("abort", () => this.#wake());
		port.on("message", ({ bytes }: HostCredit) => {
			this.#left += bytes;
			this.#wake();
		});
	}

	/** Settles when there is room again, or nobody waits any more. */
	async spend(bytes: number): Promise<void> {
		this.#left -= bytes;
		while (this.#left <= 0 && !this.#signal.aborted) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}

/** The bytes in a buffer of their own, which can go to another thread. */
function owned(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
	const { buffer } = chunk;
	const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength;
	return isWhole ? new Uint8Array(buffer) : new Uint8Array(chunk);
}

function tell(port: MessagePort, reply: HostReply): void {
	port.postMessage(reply);
}

function pairs(flat: readonly string[]): [name: string, value: string][] {
	const entries: [name: string, value: string][] = [];
	for (let index = 0; index + 1 < flat.length; index += 2) entries.push([flat[index] ?? "", flat[index + 1] ?? ""]);
	return entries;
}

/** The code alone: the text of a failed fetch may quote a proxy with its password. */
function codeOf(error: unknown): string {
	if (error instanceof AggregateError && !("code" in error && error.code)) return codeOf(error.errors[0]);
	if (!(error instanceof Error)) return "UNKNOWN";
	if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
	return error.cause === undefined ? "UNKNOWN" : codeOf(error.cause);
}

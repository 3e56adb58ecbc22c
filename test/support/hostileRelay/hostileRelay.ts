import { createServer as createHttpServer, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Format } from "../../../src/accounts/account.ts";
import { objectOf, readObject, textOf } from "../demoRelay/answer.ts";
import { type RecordedRequest, recordRequest } from "../recordedRequest.ts";
import { answer } from "./behaviours.ts";
import type { Certificate } from "./selfSigned.ts";
import { type Asked, type Behaviour, perform } from "./steps.ts";

/** One request and what became of it. */
export interface HostileCall extends Asked {
	/** The key that the client gave, wherever it stood; null where there was none or more than one. */
	readonly givenKey: string | null;
	/** The bytes of the reply's body that have gone out. */
	readonly sent: () => Buffer;
	/** Settles when the reply is over: whether the client went away before the relay was done. */
	readonly left: Promise<boolean>;
}

export interface HostileRelayOptions {
	readonly key?: string;
	/** Serves TLS. */
	readonly certificate?: Certificate;
	/** Whether calls are kept; a long run keeps none. */
	readonly remember?: boolean;
	/** 0, the default, picks a free one. */
	readonly port?: number;
}

/** A real upstream for all four formats that misbehaves on command. */
export class HostileRelay {
	readonly key: string;
	/** In the order their bodies were complete. */
	readonly calls: HostileCall[] = [];
	/** Requests, kept or not. */
	requests = 0;
	/** Requests whose client went away before the relay was done. */
	abandoned = 0;
	/** Connections ever made. */
	connections = 0;
	readonly #sockets = new Set<Socket>();
	readonly #server: ReturnType<typeof createHttpServer>;
	readonly #scheme: "http" | "https";
	readonly #remember: boolean;
	readonly #script: Behaviour[] = [];
	readonly #callers: ((call: HostileCall) => void)[] = [];
	#handedOut = 0;
	#behaviour: Behaviour = answer;
	#port = 0;

	constructor({ key = "key-of-relay", certificate, remember = true }: HostileRelayOptions = {}) {
		this.key = key;
		this.#remember = remember;
		this.#scheme = certificate ? "https" : "http";
		const listener = (request: Parameters<typeof recordRequest>[0], response: ServerResponse): void => {
			// A client that goes away while it sends is nothing to report.
			recordRequest(request, response).then(
				(recorded) => this.#answer(recorded, response),
				() => response.destroy(),
			);
		};
		this.#server = certificate ? createHttpsServer(certificate, listener) : createHttpServer(listener);
		this.#server.on("connection", (socket: Socket) => {
			this.connections += 1;
			this.#sockets.add(socket);
			socket.once("close", () => this.#sockets.delete(socket));
		});
		// A client that refuses the certificate ends the handshake.
		this.#server.on("tlsClientError", () => {});
	}

	/** `http://127.0.0.1:port`. */
	get origin(): string {
		return `${this.#scheme}://127.0.0.1:${this.#port}`;
	}

	get port(): number {
		return this.#port;
	}

	get openSockets(): number {
		return this.#sockets.size;
	}

	/** Listens; the second time on the same port. */
	async listen(port = this.#port): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(port, "127.0.0.1", () => {
				this.#server.off("error", reject);
				resolve();
			});
		});
		this.#port = (this.#server.address() as AddressInfo).port;
	}

	/** What the next requests get, one each; after them the default again. */
	next(...behaviours: readonly Behaviour[]): void {
		this.#script.push(...behaviours);
	}

	/** What every request gets that no script is left for. Drops the script. */
	always(behaviour: Behaviour): void {
		this.#script.length = 0;
		this.#behaviour = behaviour;
	}

	/** Each call once, in order; waits for one that is still to come. */
	nextCall(): Promise<HostileCall> {
		const call = this.calls[this.#handedOut];
		this.#handedOut += 1;
		if (call) return Promise.resolve(call);
		return new Promise((resolve) => this.#callers.push(resolve));
	}

	/** Forgets the calls so far, for a relay that serves several tests. */
	forget(): void {
		this.calls.length = 0;
		this.#handedOut = 0;
	}

	/** Ends every connection at once. */
	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.#server.close(() => resolve());
			for (const socket of this.#sockets) socket.destroy();
		});
	}

	async #answer(request: RecordedRequest, response: ServerResponse): Promise<void> {
		const asked: Asked = { ...describe(request), request, key: this.key };
		const behaviour = this.#script.shift() ?? this.#behaviour;
		const sent: Buffer[] = [];
		const left = perform(response, behaviour(asked), (bytes) => {
			if (this.#remember) sent.push(bytes);
		});
		this.requests += 1;
		if (this.#remember) this.#tell({ ...asked, givenKey: givenKey(request), sent: () => Buffer.concat(sent), left });
		if (await left) this.abandoned += 1;
	}

	#tell(call: HostileCall): void {
		this.calls.push(call);
		this.#callers.shift()?.(call);
	}
}

export async function startHostileRelay(options: HostileRelayOptions = {}): Promise<HostileRelay> {
	const relay = new HostileRelay(options);
	await relay.listen(options.port);
	return relay;
}

function describe(request: RecordedRequest): Pick<Asked, "format" | "streamed" | "model"> {
	const { pathname } = new URL(request.url, "http://relay");
	const inPath = /\/models\/(.+):(\w+)$/.exec(pathname);
	if (inPath) {
		const [, model = "", verb = ""] = inPath;
		return { format: "gemini", streamed: verb === "streamGenerateContent", model: decodeURIComponent(model) };
	}
	const body = objectOf(readObject(request.body)) ?? {};
	return { format: formatOf(pathname), streamed: body["stream"] === true, model: textOf(body["model"]) };
}

function formatOf(path: string): Format {
	if (/\/responses(?:\/|$)/.test(path)) return "codex";
	return /\/messages(?:\/|$)/.test(path) ? "anthropic" : "openai";
}

function givenKey({ headers, url }: RecordedRequest): string | null {
	const given = [
		headers.authorization?.replace(/^Bearer /i, ""),
		headers["x-api-key"],
		headers["x-goog-api-key"],
		headers["api-key"],
		new URL(url, "http://relay").searchParams.get("key"),
	].filter((key) => key !== undefined && key !== null);
	return given.length === 1 ? String(given[0]) : null;
}

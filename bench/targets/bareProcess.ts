// The least that a relay on node:http and undici can be: what it costs no relay built on them gets below.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Dispatcher, Pool } from "undici";
import { answerQuestions } from "../processes/questions.ts";

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });

function relay(request: IncomingMessage, response: ServerResponse): void {
	const chunks: Buffer[] = [];
	request.on("data", (chunk: Buffer) => chunks.push(chunk));
	request.on("end", () => {
		const [only] = chunks;
		const body = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
		const { authorization = "" } = request.headers;
		const headers = { "content-type": "application/json", authorization };
		const options: Dispatcher.DispatchOptions = { method: "POST", path: request.url ?? "", headers, body };
		pool.dispatch(options, new Reply(response));
	});
}

/**
 * Hands an upstream's reply on. All that came in one read goes out in one write: undici tells each chunk of HTTP by itself,
 * and a write costs far more than to join what many chunks hold.
 */
class Reply implements Dispatcher.DispatchHandler {
	readonly #response: ServerResponse;
	#waiting: Buffer[] = [];

	constructor(response: ServerResponse) {
		this.#response = response;
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		this.#response.on("drain", () => controller.resume());
		this.#response.on("close", () => {
			if (!this.#response.writableFinished) controller.abort(new Error("The client left."));
		});
	}

	onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[]>): void {
		const { connection: _connection, "transfer-encoding": _coding, ...others } = headers;
		this.#response.writeHead(status, others);
	}

	onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
		this.#waiting.push(chunk);
		if (this.#waiting.length > 1) return;
		queueMicrotask(() => {
			if (!this.#flush()) controller.pause();
		});
	}

	onResponseEnd(): void {
		this.#flush();
		this.#response.end();
	}

	onResponseError(): void {
		this.#response.destroy();
	}

	/** @returns whether the client takes more. */
	#flush(): boolean {
		const waiting = this.#waiting;
		const [only] = waiting;
		if (only === undefined) return true;
		this.#waiting = [];
		return this.#response.write(waiting.length === 1 ? only : Buffer.concat(waiting));
	}
}

const server = createServer(relay).listen(0, "127.0.0.1");
await once(server, "listening");
answerQuestions(async () => null, (server.address() as AddressInfo).port);

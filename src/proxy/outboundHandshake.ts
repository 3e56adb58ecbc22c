import type { Socket } from "node:net";

/** Reads what the far end says on a socket before the socket goes to somebody else. */
export class HandshakeReader {
	readonly #socket: Socket;
	#bytes: Buffer = Buffer.alloc(0);
	#failure: Error | null = null;
	#wake: () => void = () => {};

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("data", this.#onData).on("error", this.#onError).on("close", this.#onClose);
	}

	/** The next so many bytes. Rejects when the connection breaks first. */
	async take(length: number): Promise<Buffer> {
		while (this.#bytes.length < length) await this.#more();
		return this.#cut(length);
	}

	/** Up to and with a delimiter. @param limit bytes within which it has to come. */
	async takeThrough(delimiter: string, limit: number): Promise<Buffer> {
		for (;;) {
			const at = this.#bytes.indexOf(delimiter, 0, "latin1");
			if (at >= 0) return this.#cut(at + delimiter.length);
			if (this.#bytes.length > limit) throw new Error("Too long.");
			await this.#more();
		}
	}

	/** Gives the socket back, with what has come after the handshake. */
	release(): void {
		this.#socket.pause();
		this.#socket.off("data", this.#onData).off("error", this.#onError).off("close", this.#onClose);
		if (this.#bytes.length > 0) this.#socket.unshift(this.#bytes);
	}

	#more(): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#wake = () => (this.#failure === null ? resolve() : reject(this.#failure));
			if (this.#failure !== null) this.#wake();
		});
	}

	#cut(length: number): Buffer {
		const taken = this.#bytes.subarray(0, length);
		this.#bytes = this.#bytes.subarray(length);
		return taken;
	}

	readonly #onData = (chunk: Buffer): void => {
		this.#bytes = Buffer.concat([this.#bytes, chunk]);
		this.#wake();
	};

	readonly #onError = (error: Error): void => {
		this.#failure ??= error;
		this.#wake();
	};

	readonly #onClose = (): void => {
		this.#failure ??= Object.assign(new Error("The connection was closed."), { code: "ECONNRESET" });
		this.#wake();
	};
}

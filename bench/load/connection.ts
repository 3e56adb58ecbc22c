import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { MessageReader } from "../wire/messageReader.ts";

/** Who waits for a reply. */
export interface ReplyWatcher {
	onBody(buffer: Buffer, start: number, end: number): void;
	/** @param status 0 when the connection broke before the reply was complete. */
	onEnd(status: number): void;
}

/** One client's connection, kept alive: sends ready-made requests one after another. */
export class Connection {
	readonly #port: number;
	readonly #reader: () => MessageReader;
	#socket: Socket | null = null;
	#watcher: ReplyWatcher | null = null;
	#status = 0;

	constructor(port: number) {
		this.#port = port;
		this.#reader = () =>
			new MessageReader("responses", {
				onHead: (startLine) => {
					this.#status = Number(startLine.slice(9, 12));
				},
				onBody: (buffer, start, end) => this.#watcher?.onBody(buffer, start, end),
				onEnd: () => this.#end(this.#status),
			});
	}

	async open(): Promise<void> {
		const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
		const reader = this.#reader();
		await once(socket, "connect");
		this.#socket = socket;
		socket.on("data", (buffer) => reader.feed(buffer));
		socket.on("error", () => {});
		socket.on("close", () => {
			if (this.#socket === socket) this.#socket = null;
			reader.close();
			this.#end(0);
		});
	}

	/** One at a time: the next after the end of the one before. Opens the connection anew if the other side has closed it. */
	send(request: Buffer, watcher: ReplyWatcher): void {
		this.#watcher = watcher;
		if (this.#socket === null) {
			this.open().then(
				() => this.#socket?.write(request),
				() => this.#end(0),
			);
		} else {
			this.#socket.write(request);
		}
	}

	stopReading(): void {
		this.#socket?.pause();
	}

	/** Nobody waits any longer. */
	close(): void {
		this.#watcher = null;
		this.#socket?.destroy();
	}

	#end(status: number): void {
		const watcher = this.#watcher;
		this.#watcher = null;
		watcher?.onEnd(status);
	}
}

/** Opens several at once. */
export async function openConnections(port: number, count: number): Promise<readonly Connection[]> {
	const connections = Array.from({ length: count }, () => new Connection(port));
	await Promise.all(connections.map((connection) => connection.open()));
	return connections;
}

import { connect, type Socket } from "node:net";
import { askToAttach, windowProofHeader } from "../bridge/windowProof.ts";
import { ControlChannel } from "./controlChannel.ts";
import { type AttachedMessage, controlProtocol, controlSessionHeader, type OwnerMessage } from "./controlMessages.ts";

/** How long the owner may take to let this window in. Milliseconds. */
const openTime = 5_000;
/** How long it may take to turn the proxy off. Milliseconds. */
const turnOffTime = 2_000;
/** Bytes of its answer to the upgrade. */
const longestHead = 4096;
/** Bytes of what it says: hundreds of accounts with their last choices. */
const longestMessage = 16 * 1024 * 1024;
/** In beats: an owner that says nothing for so long is asked again who it is. */
const patience = 4;

export interface ControlLinkParts {
	readonly controlToken: string;
	readonly port: number;
	readonly onMessage: (message: OwnerMessage) => void;
	/** Once, however it ends; also when it was never open. */
	readonly onEnd: () => void;
}

/** The attached window's end of the connection to the owner. */
export class ControlLink {
	readonly port: number;
	readonly #parts: ControlLinkParts;
	readonly #socket: Socket;
	readonly #clock: NodeJS.Timeout;
	readonly #ended = Promise.withResolvers<void>();
	#channel: ControlChannel | null = null;
	/** Said before the owner has let this window in. */
	#waiting: AttachedMessage[] = [];
	#isOver = false;

	constructor(parts: ControlLinkParts) {
		this.#parts = parts;
		this.port = parts.port;
		const question = askToAttach(parts.controlToken, parts.port);
		this.#socket = connect({ host: "127.0.0.1", port: parts.port });
		this.#clock = setTimeout(() => this.close(), openTime);
		this.#socket.on("connect", () => {
			this.#socket.write(
				`GET / HTTP/1.1\r\nHost: 127.0.0.1:${parts.port}\r\nConnection: Upgrade\r\nUpgrade: ${controlProtocol}\r\n` +
					`${windowProofHeader}: ${question.header}\r\n\r\n`,
			);
		});
		this.#socket.on("error", () => this.close());
		this.#socket.on("close", () => this.close());
		this.#readHead(question.nonce);
	}

	/** Kept until the owner has let this window in. */
	send(message: AttachedMessage): void {
		if (this.#channel) this.#channel.send(message);
		else if (!this.#isOver) this.#waiting.push(message);
	}

	/** Has the owner turn the proxy off: it says so to all attached windows and hangs up. */
	async turnOff(): Promise<void> {
		this.send({ type: "turnOff" });
		const clock = setTimeout(() => this.close(), turnOffTime);
		await this.#ended.promise;
		clearTimeout(clock);
	}

	close(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		clearTimeout(this.#clock);
		if (this.#channel) this.#channel.destroy();
		else this.#socket.destroy();
		this.#ended.resolve();
		this.#parts.onEnd();
	}

	#readHead(nonce: string): void {
		let head = Buffer.alloc(0);
		const read = (chunk: Buffer): void => {
			head = Buffer.concat([head, chunk]);
			const end = head.indexOf("\r\n\r\n");
			if (end < 0) {
				if (head.length > longestHead) this.close();
				return;
			}
			this.#socket.off("data", read);
			const session = sessionIn(head.toString("latin1", 0, end + 2));
			if (session === null) {
				this.close();
				return;
			}
			// Nothing of what came after the head may come before the channel listens.
			this.#socket.pause();
			const rest = head.subarray(end + 4);
			if (rest.length > 0) this.#socket.unshift(rest);
			this.#open(nonce, session);
			this.#socket.resume();
		};
		this.#socket.on("data", read);
	}

	#open(nonce: string, session: string): void {
		const { controlToken, port } = this.#parts;
		const channel = new ControlChannel({
			socket: this.#socket,
			session: { controlToken, port, nonce, session },
			role: "attached",
			longest: longestMessage,
			patience,
			onMessage: (message) => {
				clearTimeout(this.#clock);
				// It is authentic: of another version at most.
				if (!this.#isOver && message !== null) this.#parts.onMessage(message as OwnerMessage);
			},
			onEnd: () => this.close(),
			onCaughtUp: () => undefined,
		});
		this.#channel = channel;
		channel.send({ type: "attach" } satisfies AttachedMessage);
		for (const message of this.#waiting.splice(0)) channel.send(message);
	}
}

/** @returns null where this is no upgrade of ours. */
function sessionIn(head: string): string | null {
	if (!/^HTTP\/1\.1 101 /.test(head)) return null;
	return new RegExp(`\r\n${controlSessionHeader}: ([0-9a-f]{32})\r\n`, "i").exec(head)?.[1] ?? null;
}

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { AccountLive } from "../bridge/accountLive.ts";
import { readAttachQuestion, windowProofHeader } from "../bridge/windowProof.ts";
import { ControlChannel } from "./controlChannel.ts";
import {
	type AttachedMessage,
	accountsMessage,
	controlProtocol,
	controlSessionHeader,
	type OwnerMessage,
} from "./controlMessages.ts";
import type { ControlSession } from "./controlSeal.ts";

/** Windows attached at once. One more knows who has the port, and nothing else. */
const mostAttached = 64;
/** Connections that have not shown yet that their question was their own, and how long they may take to. Milliseconds. */
const mostUnproven = 8;
const proofTime = 3_000;
/** How long a window takes to attach after it has been told whose port this is. Milliseconds. */
const attachTime = 300;
/** Bytes of what an attached window says. */
const longestMessage = 64 * 1024;
/** In beats. The other side may have been stopped for a while; to keep its connection costs little. */
const patience = 30;

interface ControlDeskParts {
	readonly controlToken: () => string;
	/** The port that is listened on. */
	readonly port: () => number;
	readonly localKey: () => string;
	readonly live: () => readonly AccountLive[];
	readonly onMessage: (message: AttachedMessage) => void;
}

/** The owner's end of the connections to attached windows. */
export class ControlDesk {
	readonly #parts: ControlDeskParts;
	readonly #attached = new Set<ControlChannel>();
	/** Oldest first. */
	readonly #unproven = new Set<ControlChannel>();
	#askedAt = Number.NEGATIVE_INFINITY;
	/** What is said to whoever comes while the port is being let go. */
	#lastWord: OwnerMessage | null = null;

	constructor(parts: ControlDeskParts) {
		this.#parts = parts;
	}

	/** Takes a connection over. @returns false where it is none of ours, or there is no place for it. */
	accept(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
		const header = request.headers[windowProofHeader];
		if (request.headers.upgrade !== controlProtocol || typeof header !== "string") return false;
		const [controlToken, port] = [this.#parts.controlToken(), this.#parts.port()];
		const nonce = readAttachQuestion(controlToken, port, header);
		if (nonce === null || this.#attached.size >= mostAttached) return false;
		const session = randomBytes(16).toString("hex");
		socket.write(
			`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${controlProtocol}\r\n` +
				`${controlSessionHeader}: ${session}\r\n\r\n`,
		);
		if (head.length > 0) socket.unshift(head);
		this.#open(socket, { controlToken, port, nonce, session });
		return true;
	}

	/** A window has asked whose port this is; it is about to attach. */
	noteQuestion(): void {
		this.#askedAt = performance.now();
	}

	/** What is the same as before may be told too; a window that is far behind hears the latest when it has caught up. */
	tellLive(live: readonly AccountLive[]): void {
		if (this.#attached.size === 0) return;
		const text = textOf(accountsMessage(live));
		for (const channel of this.#attached) channel.sendText(text, "canWait");
	}

	tellLocalKey(localKey: string): void {
		for (const channel of this.#attached) tell(channel, { type: "localKey", localKey });
	}

	/** Ends all connections; settles when the last word has been heard, also by a window that was just attaching. */
	async leave(lastWord: Extract<OwnerMessage, { type: "off" | "moves" }>): Promise<void> {
		this.#lastWord = lastWord;
		const told = [...this.#attached].map((channel) => sayLast(channel, lastWord));
		const wait = this.#askedAt + attachTime - performance.now();
		if (wait > 0) await pause(wait);
		await Promise.all(told);
	}

	/** Ends all connections without a word: whoever is attached takes the port over. */
	destroy(): void {
		this.#lastWord = null;
		for (const channel of [...this.#unproven, ...this.#attached]) channel.destroy();
	}

	#open(socket: Duplex, session: ControlSession): void {
		const channel = new ControlChannel({
			socket,
			session,
			role: "owner",
			longest: longestMessage,
			patience,
			onMessage: (message) => {
				if (this.#unproven.delete(channel)) this.#welcome(channel);
				const known = readMessage(message);
				if (known !== null) this.#parts.onMessage(known);
			},
			onEnd: () => {
				clearTimeout(clock);
				this.#unproven.delete(channel);
				this.#attached.delete(channel);
			},
			onCaughtUp: () => this.#tellLiveTo(channel),
		});
		const clock = setTimeout(() => {
			if (this.#unproven.has(channel)) channel.destroy();
		}, proofTime);
		this.#unproven.add(channel);
		for (const oldest of this.#unproven) {
			if (this.#unproven.size <= mostUnproven) break;
			oldest.destroy();
		}
	}

	#welcome(channel: ControlChannel): void {
		this.#attached.add(channel);
		if (this.#lastWord !== null) {
			void sayLast(channel, this.#lastWord);
			return;
		}
		tell(channel, { type: "localKey", localKey: this.#parts.localKey() });
		this.#tellLiveTo(channel);
	}

	#tellLiveTo(channel: ControlChannel): void {
		channel.sendText(textOf(accountsMessage(this.#parts.live())), "canWait");
	}
}

function tell(channel: ControlChannel, message: OwnerMessage): void {
	channel.send(message);
}

function sayLast(channel: ControlChannel, word: OwnerMessage): Promise<void> {
	tell(channel, word);
	return channel.finish();
}

function textOf(message: OwnerMessage): Buffer {
	return Buffer.from(JSON.stringify(message));
}

/** Null for what another version of ourselves may say. */
function readMessage(message: unknown): AttachedMessage | null {
	const { type, accountId, key } = (message ?? {}) as Record<string, unknown>;
	switch (type) {
		case "turnOff":
			return { type };
		case "clearCooldown":
			return accountId === null || typeof accountId === "string" ? { type, accountId } : null;
		case "key":
			return isKeyChange(key) ? { type, key } : null;
		default:
			return null;
	}
}

function isKeyChange(value: unknown): value is Extract<AttachedMessage, { type: "key" }>["key"] {
	const { accountId, origin, apiKey, changedAt } = (value ?? {}) as Record<string, unknown>;
	const texts = [accountId, origin, apiKey ?? ""].every((text) => typeof text === "string");
	return texts && (changedAt === null || typeof changedAt === "number");
}

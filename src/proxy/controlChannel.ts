import type { Duplex } from "node:stream";
import { FrameReader, framed } from "./controlFrames.ts";
import { type ControlRole, ControlSeal, type ControlSession, sealLength } from "./controlSeal.ts";

/** Each side says something at least this often. Milliseconds. */
const beat = 1_000;
/** Bytes that wait for the other side before what can be told later is left out. */
const fullAt = 1024 * 1024;

/** How long the other side may take to read the last words. Milliseconds. */
const finishTime = 500;

export interface ControlChannelParts {
	readonly socket: Duplex;
	readonly session: ControlSession;
	/** Which of the two this side is. */
	readonly role: ControlRole;
	/** Bytes of the longest message that is read. */
	readonly longest: number;
	/** After how many beats without a word from the other side it counts as dead. */
	readonly patience: number;
	readonly onMessage: (message: unknown) => void;
	/** Once, however it ends. */
	readonly onEnd: () => void;
	/** What was left out can be told now. */
	readonly onCaughtUp: () => void;
}

/** Sealed messages between two windows over one connection, with a pulse, so that the death of either is noticed. */
export class ControlChannel {
	readonly #parts: ControlChannelParts;
	readonly #sending: ControlSeal;
	readonly #receiving: ControlSeal;
	readonly #frames: FrameReader;
	readonly #pulse: NodeJS.Timeout;
	/**
	 * Beats since the other side was heard. Counted by ticks, not by the clock: a thread that was stopped ticks once when it
	 * goes on, and then hears what has come meanwhile.
	 */
	#silentBeats = 0;
	#leftOut = false;
	#ended = false;

	constructor(parts: ControlChannelParts) {
		this.#parts = parts;
		const { socket, session, role, longest } = parts;
		this.#sending = new ControlSeal(session, role);
		this.#receiving = new ControlSeal(session, role === "owner" ? "attached" : "owner");
		this.#frames = new FrameReader(longest + sealLength);
		this.#pulse = setInterval(() => this.#beat(), beat);
		socket.on("data", (chunk: Buffer) => this.#hear(chunk));
		socket.on("drain", () => this.#catchUp());
		socket.on("error", () => this.destroy());
		socket.on("end", () => this.destroy());
		socket.on("close", () => this.destroy());
	}

	/** @returns false where the other side is so far behind that a message of this kind is left out for now. */
	send(message: object, urgency: "must" | "canWait" = "must"): boolean {
		return this.#write(Buffer.from(JSON.stringify(message)), urgency);
	}

	/** The same for a message that goes to several. */
	sendText(text: Buffer, urgency: "must" | "canWait"): boolean {
		return this.#write(text, urgency);
	}

	/**
	 * Ends it when the other side has read what was sent. To close at once would reset a connection on which something has
	 * come in unread, and what was sent last would be lost with it.
	 */
	finish(): Promise<void> {
		const { socket } = this.#parts;
		if (this.#ended) return Promise.resolve();
		return new Promise((resolve) => {
			const clock = setTimeout(() => this.destroy(), finishTime);
			socket.once("close", () => {
				clearTimeout(clock);
				resolve();
			});
			socket.end();
		});
	}

	destroy(): void {
		if (this.#ended) return;
		this.#ended = true;
		clearInterval(this.#pulse);
		this.#parts.socket.destroy();
		this.#parts.onEnd();
	}

	#write(text: Buffer, urgency: "must" | "canWait"): boolean {
		const { socket } = this.#parts;
		if (this.#ended || socket.writableEnded) return false;
		if (urgency === "canWait" && socket.writableLength > fullAt) {
			this.#leftOut = true;
			return false;
		}
		socket.write(framed(this.#sending.seal(text)));
		return true;
	}

	#beat(): void {
		this.#silentBeats += 1;
		if (this.#silentBeats > this.#parts.patience) this.destroy();
		else if (this.#parts.socket.writableLength === 0) this.#write(Buffer.alloc(0), "must");
	}

	#hear(chunk: Buffer): void {
		const frames = this.#frames.read(chunk);
		for (const frame of frames ?? []) {
			// What is heard may end the connection.
			if (this.#ended) return;
			const text = this.#receiving.open(frame);
			if (text === null) {
				this.destroy();
				return;
			}
			this.#silentBeats = 0;
			if (text.length > 0) this.#parts.onMessage(parsed(text));
		}
		if (frames === null) this.destroy();
	}

	#catchUp(): void {
		if (!this.#leftOut) return;
		this.#leftOut = false;
		this.#parts.onCaughtUp();
	}
}

/** Null for what is no JSON; only another version of ourselves could send such. */
function parsed(text: Buffer): unknown {
	try {
		return JSON.parse(text.toString("utf8"));
	} catch {
		return null;
	}
}

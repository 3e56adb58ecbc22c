import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { askHolder, type Holder } from "../bridge/portHolder.ts";
import type { PortState, ProxyConfig } from "../bridge/protocol.ts";
import { codeOf } from "./networkError.ts";
import { type Listening, listenOn } from "./server.ts";

/** How often a port that somebody else holds is looked at again. Milliseconds. */
const lookAgain = 2_000;
/** After a connection to the owner that ended so soon, the port is looked at a little later; twice as late after each. */
const shortLife = 1_000;
const lookSoon = 100;
/** Attempts while the port passes from hand to hand, and milliseconds after the first of them; twice as many after each. */
const takeTries = 6;
const firstPause = 20;

/** A connection to the window that holds a port. */
export interface OwnerLink {
	readonly port: number;
	/** Has the owner turn the proxy off; settles when it has, or says nothing for too long. */
	turnOff(): Promise<void>;
	close(): void;
}

export interface PortParts {
	readonly config: () => ProxyConfig;
	readonly handler: RequestListener;
	readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
	readonly onState: (state: PortState) => void;
	/** @param onEnd told once, when the connection has ended without being closed here. */
	readonly attach: (port: number, onEnd: (next: "now" | "later") => void) => OwnerLink;
	/** The last word to attached windows; settles when they have heard it. */
	readonly sayLast: (word: "off" | "moves") => Promise<void>;
	/** Ends the connections to attached windows. */
	readonly detachAll: () => void;
	/** There is no window that could be followed. */
	readonly onNobody: () => void;
}

/** Holds the port, or says who does, and takes it once it is free. */
export class Port {
	readonly #parts: PortParts;
	#listening: Listening | null = null;
	#link: OwnerLink | null = null;
	#wanted: number | null = null;
	/** Attach only: whoever follows does not take the port before it has been attached. */
	#follows = false;
	/** Whether the others are to be off too. */
	#turnsOff = false;
	/** Null: what is so is to be told, be it the same as before. */
	#state: PortState | null = null;
	#timer: NodeJS.Timeout | undefined;
	/** Connections to the owner in a row that ended soon. */
	#shortLinks = 0;
	/** Steps run one after the other, so that opening and closing cannot overtake each other. */
	#steps: Promise<void> = Promise.resolve();

	constructor(parts: PortParts) {
		this.#parts = parts;
	}

	/** The port that is listened on; 0 when there is none. */
	get number(): number {
		return this.#listening?.port ?? 0;
	}

	/** Settles when the port has been opened, or it is known who has it. */
	open(port: number): Promise<void> {
		this.#follows = false;
		this.#turnsOff = false;
		// Whoever turns it on again has forgotten what was told before, even if a step that began earlier is still under way.
		if (this.#wanted === null) this.#state = null;
		this.#wanted = port;
		return this.#queue();
	}

	/** Attaches to the window that has the port, if one does. */
	follow(port: number): Promise<void> {
		if (this.#wanted === null) {
			this.#follows = true;
			this.#turnsOff = false;
			this.#wanted = port;
		}
		return this.#queue();
	}

	/** Goes to another port, if one is open or looked at. */
	async move(port: number): Promise<void> {
		if (this.#wanted === null) return;
		this.#wanted = port;
		await this.#queue();
	}

	/** Lets go, and has the other windows be off too. */
	turnOff(): Promise<void> {
		this.#turnsOff = true;
		this.#state = null;
		return this.#letGo();
	}

	/** Lets go without a word: another window takes the port over. */
	close(): Promise<void> {
		return this.#letGo();
	}

	/** The window that holds the port has another local key now. */
	hearLocalKey(localKey: string): void {
		if (this.#state?.kind === "otherWindow") this.#tell({ ...this.#state, localKey });
	}

	#letGo(): Promise<void> {
		this.#wanted = null;
		return this.#queue();
	}

	#queue(): Promise<void> {
		this.#steps = this.#steps.then(() => this.#step());
		return this.#steps;
	}

	async #step(): Promise<void> {
		clearTimeout(this.#timer);
		const wanted = this.#wanted;
		if (this.#listening && this.#listening.port !== wanted) await this.#stopListening(this.#listening, wanted);
		if (this.#link && this.#link.port !== wanted) await this.#detach(this.#link);
		if (wanted === null) {
			this.#turnsOff = false;
			return this.#tell({ kind: "closed" });
		}
		if (this.#listening) return this.#tell({ kind: "listening", port: wanted });
		if (this.#link) return;
		const state = await (this.#follows ? this.#followHolder(wanted) : this.#take(wanted));
		if (state === null || this.#wanted !== wanted) return;
		if (state.kind === "otherWindow") this.#attach(wanted);
		else if (state.kind !== "listening") this.#lookIn(lookAgain);
		this.#tell(state);
	}

	async #stopListening(listening: Listening, wanted: number | null): Promise<void> {
		if (wanted !== null) await this.#parts.sayLast("moves");
		else if (this.#turnsOff) await this.#parts.sayLast("off");
		this.#listening = null;
		// The port is free from here on, and then those who are to take it hear of it.
		const closed = listening.close();
		this.#parts.detachAll();
		await closed;
	}

	async #detach(link: OwnerLink): Promise<void> {
		this.#link = null;
		if (this.#turnsOff) await link.turnOff();
		link.close();
	}

	/** @returns null where it is no longer wanted. */
	async #take(port: number): Promise<PortState | null> {
		for (let tries = 0; tries < takeTries && this.#wanted === port; tries += 1) {
			try {
				this.#listening = await listenOn(port, this.#parts.handler, this.#parts.onUpgrade);
			} catch (error) {
				return { kind: "failed", message: `Port ${port} cannot be opened (${codeOf(error)}).` };
			}
			if (this.#listening) return { kind: "listening", port };
			const holder = await askHolder(this.#parts.config().controlToken, port);
			if (holder.kind !== "nobody" && holder.kind !== "gone") return this.#heldBy(holder, port);
			// Whoever had it has just let go, or only looked whether it is free, as other windows that start do.
			await pause(firstPause * 2 ** tries * (0.5 + Math.random()));
		}
		return this.#wanted === port ? { kind: "portTaken", port } : null;
	}

	/** @returns null where there is no window to be followed. */
	async #followHolder(port: number): Promise<PortState | null> {
		const holder = await askHolder(this.#parts.config().controlToken, port);
		if (!this.#follows || this.#wanted !== port) return null;
		this.#follows = false;
		if (holder.kind === "window") return this.#heldBy(holder, port);
		this.#wanted = null;
		this.#parts.onNobody();
		this.#state = null;
		void this.#queue();
		return null;
	}

	#heldBy(holder: Exclude<Holder, { kind: "nobody" | "gone" }>, port: number): PortState {
		if (holder.kind === "window") return { kind: "otherWindow", port, localKey: holder.localKey };
		// A window of ours that is slow to answer, on a busy machine, is still that window.
		const known = this.#state;
		const isOurs = known?.kind === "otherWindow" && known.port === port;
		return holder.kind === "silent" && isOurs ? known : { kind: "portTaken", port };
	}

	#attach(port: number): void {
		const attachedAt = performance.now();
		const link = this.#parts.attach(port, (next) => {
			if (this.#link !== link) return;
			this.#link = null;
			const isShort = performance.now() - attachedAt < shortLife;
			this.#shortLinks = isShort ? this.#shortLinks + 1 : 0;
			if (next === "later") this.#lookIn(lookAgain);
			else this.#lookIn(isShort ? Math.min(lookAgain, lookSoon * 2 ** (this.#shortLinks - 1)) : 0);
		});
		this.#link = link;
	}

	#lookIn(milliseconds: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#queue(), milliseconds);
	}

	#tell(state: PortState): void {
		if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
		this.#state = state;
		this.#parts.onState(state);
	}
}

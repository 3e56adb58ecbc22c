import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import type { PortState, ProxyConfig } from "../bridge/protocol.ts";
import { askOwner, readOwnerAnswer, windowProofHeader } from "../bridge/windowProof.ts";
import { parseJson } from "../formats/probe.ts";
import { codeOf } from "./networkError.ts";
import { type Listening, listenOn } from "./server.ts";
import { requestSmall } from "./transport.ts";

/** How often a port that somebody else holds is looked at again. Milliseconds. */
const lookAgain = 2_000;
/** How long whoever holds the port may take to say who it is. Milliseconds. */
const answerTime = 5_000;
/** Bytes. */
const answerLimit = 4096;
/** Attempts while the port passes from hand to hand. */
const takeTries = 3;

/** Who has the port. */
type Holder =
	| { readonly kind: "nobody" }
	| { readonly kind: "window"; readonly localKey: string }
	| { readonly kind: "program" }
	/** Somebody, who does not answer. */
	| { readonly kind: "silent" };

export interface PortParts {
	readonly transport: Dispatcher;
	readonly config: () => ProxyConfig;
	readonly handler: RequestListener;
	readonly onUpgrade: (request: IncomingMessage, socket: Duplex) => void;
	readonly onState: (state: PortState) => void;
}

/** Holds the port, or says who does and takes it once it is free. */
export class Port {
	readonly #parts: PortParts;
	#listening: Listening | null = null;
	#wanted: number | null = null;
	#state: PortState = { kind: "closed" };
	#timer: NodeJS.Timeout | undefined;
	/** Steps run one after the other, so that opening and closing cannot overtake each other. */
	#steps: Promise<void> = Promise.resolve();

	constructor(parts: PortParts) {
		this.#parts = parts;
	}

	/** The port that is listened on; 0 when there is none. */
	get number(): number {
		return this.#listening?.port ?? 0;
	}

	/** Moves to a port, or lets go with null. */
	want(port: number | null): Promise<void> {
		// Whoever turns it on again has forgotten what was told before, even if a step that began earlier is still under way.
		if (port !== null && this.#wanted === null) this.#state = { kind: "closed" };
		this.#wanted = port;
		return this.#queue();
	}

	#queue(): Promise<void> {
		this.#steps = this.#steps.then(() => this.#step());
		return this.#steps;
	}

	async #step(): Promise<void> {
		clearTimeout(this.#timer);
		const wanted = this.#wanted;
		if (this.#listening && this.#listening.port !== wanted) {
			const old = this.#listening;
			this.#listening = null;
			await old.close();
		}
		if (wanted === null) return this.#tell({ kind: "closed" });
		if (this.#listening) return this.#tell({ kind: "listening", port: wanted });
		const state = await this.#take(wanted);
		this.#tell(state);
		if (state.kind !== "listening") this.#timer = setTimeout(() => this.#queue(), lookAgain);
	}

	async #take(port: number): Promise<PortState> {
		// Whoever held it a moment ago is asked first: trying to listen would fail anyway.
		if (this.#state.kind === "otherWindow" && this.#state.port === port) {
			const holder = await this.#askHolder(port);
			if (holder.kind !== "nobody") return this.#heldBy(holder, port);
		}
		for (let tries = 0; tries < takeTries; tries += 1) {
			try {
				this.#listening = await listenOn(port, this.#parts.handler, this.#parts.onUpgrade);
			} catch (error) {
				return { kind: "failed", message: `Port ${port} cannot be opened (${codeOf(error)}).` };
			}
			if (this.#listening) return { kind: "listening", port };
			const holder = await this.#askHolder(port);
			// Whoever had it has just let go.
			if (holder.kind !== "nobody") return this.#heldBy(holder, port);
		}
		return { kind: "portTaken", port };
	}

	#heldBy(holder: Exclude<Holder, { kind: "nobody" }>, port: number): PortState {
		if (holder.kind === "window") return { kind: "otherWindow", port, localKey: holder.localKey };
		// A window of ours that is slow to answer, on a busy machine, is still that window.
		const isOurs = this.#state.kind === "otherWindow" && this.#state.port === port;
		return holder.kind === "silent" && isOurs ? this.#state : { kind: "portTaken", port };
	}

	async #askHolder(port: number): Promise<Holder> {
		const { controlToken } = this.#parts.config();
		const question = askOwner(controlToken, port);
		try {
			const reply = await requestSmall(this.#parts.transport, {
				url: `http://127.0.0.1:${port}/`,
				method: "GET",
				headers: { [windowProofHeader]: question.header },
				limit: answerLimit,
				signal: AbortSignal.timeout(answerTime),
			});
			const localKey = readOwnerAnswer(controlToken, port, question.nonce, parseJson(reply.body));
			return localKey === null ? { kind: "program" } : { kind: "window", localKey };
		} catch (error) {
			return codeOf(error) === "ECONNREFUSED" ? { kind: "nobody" } : { kind: "silent" };
		}
	}

	#tell(state: PortState): void {
		if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
		this.#state = state;
		this.#parts.onState(state);
	}
}

import { Worker } from "node:worker_threads";
import type { Command, ProxyEvent } from "./protocol.ts";

/** Milliseconds before a thread that died is started again: the first time, at most, and after how long a life it counts anew. */
const firstDelay = 100;
const longestDelay = 30_000;
const healthyLife = 60_000;

export interface WorkerThreadParts {
	/** Path of the worker's bundle. */
	readonly script: string;
	readonly onEvent: (event: ProxyEvent) => void;
	readonly onError: (error: Error) => void;
	/** It ended without being stopped. @param after milliseconds after which it should be started again. */
	readonly onDeath: (code: number, after: number) => void;
}

/** The worker's thread: one at a time. */
export class WorkerThread {
	readonly #parts: WorkerThreadParts;
	#worker: Worker | null = null;
	#ending: Promise<unknown> = Promise.resolve();
	#delay = firstDelay;

	constructor(parts: WorkerThreadParts) {
		this.#parts = parts;
	}

	get isAlive(): boolean {
		return this.#worker !== null;
	}

	/** Settles when one that was stopped has ended: until then it may still hold the port. */
	whenFree(): Promise<unknown> {
		return this.#ending;
	}

	/** Earlier deaths no longer count. */
	forgive(): void {
		this.#delay = firstDelay;
	}

	start(): void {
		const worker = new Worker(this.#parts.script, { name: "relay-accounts-proxy" });
		const startedAt = Date.now();
		this.#worker = worker;
		worker.on("message", (event: ProxyEvent) => {
			if (worker === this.#worker) this.#parts.onEvent(event);
		});
		worker.on("error", this.#parts.onError);
		worker.on("exit", (code) => {
			if (worker !== this.#worker) return;
			this.#worker = null;
			if (Date.now() - startedAt > healthyLife) this.#delay = firstDelay;
			const after = this.#delay;
			this.#delay = Math.min(this.#delay * 2, longestDelay);
			this.#parts.onDeath(code, after);
		});
	}

	/** Nobody to hear it means that it is said again at the next start, or no longer matters. */
	say(command: Command): void {
		this.#worker?.postMessage(command);
	}

	stop(): void {
		const worker = this.#worker;
		this.#worker = null;
		if (worker) this.#ending = worker.terminate();
	}
}

import { Worker } from "node:worker_threads";
import type { TokenizerAnswer, TokenizerQuestion } from "./tokenizer.ts";

/** Milliseconds without a question after which the thread ends and its memory is free again. */
const idleTime = 5 * 60_000;

/** Beside the bundle of the worker there is one of the tokenizer; tests run both from their sources. */
const script = new URL(import.meta.url.endsWith(".ts") ? "./tokenizer.ts" : "./tokenizer.cjs", import.meta.url);

interface Waiting {
	readonly resolve: (tokens: number) => void;
	readonly reject: (reason: Error) => void;
}

/** How many tokens texts have, all together. */
export type CountTokens = (texts: readonly string[]) => Promise<number>;

/** Counts tokens in a thread of its own, which is there from the first question on until nobody has asked for a while. */
export class TokenizerThread {
	readonly #idleTime: number;
	readonly #waiting = new Map<number, Waiting>();
	#worker: Worker | null = null;
	#idle: NodeJS.Timeout | undefined;
	#asked = 0;

	constructor(idle: number = idleTime) {
		this.#idleTime = idle;
	}

	get isAlive(): boolean {
		return this.#worker !== null;
	}

	readonly count: CountTokens = (texts) => {
		this.#worker ??= this.#start();
		const worker = this.#worker;
		clearTimeout(this.#idle);
		this.#asked += 1;
		const question: TokenizerQuestion = { id: this.#asked, texts };
		return new Promise((resolve, reject) => {
			this.#waiting.set(question.id, { resolve, reject });
			worker.ref();
			worker.postMessage(question);
		});
	};

	/** Ends the thread; who still waits is told. A later question starts it again. */
	async close(): Promise<void> {
		const worker = this.#worker;
		this.#end(new Error("The tokenizer has been closed."));
		await worker?.terminate();
	}

	#start(): Worker {
		const worker = new Worker(script, { name: "relay-accounts-tokenizer" });
		const died = (error: Error) => {
			if (worker === this.#worker) this.#end(error);
		};
		worker.on("message", ({ id, tokens }: TokenizerAnswer) => this.#answered(id, tokens));
		worker.on("error", died);
		worker.on("exit", (code) => died(new Error(`The tokenizer has ended (${code}).`)));
		return worker;
	}

	#answered(id: number, tokens: number): void {
		this.#waiting.get(id)?.resolve(tokens);
		this.#waiting.delete(id);
		if (this.#waiting.size > 0) return;
		this.#worker?.unref();
		this.#idle = setTimeout(() => void this.close(), this.#idleTime).unref();
	}

	#end(reason: Error): void {
		clearTimeout(this.#idle);
		this.#worker = null;
		for (const { reject } of this.#waiting.values()) reject(reason);
		this.#waiting.clear();
	}
}

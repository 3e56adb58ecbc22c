import workerThreads, { type Worker } from "node:worker_threads";

/** Runs code where this thread's work cannot delay it. */
export interface Thread<Message> {
	/** Each message once, in order; waits for one that is still to come. Rejects when the thread failed. */
	next(): Promise<Message>;
	readonly end: () => Promise<unknown>;
}

/**
 * @param main becomes the whole program of the thread: it must use nothing from around it, gets its parts by
 * `process.getBuiltinModule`, and tells by `parentPort.postMessage`.
 * @param data its `workerData`.
 */
export function startThread<Message>(main: () => void, data: unknown): Thread<Message> {
	const worker = new workerThreads.Worker(`(${main})();`, { eval: true, workerData: data });
	const messages: Message[] = [];
	const waiting: PromiseWithResolvers<Message>[] = [];
	worker.on("message", (message: Message) => {
		const next = waiting.shift();
		if (next) next.resolve(message);
		else messages.push(message);
	});
	worker.on("error", (error) => {
		for (const next of waiting.splice(0)) next.reject(error);
	});
	return {
		next: () => {
			const message = messages.shift();
			if (message !== undefined) return Promise.resolve(message);
			const next = Promise.withResolvers<Message>();
			waiting.push(next);
			return next.promise;
		},
		end: () => worker.terminate(),
	};
}

/**
 * Keeps the threads that are started from now on, the extension's among them: they are real, only known to the test.
 */
export function keepThreads(): { readonly kept: readonly Worker[]; readonly stop: () => void } {
	const kept: Worker[] = [];
	const { Worker: Original } = workerThreads;
	class KeptWorker extends Original {
		constructor(...given: ConstructorParameters<typeof Worker>) {
			super(...given);
			kept.push(this);
		}
	}
	Object.assign(workerThreads, { Worker: KeptWorker });
	return { kept, stop: () => Object.assign(workerThreads, { Worker: Original }) };
}

import type { ServerResponse } from "node:http";

/** Tells whoever waits on a client's behalf that the client has gone. */
export class Leaving {
	readonly #response: ServerResponse;
	#controller: AbortController | null = null;

	constructor(response: ServerResponse) {
		this.#response = response;
	}

	get isGone(): boolean {
		return this.#response.destroyed;
	}

	/** Made when it is first asked for: most requests wait for nobody. */
	readonly signal = (): AbortSignal => {
		if (this.#controller === null) {
			const controller = new AbortController();
			this.#controller = controller;
			if (this.isGone) controller.abort();
			else this.#response.once("close", () => controller.abort());
		}
		return this.#controller.signal;
	};

	/** Waits, or until the client goes. */
	pause(milliseconds: number): Promise<void> {
		if (this.isGone) return Promise.resolve();
		return new Promise((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				this.#response.off("close", done);
				resolve();
			};
			const timer = setTimeout(done, milliseconds);
			this.#response.once("close", done);
		});
	}
}

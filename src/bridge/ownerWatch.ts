import { askHolder } from "./portHolder.ts";

/** How often a port that nobody had is looked at. Milliseconds. */
const lookAgain = 1_000;
/** The same where another program has it, which need not be asked all the time. */
const lookAtProgram = 10_000;

/**
 * Notices, while the proxy is off in this window, that it has been turned on in another. No thread is kept for that: a look
 * at a port that nobody has is a refused connection.
 */
export class OwnerWatch {
	readonly #onFound: () => void;
	#watched: { readonly controlToken: string; readonly port: number } | null = null;
	#timer: NodeJS.Timeout | undefined;

	/** @param onFound told once after each `start`; it has stopped looking by then. */
	constructor(onFound: () => void) {
		this.#onFound = onFound;
	}

	start(controlToken: string, port: number): void {
		if (this.#watched?.port === port && this.#watched.controlToken === controlToken) return;
		this.stop();
		this.#watched = { controlToken, port };
		this.#lookIn(lookAgain);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#watched = null;
	}

	#lookIn(milliseconds: number): void {
		this.#timer = setTimeout(() => void this.#look(), milliseconds);
		// Nothing to keep a process alive for.
		this.#timer.unref();
	}

	async #look(): Promise<void> {
		const watched = this.#watched;
		if (watched === null) return;
		const holder = await askHolder(watched.controlToken, watched.port);
		if (watched !== this.#watched) return;
		if (holder.kind === "window") {
			this.stop();
			this.#onFound();
		} else {
			this.#lookIn(holder.kind === "program" ? lookAtProgram : lookAgain);
		}
	}
}

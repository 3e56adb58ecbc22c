import { type FSWatcher, unwatchFile, watch, watchFile } from "node:fs";
import { basename, dirname } from "node:path";
import type { Disposable } from "./listeners.ts";

/** Milliseconds; only while there is no folder, or where the system has no watch left to give. */
const polling = 1_000;

/**
 * Tells that a file may have changed, by watching its folder: a watch on the file would stay with the one that was
 * replaced. A watch on a folder that is removed is dead for good, so a new one is made then; while there is no folder,
 * the file is looked at now and then.
 */
export class FileWatch implements Disposable {
	readonly #path: string;
	readonly #changed: () => void;
	readonly #cannotWatch: (reason: unknown) => void;
	#watcher: FSWatcher | null = null;
	#polls = false;
	#disposed = false;

	/**
	 * @param changed also for a neighbour whose name begins with the file's, such as a copy beside it.
	 * @param cannotWatch told once each time that watching ends and polling begins.
	 */
	constructor(path: string, changed: () => void, cannotWatch: (reason: unknown) => void) {
		this.#path = path;
		this.#changed = changed;
		this.#cannotWatch = cannotWatch;
		this.#watch();
	}

	dispose(): void {
		this.#disposed = true;
		this.#watcher?.close();
		this.#endPolling();
	}

	#watch(): void {
		if (this.#disposed) return;
		this.#watcher?.close();
		this.#watcher = null;
		try {
			const watcher = watch(dirname(this.#path), { persistent: false }, (_event, name) => this.#heard(name));
			watcher.on("error", (error) => {
				watcher.close();
				this.#poll(error);
			});
			this.#watcher = watcher;
			this.#endPolling();
		} catch (error) {
			this.#poll(error);
		}
	}

	#heard(name: string | null): void {
		// A folder that is removed or moved tells so under its own name, or under none.
		if (name === null || name === basename(dirname(this.#path))) this.#watch();
		// What happens to other files of the folder must not cost a new watch: it would miss what comes meanwhile.
		else if (!name.startsWith(basename(this.#path))) return;
		this.#changed();
	}

	#poll(reason: unknown): void {
		if (this.#disposed || this.#polls) return;
		this.#polls = true;
		this.#cannotWatch(reason);
		watchFile(this.#path, { persistent: false, interval: polling }, this.#polled);
	}

	readonly #polled = (): void => {
		this.#watch();
		this.#changed();
	};

	#endPolling(): void {
		this.#polls = false;
		unwatchFile(this.#path, this.#polled);
	}
}

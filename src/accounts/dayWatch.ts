import type { Disposable } from "./listeners.ts";
import { dayOf } from "./usageTable.ts";

/** Milliseconds. Timers stand still while the machine sleeps: one that ran until midnight could be hours late. */
const longestSleep = 30 * 60_000;

/** Tells when another day has begun, by the local calendar. */
export class DayWatch implements Disposable {
	readonly #now: () => number;
	readonly #onChange: () => void;
	#day: string;
	#timer: NodeJS.Timeout | undefined;

	/** @param now milliseconds since 1970. */
	constructor(now: () => number, onChange: () => void) {
		this.#now = now;
		this.#onChange = onChange;
		this.#day = dayOf(now());
		this.#sleep();
	}

	dispose(): void {
		clearTimeout(this.#timer);
	}

	#sleep(): void {
		const now = this.#now();
		const date = new Date(now);
		const midnight = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
		this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(1, midnight - now), longestSleep));
		// Nothing to keep a process alive for.
		this.#timer.unref();
	}

	#look(): void {
		const day = dayOf(this.#now());
		this.#sleep();
		if (day === this.#day) return;
		this.#day = day;
		this.#onChange();
	}
}

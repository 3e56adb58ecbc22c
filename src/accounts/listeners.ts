/** Ends a subscription or gives something back. */
export interface Disposable {
	dispose(): void;
}

/** Whoever wants to hear of one kind of event. */
export class Listeners<T> implements Disposable {
	readonly #listeners = new Set<(event: T) => void>();

	add(listener: (event: T) => void): Disposable {
		// The same function may be added twice, and each subscription ends on its own.
		const own = (event: T) => listener(event);
		this.#listeners.add(own);
		return { dispose: () => this.#listeners.delete(own) };
	}

	/** Tells every listener, also after one that throws; the first error is thrown in the end. */
	emit(event: T): void {
		const errors: unknown[] = [];
		for (const listener of [...this.#listeners]) {
			try {
				listener(event);
			} catch (error) {
				errors.push(error);
			}
		}
		if (errors.length > 0) throw errors[0];
	}

	dispose(): void {
		this.#listeners.clear();
	}
}

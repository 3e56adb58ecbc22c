/** What the process holds on to, counted when a soak begins and compared when it has ended. */
export class Census {
	readonly #resources = countOf(process.getActiveResourcesInfo());
	readonly #listeners = listenerCounts();
	readonly #warnings: string[] = [];

	constructor() {
		process.on("warning", this.#onWarning);
	}

	/** What is held beyond what was held at the beginning, in words. */
	leaks(): readonly string[] {
		const resources = [...countOf(process.getActiveResourcesInfo())].filter(
			([name, count]) => count > (this.#resources.get(name) ?? 0),
		);
		const listeners = [...listenerCounts()].filter(
			([name, count]) => name !== "warning" && count > (this.#listeners.get(name) ?? 0),
		);
		return [
			...resources.map(([name, count]) => `${count - (this.#resources.get(name) ?? 0)} ${name}`),
			...listeners.map(([name, count]) => `${count - (this.#listeners.get(name) ?? 0)} listeners for ${name}`),
			...this.#warnings,
		];
	}

	close(): void {
		process.off("warning", this.#onWarning);
	}

	/** Node warns of an emitter that gathers listeners. */
	readonly #onWarning = (warning: Error): void => {
		this.#warnings.push(`${warning.name}: ${warning.message}`);
	};
}

function countOf(names: readonly string[]): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return counts;
}

function listenerCounts(): ReadonlyMap<string, number> {
	return new Map(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));
}

import type { Feature, Loss } from "./translation.ts";

/** What a writer of requests could not say: each feature once. */
export class LossList {
	readonly #losses = new Map<Feature, Loss>();

	/** @param sentAs what goes instead; absent where nothing does. */
	add(feature: Feature, sentAs?: string): void {
		const known = this.#losses.get(feature);
		if (sentAs === undefined) this.#losses.set(feature, { feature });
		else if (known === undefined) this.#losses.set(feature, { feature, sentAs });
		// What is lost in one place is lost, whatever goes in another; and things in two forms are named in both.
		else if (known.sentAs !== undefined && !known.sentAs.split("; ").includes(sentAs)) {
			this.#losses.set(feature, { feature, sentAs: `${known.sentAs}; ${sentAs}` });
		}
	}

	get all(): readonly Loss[] {
		return [...this.#losses.values()];
	}
}

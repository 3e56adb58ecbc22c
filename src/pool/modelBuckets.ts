import { presumedBucket } from "../bridge/quotaRules.ts";

/** Clients make up names. */
const mostModels = 500;

/** In which bucket of a plan each model counts: as the backend's replies have told, else as the model's name says. */
export class ModelBuckets {
	readonly #learnt = new Map<string, string>();

	/** @param model the backend's own name. */
	readonly of = (model: string): string => this.#learnt.get(model) ?? presumedBucket(model);

	/** @param bucket as a reply of that model has told. */
	note(model: string, bucket: string): void {
		this.#learnt.delete(model);
		this.#learnt.set(model, bucket);
		if (this.#learnt.size <= mostModels) return;
		const [oldest] = this.#learnt.keys();
		if (oldest !== undefined) this.#learnt.delete(oldest);
	}
}

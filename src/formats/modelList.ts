/** A model that an account serves. */
export interface ListedModel {
	readonly id: string;
	/** The label of the account that has it. */
	readonly owner: string;
	/** Seconds since 1970: when the account was added. */
	readonly since: number;
	/** The entry of the relay's own list; null where the model is known by name only. */
	readonly entry: ModelEntry | null;
}

/** An entry of a relay's list, in whatever shape the relay gave it. */
export type ModelEntry = Readonly<Record<string, unknown>>;

/** How a format lists models: what a relay is asked, and what a client reads. */
export interface ModelLists {
	/** Below a relay's base URL, with its query. */
	readonly path: string;
	/** One model, in this format's shape. A relay's own entry adds its fields where it has the same shape. */
	readonly one: (model: ListedModel) => ModelEntry;
	/** The whole list. */
	readonly all: (models: readonly ListedModel[], query: URLSearchParams) => object;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a relay's list whatever its shape: `data` (OpenAI, Anthropic) or `models` (Gemini, Codex), named by `id`, `slug` or
 * `name` (Gemini's with `models/` before it). Relays mix these freely.
 * @returns null where it is no list.
 */
export function readModelList(value: unknown): ReadonlyMap<string, ModelEntry> | null {
	const items = isRecord(value) ? (value["data"] ?? value["models"]) : value;
	if (!Array.isArray(items)) return null;
	return new Map(
		items.filter(isRecord).flatMap((entry) => {
			const name = entry["slug"] ?? entry["id"] ?? entry["name"];
			return typeof name === "string" && name !== "" ? [[name.replace(/^models\//, ""), entry] as const] : [];
		}),
	);
}

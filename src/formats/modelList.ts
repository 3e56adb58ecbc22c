/** A model of a relay's list: its name, and the list's own entry for clients of the same format. */
export interface ModelEntry {
	readonly id: string;
	readonly entry: Readonly<Record<string, unknown>>;
}

/** A model that is known by name only. */
export interface NamedModel {
	readonly id: string;
	/** The label of the account that has it. */
	readonly owner: string;
	/** Seconds since 1970: when the account was added. */
	readonly since: number;
}

/** How a format lists models, as a relay gives the list and as a client expects it. */
export interface ModelLists {
	/** Below a relay's base URL, with its query. */
	readonly path: string;
	/** The entry of a model that is known by name only. */
	readonly named: (model: NamedModel) => Readonly<Record<string, unknown>>;
	/** The whole list. */
	readonly list: (entries: readonly ModelEntry[], query: URLSearchParams) => object;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a relay's list whatever its shape: `data` (OpenAI, Anthropic) or `models` (Gemini, Codex), named by `id`, `slug` or
 * `name` (Gemini's with `models/` before it). Relays mix these freely.
 * @returns null where it is no list.
 */
export function readModelList(value: unknown): readonly ModelEntry[] | null {
	const items = isRecord(value) ? (value["data"] ?? value["models"]) : value;
	if (!Array.isArray(items)) return null;
	return items.filter(isRecord).flatMap((entry) => {
		const name = entry["slug"] ?? entry["id"] ?? entry["name"];
		return typeof name === "string" && name !== "" ? [{ id: name.replace(/^models\//, ""), entry }] : [];
	});
}

import type { Dispatcher } from "undici";
import type { RelayFault } from "../bridge/relayReports.ts";
import { isRecord, type ModelEntry } from "../formats/modelList.ts";
import type { KeyedNative } from "../pool/usable.ts";
import { askBackend } from "./backendCall.ts";

/** A model of the backend's own list. */
export interface BackendModel {
	/** The name by which it is asked for. */
	readonly slug: string;
	/** As the backend gave it. */
	readonly entry: ModelEntry;
	/** Shown to people; one that is not can be asked for all the same. */
	readonly isListed: boolean;
}

export type FetchedBackendModels =
	| { readonly kind: "ok"; readonly models: readonly BackendModel[] }
	| { readonly kind: "fault"; readonly fault: RelayFault };

/** ChatGPT's own choice among models, which only its pages can make. */
const pageOnly = "auto";
/** Objects and lists within each other. */
const deepest = 10;
const containers = ["models", "data", "categories"] as const;

/** Asks the backend for the models of an account. Never rejects. */
export async function fetchBackendModels(
	transport: Dispatcher,
	keyed: KeyedNative,
	signal: AbortSignal,
): Promise<FetchedBackendModels> {
	const path = `/codex/models?client_version=${encodeURIComponent(keyed.backend.clientVersion)}`;
	const answer = await askBackend(transport, keyed, path, signal);
	if (answer.kind === "fault") return answer;
	const models = readBackendModels(answer.body);
	// Nobody has no model at all: believed, an empty list would turn every request away.
	if (models.length > 0) return { kind: "ok", models };
	return { kind: "fault", fault: { kind: "otherFormat", url: answer.url, status: 200 } };
}

/** Reads the list in any shape that the backend has had: plain, in categories, within `chat_models`. @param body parsed JSON. */
export function readBackendModels(body: unknown): readonly BackendModel[] {
	const bySlug = new Map<string, BackendModel>();
	for (const entry of entriesOf(body, 0)) {
		const slug = slugOf(entry);
		if (slug === null || slug === pageOnly || bySlug.has(slug)) continue;
		const { visibility } = entry;
		bySlug.set(slug, { slug, entry, isListed: visibility !== "hide" && visibility !== "none" });
	}
	return [...bySlug.values()];
}

/** Models, out of whatever holds them. */
function entriesOf(value: unknown, depth: number): readonly ModelEntry[] {
	if (depth > deepest) return [];
	if (Array.isArray(value)) return value.flatMap((item) => entriesOf(item, depth + 1));
	if (!isRecord(value)) return [];
	if (typeof value["slug"] === "string") return [value];
	for (const name of containers) {
		const held = Array.isArray(value[name]) ? entriesOf(value[name], depth + 1) : [];
		if (held.length > 0) return held;
	}
	if (isRecord(value["chat_models"])) return entriesOf(value["chat_models"], depth + 1);
	// A category in which nothing is has a name too.
	const isEmpty = Array.isArray(value["models"]) || Array.isArray(value["data"]);
	return isEmpty || slugOf(value) === null ? [] : [value];
}

function slugOf(entry: ModelEntry): string | null {
	const name = entry["slug"] ?? entry["id"] ?? entry["name"];
	return typeof name === "string" && name.trim() !== "" ? name.trim() : null;
}

import { isRecord } from "./modelList.ts";

/** Members that only say what or where something is, in any format. */
const labels: ReadonlySet<string> = new Set([
	"type",
	"role",
	"id",
	"index",
	"object",
	"sequence_number",
	"item_id",
	"output_index",
	"content_index",
	"summary_index",
	"status",
]);

/** Levels that are looked into. No format nests so deep; a relay that does must not overflow the stack. */
const deepest = 64;

/**
 * Whether a piece of a reply holds anything but names, places and emptiness. In doubt it does: what is not understood must
 * not be kept from the client.
 * @param silent further members that a person could not see.
 */
export function saysSomething(value: unknown, silent: readonly string[] = []): boolean {
	return holdsSomething(value, silent, deepest);
}

function holdsSomething(value: unknown, silent: readonly string[], levels: number): boolean {
	if (levels === 0) return true;
	if (Array.isArray(value)) return value.some((item) => holdsSomething(item, silent, levels - 1));
	if (!isRecord(value)) return value !== null && value !== undefined && value !== "";
	return Object.entries(value).some(
		([name, member]) => !labels.has(name) && !silent.includes(name) && holdsSomething(member, silent, levels - 1),
	);
}

/** Data that mean nothing to a person: an empty event, a `[DONE]` in a format that has none, JSON `null`. */
export function isVoid(data: string): boolean {
	const text = data.trim();
	return text === "" || text === "[DONE]" || text === "null";
}

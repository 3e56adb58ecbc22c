import { type FieldProblem, type FieldReading, isRecord, readAs, refuse, shown } from "./fieldProblem.ts";

/** A model name holds no white space; what has some is a list in the wrong place, or a slip. */
const spaceOrControl = /[\s\p{Cc}]/u;

/**
 * @param value array of exact names or patterns with `*` anywhere.
 * @returns null when every model is allowed: nothing given, or an empty list.
 */
export function readAllowedModels(value: unknown): FieldReading<readonly string[] | null> {
	if (value === undefined || value === null) return readAs(null);
	if (!Array.isArray(value)) return refuse("allowedModels", "modelsNoList");
	const patterns = new Set<string>();
	const problems: FieldProblem[] = [];
	for (const typed of value) {
		const pattern = nameIn(typed);
		if (pattern === null) problems.push({ field: "allowedModels", code: "modelPattern", detail: shown(typed) });
		else patterns.add(pattern);
	}
	if (problems.length > 0) return { ok: false, problems };
	return readAs(patterns.size === 0 ? null : [...patterns]);
}

/** @param value client model name → the relay's own name; both exact, without `*`. */
export function readModelMap(value: unknown): FieldReading<Readonly<Record<string, string>>> {
	if (value === undefined || value === null) return readAs({});
	if (!isRecord(value)) return refuse("modelMap", "modelMapInvalid");
	const names = new Map<string, string>();
	const problems: FieldProblem[] = [];
	for (const [typedFrom, typedTo] of Object.entries(value)) {
		const from = exactNameIn(typedFrom);
		const to = exactNameIn(typedTo);
		if (from === null || to === null || names.has(from)) {
			problems.push({ field: "modelMap", code: "modelMapInvalid", detail: shown(typedFrom) });
		} else names.set(from, to);
	}
	return problems.length > 0 ? { ok: false, problems } : readAs(Object.fromEntries(names));
}

function nameIn(typed: unknown): string | null {
	const name = typeof typed === "string" ? typed.trim() : "";
	// A lone surrogate cannot be written into a path, where Gemini has the model.
	return name === "" || spaceOrControl.test(name) || !name.isWellFormed() ? null : name;
}

function exactNameIn(typed: unknown): string | null {
	const name = nameIn(typed);
	return name?.includes("*") ? null : name;
}

import { objectOf } from "./answer.ts";

export type Body = Readonly<Record<string, unknown>>;

/** Why the real API would answer with 400. */
export interface Refusal {
	readonly message: string;
	readonly code: string | null;
	readonly param: string | null;
}

/** One rule of an API: null where it is kept. */
export type Rule = (body: Body) => Refusal | null;

export function refusal(message: string, param: string | null = null, code: string | null = "invalid_value"): Refusal {
	return { message, param, code };
}

/** The first rule that is broken. */
export function firstBroken(rules: readonly Rule[], body: Body): Refusal | null {
	for (const rule of rules) {
		const broken = rule(body);
		if (broken !== null) return broken;
	}
	return null;
}

/** The first of the items that breaks a rule. */
export function firstOf<Item>(
	items: readonly Item[],
	rule: (item: Item, index: number) => Refusal | null,
): Refusal | null {
	for (const [index, item] of items.entries()) {
		const broken = rule(item, index);
		if (broken !== null) return broken;
	}
	return null;
}

/** A member that the API does not know; undefined where it knows all of them. */
export function unknownMember(record: Body, known: readonly string[]): string | undefined {
	return Object.keys(record).find((name) => !known.includes(name));
}

export function outside(value: unknown, least: number, most: number): boolean {
	return value !== undefined && value !== null && (typeof value !== "number" || value < least || value > most);
}

/** Visits a JSON Schema and the schemas in it; the first answer that is not null. */
export function firstInSchema<Found>(schema: unknown, visit: (schema: Body) => Found | null): Found | null {
	const record = objectOf(schema);
	if (record === null) return null;
	const found = visit(record);
	if (found !== null) return found;
	for (const place of ["properties", "$defs", "definitions"]) {
		for (const inner of Object.values(objectOf(record[place]) ?? {})) {
			const deeper = firstInSchema(inner, visit);
			if (deeper !== null) return deeper;
		}
	}
	for (const place of ["items", "anyOf", "oneOf", "allOf", "prefixItems"]) {
		for (const inner of [record[place]].flat()) {
			const deeper = firstInSchema(inner, visit);
			if (deeper !== null) return deeper;
		}
	}
	return null;
}

export function isObjectSchema({ type, properties }: Body): boolean {
	return (
		type === "object" ||
		(Array.isArray(type) && type.includes("object")) ||
		(type === undefined && properties !== undefined)
	);
}

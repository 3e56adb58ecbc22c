import { isRecord } from "../modelList.ts";

/** Members whose insides are the client's own, or are read in their own way. */
const opaque: ReadonlySet<string> = new Set([
	"args",
	"response",
	"parameters",
	"parametersJsonSchema",
	"responseJsonSchema",
	"responseSchema",
	"labels",
	"partMetadata",
	"customConfigs",
]);

/** No request of this format nests deeper outside of those. */
const deepest = 32;

/**
 * The body with all names in camel case: protobuf's JSON takes those of the proto file too (`system_instruction`,
 * `inline_data`). Where both are there, the camel case one counts.
 */
export function wireNames(value: unknown): unknown {
	return renamed(value, deepest);
}

export function camelCase(name: string): string {
	return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function renamed(value: unknown, levels: number): unknown {
	if (levels === 0) return value;
	if (Array.isArray(value)) return value.map((item) => renamed(item, levels - 1));
	if (!isRecord(value)) return value;
	const entries = Object.entries(value).map(([name, member]): readonly [string, unknown] => {
		const camel = camelCase(name);
		const own = camel !== name && Object.hasOwn(value, camel) ? name : camel;
		return [own, opaque.has(own) ? member : renamed(member, levels - 1)];
	});
	return Object.fromEntries(entries);
}

/** Protobuf's JSON takes one item for a list of one; Google's own examples write `parts: {text}`. */
export function asList(value: unknown): unknown {
	return value === undefined || value === null || Array.isArray(value) ? value : [value];
}

/** The members that are there: `null` and undefined say nothing. */
export function said<Members extends object>(
	members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
	const there = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
	return Object.fromEntries(there) as { [Name in keyof Members]?: NonNullable<Members[Name]> };
}

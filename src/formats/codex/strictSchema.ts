import type { JsonSchema } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { mapInner } from "../plainSchema.ts";

/** What structured outputs refuse, wherever it stands. */
const refused = [
	...["allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"],
	...["patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties"],
	...["contains", "minContains", "maxContains", "uniqueItems", "unevaluatedItems", "prefixItems", "default"],
];
const formats: ReadonlySet<unknown> = new Set([
	...["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"],
]);
/** A node that says nothing of what it holds is refused. */
const saysWhat = ["type", "anyOf", "$ref", "enum", "const"];

/**
 * The schema as strict output has it: every object closed, which is what strict means, and every member of it required.
 * @returns null where it allows what strict output cannot give, so that it would not be the same schema any more.
 */
export function strictSchema(schema: JsonSchema): JsonSchema | null {
	if (schema["type"] !== "object" || "anyOf" in schema) return null;
	const closed = close(schema);
	return isRecord(closed) ? closed : null;
}

/** Null where it cannot be. */
function close(schema: unknown): JsonSchema | null {
	if (!isRecord(schema) || refused.some((name) => name in schema) || !saysWhat.some((name) => name in schema)) {
		return null;
	}
	if ("format" in schema && !formats.has(schema["format"])) return null;
	if (Array.isArray(schema["items"])) return null;
	const { additionalProperties, ...rest } = schema;
	const isObject = isRecord(schema["properties"]) || hasType(schema, "object");
	if (additionalProperties !== undefined && additionalProperties !== false) return null;
	if (isObject && !requiresAll(schema)) return null;
	const inner: { isStrict: boolean } = { isStrict: true };
	const closed = mapInner(rest, (part) => {
		const strict = close(part);
		inner.isStrict &&= strict !== null;
		return strict;
	});
	if (!inner.isStrict) return null;
	return isObject ? { ...closed, additionalProperties: false } : closed;
}

function requiresAll({ properties, required }: JsonSchema): boolean {
	const names = Object.keys(isRecord(properties) ? properties : {});
	return names.every((name) => Array.isArray(required) && required.includes(name));
}

function hasType({ type }: JsonSchema, wanted: string): boolean {
	return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

import type { JsonSchema } from "./conversation.ts";
import { isRecord } from "./modelList.ts";

const schemaMaps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const schemaLists = ["anyOf", "oneOf", "allOf", "prefixItems"];
const innerSchemas = [
	...["items", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"],
	...["contains", "propertyNames", "not", "if", "then", "else"],
];

export interface PlainSchema {
	readonly schema: JsonSchema;
	/** Whether it says less than the schema that was asked for. */
	readonly isLooser: boolean;
}

/** A schema as OpenAI takes it, also where it is not strict: no tuples, lists that say of what, objects that say which members. */
export function plainSchema(schema: JsonSchema): PlainSchema {
	const notes = { isLooser: false };
	const adapted = adapt(schema, notes);
	return { schema: isRecord(adapted) ? adapted : {}, isLooser: notes.isLooser };
}

interface Notes {
	isLooser: boolean;
}

function adapt(schema: unknown, notes: Notes): unknown {
	if (!isRecord(schema)) return schema === true ? {} : schema;
	const adapted = mapInner(schema, (inner) => adapt(inner, notes));
	const listed = withoutTuple(adapted, notes);
	const { items, type } = listed;
	const isArray = items === true || (isOf(type, "array") && items === undefined);
	const isObject = isOf(type, "object") && listed["properties"] === undefined;
	return { ...listed, ...(isArray ? { items: {} } : {}), ...(isObject ? { properties: {} } : {}) };
}

function isOf(type: unknown, name: string): boolean {
	return type === name || (Array.isArray(type) && type.includes(name));
}

/** Every schema directly within a schema, changed; all else stays. */
export function mapInner(schema: JsonSchema, change: (inner: unknown) => unknown): JsonSchema {
	const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
		if (schemaMaps.includes(name) && isRecord(value)) {
			return [name, Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]))];
		}
		if (schemaLists.includes(name) && Array.isArray(value)) return [name, value.map(change)];
		// The older form of a tuple.
		if (name === "items" && Array.isArray(value)) return [name, value.map(change)];
		return [name, innerSchemas.includes(name) && isRecord(value) ? change(value) : value];
	});
	return Object.fromEntries(entries);
}

/** Every place may have what any place may have. */
function withoutTuple(schema: JsonSchema, notes: Notes): JsonSchema {
	const { prefixItems, additionalItems, ...rest } = schema;
	const older = Array.isArray(rest["items"]);
	const places: readonly unknown[] = older && Array.isArray(rest["items"]) ? rest["items"] : tupleOf(prefixItems);
	if (places.length === 0) return schema;
	notes.isLooser = true;
	const others = older ? additionalItems : rest["items"];
	const kinds = unique(isRecord(others) ? [...places, others] : places);
	const isClosed = others === false;
	return {
		...rest,
		items: kinds.length === 1 ? kinds[0] : { anyOf: kinds },
		...(isClosed && rest["maxItems"] === undefined ? { maxItems: places.length } : {}),
	};
}

function tupleOf(prefixItems: unknown): readonly unknown[] {
	return Array.isArray(prefixItems) ? prefixItems : [];
}

function unique(schemas: readonly unknown[]): readonly unknown[] {
	return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}

import type { JsonSchema } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { camelCase } from "./wireNames.ts";

/** Members that hold a schema, a list of schemas, or schemas by name; all others hold values. */
const single = [
	"items",
	"additionalProperties",
	"additionalItems",
	"contains",
	"not",
	"if",
	"then",
	"else",
	"propertyNames",
];
const lists = ["anyOf", "oneOf", "allOf", "prefixItems", "items"];
const named = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const counts = ["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"];

/** Levels that are looked into: JSON may nest deeper than the stack. */
const deepest = 64;

/** Google's own dialect, OpenAPI with types in upper case, as JSON Schema. What is JSON Schema already stays as it is. */
export function readSchema(schema: JsonSchema): JsonSchema {
	return fromOpenApi(schema, deepest);
}

/**
 * JSON Schema as `parametersJsonSchema` and `responseJsonSchema` take it. They take it whole but leave out what they do not
 * know, so what can be said with the words they know is said with those; what is meant stays the same.
 */
export function writeSchema(schema: JsonSchema): JsonSchema {
	return toKnown(schema, deepest);
}

/** The schema with each schema in it mapped; names of properties are no keywords. */
function mapped(schema: JsonSchema, map: (inner: JsonSchema) => JsonSchema): JsonSchema {
	const one = (value: unknown): unknown => (isRecord(value) ? map(value) : value);
	const entries = Object.entries(schema).map(([name, value]): readonly [string, unknown] => {
		if (lists.includes(name) && Array.isArray(value)) return [name, value.map(one)];
		if (single.includes(name)) return [name, one(value)];
		if (!named.includes(name) || !isRecord(value)) return [name, value];
		return [name, Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, one(inner)]))];
	});
	return Object.fromEntries(entries);
}

function fromOpenApi(schema: JsonSchema, levels: number): JsonSchema {
	if (levels === 0) return schema;
	const camel = Object.fromEntries(Object.entries(schema).map(([name, value]) => [camelCase(name), value]));
	const { type, nullable, propertyOrdering, example, format, ...rest } = mapped(camel, (inner) =>
		fromOpenApi(inner, levels - 1),
	);
	const known: Record<string, unknown> = {
		...(typeOf(type) === undefined ? {} : { type: typeOf(type) }),
		...rest,
		...(format === undefined || format === "enum" ? {} : { format }),
		...(example === undefined ? {} : { examples: [example] }),
	};
	for (const name of counts) if (name in known) known[name] = numberOf(known[name]);
	if (known["type"] === "integer" || known["type"] === "number") {
		const { enum: values } = known;
		if (Array.isArray(values)) known["enum"] = values.map(numberOf);
	}
	const { properties } = known;
	if (isRecord(properties) && Array.isArray(propertyOrdering))
		known["properties"] = ordered(properties, propertyOrdering);
	return nullable === true ? withNull(known) : known;
}

/** Absent where it is `TYPE_UNSPECIFIED`. */
function typeOf(type: unknown): unknown {
	if (typeof type !== "string") return type ?? undefined;
	return type.toUpperCase() === "TYPE_UNSPECIFIED" ? undefined : type.toLowerCase();
}

/** Protobuf writes its 64-bit numbers as text. */
function numberOf(value: unknown): unknown {
	return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** An order that was asked for is the order of the members. */
function ordered(properties: JsonSchema, order: readonly unknown[]): JsonSchema {
	const first = order.filter((name): name is string => typeof name === "string" && Object.hasOwn(properties, name));
	const names = new Set([...first, ...Object.keys(properties)]);
	return Object.fromEntries([...names].map((name) => [name, properties[name]]));
}

function withNull(schema: JsonSchema): JsonSchema {
	const { type, enum: values, anyOf } = schema;
	return {
		...schema,
		...(typeof type === "string" && type !== "null" ? { type: [type, "null"] } : {}),
		...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
		...(Array.isArray(anyOf) ? { anyOf: [...anyOf, { type: "null" }] } : {}),
	};
}

function toKnown(schema: JsonSchema, levels: number): JsonSchema {
	if (levels === 0) return schema;
	const known = mapped(withKnownWords(schema), (inner) => toKnown(inner, levels - 1));
	const { $ref, ...beside } = known;
	// A reference may have nothing beside it but other `$` words.
	const isAlone = Object.keys(beside).every((name) => name.startsWith("$"));
	return $ref === undefined || isAlone ? known : { ...beside, ...together(beside, { $ref }) };
}

function together({ anyOf, allOf }: JsonSchema, reference: JsonSchema): JsonSchema {
	if (anyOf === undefined) return { anyOf: [reference] };
	return { allOf: [...(Array.isArray(allOf) ? allOf : []), reference] };
}

function withKnownWords({ definitions, items, additionalItems, const: only, $ref, ...rest }: JsonSchema): JsonSchema {
	const isTuple = Array.isArray(items);
	const isWord = only === null || ["string", "number"].includes(typeof only);
	return {
		...rest,
		...(isRecord(definitions) ? { $defs: { ...definitions, ...(isRecord(rest["$defs"]) ? rest["$defs"] : {}) } } : {}),
		...(isTuple ? { prefixItems: items, ...present("items", additionalItems) } : present("items", items)),
		...(isTuple ? {} : present("additionalItems", additionalItems)),
		...(isWord && only !== null && rest["enum"] === undefined ? { enum: [only] } : present("const", only)),
		...(typeof $ref === "string" ? { $ref: $ref.replace("#/definitions/", "#/$defs/") } : present("$ref", $ref)),
	};
}

function present(name: string, value: unknown): JsonSchema {
	return value === undefined ? {} : { [name]: value };
}

import type { JsonSchema } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { type PlainSchema, plainSchema } from "../plainSchema.ts";

/** What OpenAI's strict mode refuses wherever it stands. */
const refusedInStrict = ["allOf", "oneOf", "not", "if", "patternProperties", "dependentRequired", "prefixItems"];
const lists = ["anyOf"];
const maps = ["properties", "$defs", "definitions"];
const shapes = ["type", "enum", "const", "anyOf", "$ref"];

/** Whether OpenAI takes the schema in strict mode: every object closed, with all of its properties required. */
export function fitsStrict(schema: unknown): boolean {
	if (!isRecord(schema)) return false;
	if (refusedInStrict.some((name) => schema[name] !== undefined)) return false;
	if (shapes.every((name) => schema[name] === undefined)) return false;
	if (isObject(schema) && !isClosed(schema)) return false;
	return inner(schema).every(fitsStrict);
}

function isObject({ type, properties }: JsonSchema): boolean {
	return type === "object" || (Array.isArray(type) && type.includes("object")) || properties !== undefined;
}

function isClosed({ properties, required, additionalProperties }: JsonSchema): boolean {
	const listed = Array.isArray(required) ? required : [];
	const names = isRecord(properties) ? Object.keys(properties) : [];
	return additionalProperties === false && names.every((name) => listed.includes(name));
}

function inner(schema: JsonSchema): readonly unknown[] {
	const { items } = schema;
	return [
		...(items === undefined ? [] : [items]),
		...lists.flatMap((name) => (Array.isArray(schema[name]) ? schema[name] : [])),
		...maps.flatMap((name) => (isRecord(schema[name]) ? Object.values(schema[name]) : [])),
	];
}

const unions = ["anyOf", "oneOf", "allOf"];
const refusedAtRoot = [...unions, "enum", "not"];

/** Whether OpenAI takes it for the form of a reply: an object, and nothing else. */
export function isObjectSchema(schema: JsonSchema): boolean {
	const isNamed = schema["type"] === "object" || (schema["type"] === undefined && isRecord(schema["properties"]));
	return isNamed && refusedAtRoot.every((name) => schema[name] === undefined);
}

/** A schema of an object as OpenAI takes it. */
export function objectSchema(schema: JsonSchema): PlainSchema {
	const plain = plainSchema(schema);
	return { ...plain, schema: { type: "object", ...plain.schema } };
}

export interface FunctionParameters {
	readonly parameters: Record<string, unknown>;
	/** What they are now, where they ask for less than before. */
	readonly sentAs?: string;
}

/**
 * The parameters of a function as relays want them: an object that has properties, even if none.
 * @param isOpenai OpenAI takes no tuples, and no union at the root: the properties of its branches are put side by side, none
 * of them required.
 */
export function functionParameters(given: JsonSchema = {}, isOpenai: boolean): FunctionParameters {
	const { schema, isLooser } = isOpenai ? plainSchema(given) : { schema: given, isLooser: false };
	const { type: _, properties, ...rest } = schema;
	const own = isRecord(properties) ? properties : {};
	if (!isOpenai || refusedAtRoot.every((name) => rest[name] === undefined)) {
		const parameters = { type: "object", properties: own, ...rest };
		return isLooser ? { parameters, sentAs: "a wider schema" } : { parameters };
	}
	const branches = unions.flatMap((name) => (Array.isArray(rest[name]) ? rest[name] : [])).filter(isRecord);
	const theirs = branches.map((branch) => branch["properties"]).filter(isRecord);
	const kept = Object.entries(rest).filter(([name]) => !refusedAtRoot.includes(name));
	const parameters = { type: "object", properties: Object.assign({}, ...theirs, own), ...Object.fromEntries(kept) };
	return { parameters, sentAs: "the properties of all branches" };
}

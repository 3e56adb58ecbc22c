import type { JsonSchema } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { type PlainSchema, plainSchema } from "../plainSchema.ts";

const unions = ["anyOf", "oneOf", "allOf"] as const;
/** What the parameters of a function may not have at their top. */
const refusedAtTop: readonly string[] = [...unions, "enum", "not"];

/** A schema of an object as the account takes it, also where it is not strict: no tuples, and an object at the top. */
export function wireSchema(schema: JsonSchema = { type: "object" }): PlainSchema {
	const plain = plainSchema(schema);
	const notes = { isLooser: plain.isLooser };
	return { schema: withObjectAtTop(plain.schema, notes), isLooser: notes.isLooser };
}

function withObjectAtTop(schema: JsonSchema, notes: { isLooser: boolean }): JsonSchema {
	const target = followed(schema);
	const isChoice = refusedAtTop.some((name) => name in target);
	notes.isLooser ||= isChoice;
	return target["type"] === "object" && !isChoice ? target : merge(target);
}

/** Whether only an object fits it, by its own word. */
export function isObjectSchema(schema: JsonSchema): boolean {
	const target = followed(schema);
	const isNamed = target["type"] === "object" || (target["type"] === undefined && isRecord(target["properties"]));
	return isNamed && !refusedAtTop.some((name) => name in target);
}

/** The definition that the top refers to, beside the definitions. */
function followed(schema: JsonSchema): JsonSchema {
	const { $ref: reference, ...rest } = schema;
	if (typeof reference !== "string" || !reference.startsWith("#/")) return schema;
	const target = reference
		.slice("#/".length)
		.split("/")
		.reduce<unknown>((place, name) => (isRecord(place) ? place[name] : undefined), schema);
	return isRecord(target) && target["$ref"] === undefined ? { ...target, ...rest } : rest;
}

/** One object that has the members of all alternatives; only what all ask for is required. */
function merge(schema: JsonSchema): JsonSchema {
	const { anyOf, oneOf, allOf, enum: _values, not: _not, ...rest } = schema;
	const alternatives = [anyOf, oneOf].flatMap(objectsOf);
	const together = objectsOf(allOf);
	const all = [rest, ...together, ...alternatives];
	// The first that names a member says what it is.
	const members = all.toReversed().flatMap(({ properties: some }) => Object.entries(isRecord(some) ? some : {}));
	const properties = Object.fromEntries(members);
	const always = [rest, ...together].flatMap(requiredOf);
	const [first, ...others] = alternatives.map(requiredOf);
	const shared = (first ?? []).filter((name) => others.every((names) => names.includes(name)));
	const required = [...new Set([...always, ...shared])];
	return { ...rest, type: "object", properties, ...(required.length === 0 ? {} : { required }) };
}

function objectsOf(list: unknown): readonly JsonSchema[] {
	return Array.isArray(list) ? list.filter(isRecord) : [];
}

function requiredOf({ required }: JsonSchema): readonly string[] {
	return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

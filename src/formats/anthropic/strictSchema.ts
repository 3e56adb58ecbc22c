import type { JsonSchema } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { pointed } from "./toolSchema.ts";

export interface StrictSchema {
	readonly schema: Record<string, unknown>;
	/** Whether some of what was asked for is only said in descriptions now. */
	readonly isLooser: boolean;
}

/** What Anthropic can hold a reply to. */
const formats: ReadonlySet<unknown> = new Set([
	"date-time",
	"time",
	"date",
	"duration",
	"email",
	"hostname",
	"uri",
	"ipv4",
	"ipv6",
	"uuid",
]);
/** Schemas nest no deeper; a hand that makes deeper ones must not overflow the stack. */
const deepest = 64;

type Member = (value: unknown, context: Context) => unknown;
interface Context {
	/** Called for what has to be said in words. */
	readonly loosen: () => void;
	readonly depth: number;
}
/** Thrown within: nothing of the schema can be held to. */
class Inexpressible extends Error {}

const asItIs: Member = (value) => value;
const oneSchema: Member = (value, context) => fitted(value, context);
const severalSchemas: Member = (value, context) =>
	Array.isArray(value) ? value.map((item) => fitted(item, context)) : undefined;
const namedSchemas: Member = (value, context) =>
	isRecord(value)
		? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, fitted(schema, context)]))
		: undefined;
const isPlain = (value: unknown) => typeof value !== "object" || value === null;

/** What each keyword becomes; undefined where its value cannot be held to. */
const members: ReadonlyMap<string, Member> = new Map<string, Member>([
	["type", asItIs],
	["title", asItIs],
	["description", asItIs],
	["default", asItIs],
	["$ref", asItIs],
	["required", asItIs],
	["enum", (value) => (Array.isArray(value) && value.every(isPlain) ? value : undefined)],
	["const", (value) => (isPlain(value) ? value : undefined)],
	["format", (value) => (formats.has(value) ? value : undefined)],
	["minItems", (value) => (value === 0 || value === 1 ? value : undefined)],
	["items", (value, context) => (Array.isArray(value) ? undefined : oneSchema(value, context))],
	["anyOf", severalSchemas],
	["allOf", severalSchemas],
	["properties", namedSchemas],
	["$defs", namedSchemas],
	["definitions", namedSchemas],
]);
/** Say nothing about values. */
const labels: ReadonlySet<string> = new Set(["$schema", "$id", "id", "$comment", "examples", "deprecated"]);

/**
 * The schema as Anthropic can hold a reply to it: objects have no members but those that are listed, and limits of numbers,
 * texts and lists are said in words.
 * @returns null where the schema asks for what cannot be expressed: recursion, free members, values of any type.
 */
export function strictSchema(schema: JsonSchema): StrictSchema | null {
	if (isRecursive(schema)) return null;
	let isLooser = false;
	const loosen = () => {
		isLooser = true;
	};
	try {
		return { schema: fitted(schema, { loosen, depth: 0 }), isLooser };
	} catch (error) {
		if (error instanceof Inexpressible) return null;
		throw error;
	}
}

function fitted(value: unknown, { loosen, depth }: Context): Record<string, unknown> {
	if (!isRecord(value) || depth > deepest) throw new Inexpressible();
	const { oneOf, additionalProperties, ...plain } = value;
	const schema: JsonSchema = oneOf === undefined || "anyOf" in plain ? plain : { ...plain, anyOf: oneOf };
	const kept: Record<string, unknown> = {};
	const said: Record<string, unknown> = {};
	for (const [name, member] of Object.entries(schema)) {
		if (labels.has(name)) continue;
		const fit = members.get(name)?.(member, { loosen, depth: depth + 1 });
		if (fit === undefined) said[name] = member;
		else kept[name] = fit;
	}
	if (!["type", "enum", "const", "anyOf", "allOf", "$ref"].some((name) => name in kept)) throw new Inexpressible();
	if (isObject(kept)) {
		const isFree = isRecord(additionalProperties) || (additionalProperties !== false && !("properties" in kept));
		if (isFree) throw new Inexpressible();
		if (additionalProperties === true) said["additionalProperties"] = true;
		kept["additionalProperties"] = false;
	}
	if (Object.keys(said).length > 0) {
		loosen();
		const words = `Also required: ${JSON.stringify(said)}`;
		const { description } = kept;
		kept["description"] = typeof description === "string" ? `${description}\n\n${words}` : words;
	}
	return kept;
}

function isObject({ type, properties }: Readonly<Record<string, unknown>>): boolean {
	return type === "object" || (Array.isArray(type) && type.includes("object")) || properties !== undefined;
}

/** Whether following references comes back to a schema that is being followed, or leads out of the schema. */
function isRecursive(root: JsonSchema): boolean {
	const known = new Map<string, boolean>();
	const visit = (value: unknown, within: readonly string[]): boolean => {
		if (within.length > deepest) return true;
		if (Array.isArray(value)) return value.some((item) => visit(item, within));
		if (!isRecord(value)) return false;
		const { $ref: reference, $defs: _, definitions: __, ...rest } = value;
		if (typeof reference === "string") {
			if (within.includes(reference)) return true;
			const settled = known.get(reference);
			if (settled !== undefined) return settled;
			const target = pointed(root, reference);
			const found = target === null || visit(target, [...within, reference]);
			known.set(reference, found);
			if (found) return true;
		}
		return Object.values(rest).some((member) => visit(member, within));
	};
	return visit(root, []);
}

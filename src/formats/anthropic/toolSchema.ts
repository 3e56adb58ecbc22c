import type { Tool } from "@anthropic-ai/sdk/resources/messages";
import type { JsonSchema } from "../conversation.ts";
import { isRecord } from "../modelList.ts";

/** Anthropic refuses these at the top of a tool's schema. */
const unions = ["anyOf", "oneOf", "allOf"] as const;

export interface FittedSchema {
	readonly schema: Tool.InputSchema;
	/** Whether it allows more than what was asked for. */
	readonly isLooser: boolean;
}

/** The parameters of a tool as Anthropic takes them: an object at the top, and JSON Schema of the draft 2020-12. */
export function inputSchema(parameters: JsonSchema | undefined): FittedSchema {
	if (parameters === undefined) return { schema: { type: "object", properties: {} }, isLooser: false };
	const current = modern(parameters);
	const top = isRecord(current) ? resolved(current) : {};
	if (!unions.some((name) => name in top)) return { schema: { ...top, type: "object" }, isLooser: false };
	return { schema: { ...merged(top, top), type: "object" }, isLooser: true };
}

/** A reference at the top is followed, since `type` has to stand there. */
function resolved(schema: JsonSchema): JsonSchema {
	const { $ref: reference, ...rest } = schema;
	const target = typeof reference === "string" ? pointed(schema, reference) : null;
	return target === null ? schema : { ...target, ...rest };
}

/** What `#/…` points to; null for anything else. */
export function pointed(root: JsonSchema, reference: string): JsonSchema | null {
	if (!reference.startsWith("#/")) return null;
	const steps = reference
		.slice(2)
		.split("/")
		.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
	const found = steps.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), root);
	return isRecord(found) ? found : null;
}

/** The alternatives at the top as one object: with the properties of all, and only those required that all require. */
function merged(schema: JsonSchema, root: JsonSchema): JsonSchema {
	const { anyOf, oneOf, allOf, ...own } = schema;
	const all = variants(allOf, root);
	const alternatives = [variants(anyOf, root), variants(oneOf, root)];
	const joined = [own, ...all, ...alternatives.flat()];
	const required = new Set([own, ...all].flatMap(requiredOf));
	for (const several of alternatives) {
		const [first, ...others] = several.map(requiredOf);
		for (const name of first ?? []) if (others.every((names) => names.includes(name))) required.add(name);
	}
	return {
		...own,
		properties: Object.assign({}, ...joined.map(({ properties }) => properties)) as unknown,
		...(required.size === 0 ? {} : { required: [...required] }),
	};
}

function variants(list: unknown, root: JsonSchema): readonly JsonSchema[] {
	if (!Array.isArray(list)) return [];
	return list.filter(isRecord).map((variant) => {
		const { $ref: reference } = variant;
		const target = (typeof reference === "string" ? pointed(root, reference) : null) ?? variant;
		return unions.some((name) => name in target) && target !== root ? merged(target, root) : target;
	});
}

function requiredOf({ required }: JsonSchema): readonly string[] {
	return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

/** Keywords of older drafts in their new form: tuples, and limits that were switched to be exclusive. */
function modern(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(modern);
	if (!isRecord(value)) return value;
	const entries = Object.entries(value).map(([name, member]) => [name, data.has(name) ? member : modern(member)]);
	const schema: Record<string, unknown> = Object.fromEntries(entries);
	if (Array.isArray(schema["items"])) {
		schema["prefixItems"] = schema["items"];
		delete schema["items"];
		if ("additionalItems" in schema) schema["items"] = schema["additionalItems"];
		delete schema["additionalItems"];
	}
	for (const [limit, exclusive] of exclusiveLimits) {
		if (typeof schema[exclusive] !== "boolean") continue;
		const isExclusive = schema[exclusive] && limit in schema;
		delete schema[exclusive];
		if (!isExclusive) continue;
		schema[exclusive] = schema[limit];
		delete schema[limit];
	}
	return schema;
}

const exclusiveLimits = [
	["minimum", "exclusiveMinimum"],
	["maximum", "exclusiveMaximum"],
] as const;

/** Members that hold values, not schemas. */
const data: ReadonlySet<string> = new Set(["enum", "const", "default", "examples", "example"]);

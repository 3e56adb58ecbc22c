import fc from "fast-check";
import type { CacheMark, JsonSchema, Namespace, Tool, ToolChoice, ToolName } from "../../src/formats/conversation.ts";
import { anyOf, names, objectSchemas, texts } from "./valueArbitraries.ts";

type FunctionTool = Extract<Tool, { kind: "function" }>;
type FreeTool = Extract<Tool, { kind: "free" }>;
export type WebSearch = Extract<Tool, { kind: "webSearch" }>;
export type CallableTool = FunctionTool | FreeTool;

/** What a format can say about tools. */
export interface SayableTools {
	/** Default: `objectSchemas`. */
	readonly schemas?: fc.Arbitrary<JsonSchema>;
	/** Whether a function may have no parameters at all. */
	readonly withoutParameters: boolean;
	readonly strict: boolean;
	readonly free: boolean;
	readonly namespaces: boolean;
	readonly webSearch?: fc.Arbitrary<WebSearch>;
	readonly choices: readonly ToolChoice["kind"][];
}

/** No two of one name in one namespace; those of a namespace stand together. */
export function toolSets(
	sayable: SayableTools,
	cacheMarks: fc.Arbitrary<CacheMark> | undefined,
): fc.Arbitrary<readonly Tool[]> {
	const plain = fc.array(callableTools(sayable, cacheMarks), { maxLength: 3 });
	const spaces: fc.Arbitrary<readonly Namespace[]> = sayable.namespaces
		? fc.uniqueArray(namespaces, { maxLength: 2, selector: ({ name }) => name })
		: fc.constant([]);
	const inside = fc.array(callableTools(sayable, undefined), { minLength: 1, maxLength: 2 });
	const { webSearch } = sayable;
	return fc
		.tuple(plain, spaces, fc.array(inside, { minLength: 2, maxLength: 2 }), fc.option(webSearch ?? fc.constant(null)))
		.map(([outside, known, groups, search]) => [
			...unique(outside),
			...known.flatMap((namespace, index) => unique(groups[index] ?? []).map((tool) => ({ ...tool, namespace }))),
			...(search === null ? [] : [search]),
		]);
}

export function isCallable(tool: Tool): tool is CallableTool {
	return tool.kind !== "webSearch";
}

export function nameOf({ name, namespace }: CallableTool): ToolName {
	return namespace === undefined ? { name } : { name, namespace: namespace.name };
}

/** Only what has a sense with these tools. */
export function toolChoices(
	tools: readonly Tool[],
	kinds: readonly ToolChoice["kind"][],
): fc.Arbitrary<ToolChoice | undefined> {
	const known = tools.filter(isCallable).map(nameOf);
	if (known.length === 0) return fc.constant(undefined);
	const choices: Readonly<Record<ToolChoice["kind"], fc.Arbitrary<ToolChoice>>> = {
		auto: fc.constant({ kind: "auto" }),
		none: fc.constant({ kind: "none" }),
		required: fc.constant({ kind: "required" }),
		named: fc.constantFrom(...known).map((tool) => ({ kind: "named", tool })),
		allowed: fc
			.tuple(fc.constantFrom("auto" as const, "required" as const), fc.subarray(known, { minLength: 1 }))
			.map(([mode, allowed]) => ({ kind: "allowed", mode, tools: allowed })),
	};
	return fc.option(fc.oneof(...kinds.map((kind) => choices[kind])), { nil: undefined });
}

const namespaces: fc.Arbitrary<Namespace> = fc
	.tuple(names, fc.record({ description: texts }, anyOf))
	.map(([name, rest]) => ({ name, ...rest }));

const grammars: fc.Arbitrary<NonNullable<FreeTool["grammar"]>> = fc.constantFrom(
	{ syntax: "lark", definition: 'start: "go" WORD\n%import common.WORD' },
	{ syntax: "regex", definition: "^[a-z]+\\s\\d{2}$" },
);

function callableTools(
	{ schemas = objectSchemas, withoutParameters, strict, free }: SayableTools,
	cacheMarks: fc.Arbitrary<CacheMark> | undefined,
): fc.Arbitrary<CallableTool> {
	const optional = fc.record(
		{
			description: texts,
			...(withoutParameters ? { parameters: schemas } : {}),
			...(strict ? { strict: fc.boolean() } : {}),
			...(cacheMarks === undefined ? {} : { cache: cacheMarks }),
		},
		anyOf,
	);
	const functions: fc.Arbitrary<FunctionTool> = fc.tuple(names, schemas, optional).map(([name, parameters, rest]) => ({
		kind: "function",
		name,
		...(withoutParameters ? {} : { parameters }),
		...rest,
	}));
	const freeTools: fc.Arbitrary<FreeTool> = fc
		.tuple(names, fc.record({ description: texts, grammar: grammars }, anyOf))
		.map(([name, rest]) => ({ kind: "free", name, ...rest }));
	return free ? fc.oneof({ weight: 3, arbitrary: functions }, { weight: 1, arbitrary: freeTools }) : functions;
}

function unique(tools: readonly CallableTool[]): readonly CallableTool[] {
	return tools.filter(({ name }, place) => tools.findIndex((tool) => tool.name === name) === place);
}

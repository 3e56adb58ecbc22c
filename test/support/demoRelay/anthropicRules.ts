import { objectOf, objectsOf, textOf } from "./answer.ts";
import { anthropicHistoryRefusal } from "./anthropicHistoryRules.ts";
import { type Body, firstInSchema, isObjectSchema, outside, unknownMember } from "./rules.ts";

/** Words of why Messages refuses a request; null where it would answer. */
export function anthropicRefusal(body: Body): string | null {
	for (const rule of rules) {
		const broken = rule(body);
		if (broken !== null) return broken;
	}
	return anthropicHistoryRefusal(body);
}

const known = [
	...["model", "messages", "max_tokens", "system", "stream", "temperature", "top_p", "top_k", "stop_sequences"],
	...["tools", "tool_choice", "thinking", "output_config", "metadata", "service_tier", "cache_control", "container"],
	...["diagnostics", "inference_geo", "speed", "user_profile_id", "workspace_id"],
];

type Rule = (body: Body) => string | null;

const rules: readonly Rule[] = [
	(body) => {
		const name = unknownMember(body, known);
		return name === undefined ? null : `${name}: Extra inputs are not permitted`;
	},
	({ max_tokens: limit }) => (outside(limit, 1, 128_000) ? "max_tokens: Input should be from 1 to 128000" : null),
	({ temperature }) => (outside(temperature, 0, 1) ? "temperature: Input should be less than or equal to 1" : null),
	({ top_p: topP }) => (outside(topP, 0, 1) ? "top_p: Input should be less than or equal to 1" : null),
	({ model, temperature, top_p: topP }) =>
		/^claude-\w+-(?:4-[1-9]|5)/.test(textOf(model)) && temperature !== undefined && topP !== undefined
			? "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
			: null,
	({ top_k: topK }) =>
		topK !== undefined && !Number.isInteger(topK) ? "top_k: Input should be a valid integer" : null,
	thinkingRule,
	({ metadata }) => {
		const name = unknownMember(objectOf(metadata) ?? {}, ["user_id"]);
		if (name !== undefined) return `metadata.${name}: Extra inputs are not permitted`;
		return textOf(objectOf(metadata)?.["user_id"]).length > 256 ? "metadata.user_id: too long" : null;
	},
	({ service_tier: tier }) =>
		tier !== undefined && tier !== "auto" && tier !== "standard_only"
			? "service_tier: Input should be 'auto' or 'standard_only'"
			: null,
	({ stop_sequences: stop }) =>
		Array.isArray(stop) && stop.some((sequence) => textOf(sequence).trim() === "")
			? "stop_sequences: each stop sequence must contain non-whitespace"
			: null,
	toolsRule,
	({ output_config: config }) => {
		const { effort, format } = objectOf(config) ?? {};
		if (effort !== undefined && !/^(?:low|medium|high|xhigh|max)$/.test(textOf(effort)))
			return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
		const schema = objectOf(format)?.["schema"];
		const fault = schema === undefined ? null : closedSchemaFault(schema);
		return fault === null ? null : `output_config.format.schema: ${fault}`;
	},
	cacheRule,
];

const leastBudget = 1024;

function thinkingRule(body: Body): string | null {
	const thinking = objectOf(body["thinking"]);
	if (thinking === null) return null;
	const { type, budget_tokens: budget } = thinking;
	if (!/^(?:enabled|disabled|adaptive|between_tools)$/.test(textOf(type)))
		return "thinking.type: Input should be 'enabled', 'disabled' or 'adaptive'";
	if (type === "disabled") return null;
	if (type === "enabled") {
		if (typeof budget !== "number") return "thinking.enabled.budget_tokens: Field required";
		if (budget < leastBudget)
			return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${leastBudget}`;
		if (budget >= Number(body["max_tokens"])) {
			return "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation.";
		}
	}
	if (body["temperature"] !== undefined && body["temperature"] !== 1) {
		return "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.";
	}
	if (body["top_k"] !== undefined) return "`top_k` must be unset when thinking is enabled or in adaptive mode.";
	if (typeof body["top_p"] === "number" && body["top_p"] < 0.95) {
		return "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode.";
	}
	const choice = objectOf(body["tool_choice"])?.["type"];
	return choice === "any" || choice === "tool" ? "Thinking may not be enabled when tool_choice forces tool use." : null;
}

function toolsRule({ tools, tool_choice: choice }: Body): string | null {
	const offered = objectsOf(tools);
	if (choice !== undefined && offered.length === 0) return "tool_choice may only be specified while providing tools";
	const names = new Set<string>();
	for (const [index, tool] of offered.entries()) {
		const name = textOf(tool["name"]);
		const place = `tools.${index}`;
		if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name))
			return `${place}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
		if (names.has(name)) return "tools: Tool names must be unique.";
		names.add(name);
		if (tool["type"] !== undefined && tool["type"] !== null && tool["type"] !== "custom") continue;
		const schema = objectOf(tool["input_schema"]);
		if (schema === null) return `${place}.custom.input_schema: Field required`;
		if (schema["type"] !== "object") return `${place}.custom.input_schema.type: Input should be 'object'`;
		const top = ["oneOf", "allOf", "anyOf"].find((word) => schema[word] !== undefined);
		if (top !== undefined)
			return `${place}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`;
		const fault = tool["strict"] === true ? closedSchemaFault(schema) : null;
		if (fault !== null) return `${place}.custom: ${fault}`;
	}
	const named = textOf(objectOf(choice)?.["name"]);
	return named !== "" && !names.has(named)
		? `tool_choice.tool.name: Tool '${named}' not found in provided tools`
		: null;
}

/** Words that Anthropic's constrained output does not know. */
const unsupported = [
	...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems"],
	...["uniqueItems", "prefixItems", "not", "if", "patternProperties", "minProperties", "maxProperties"],
];

function closedSchemaFault(schema: unknown): string | null {
	return firstInSchema(schema, (inner) => {
		if (isObjectSchema(inner) && inner["additionalProperties"] !== false) {
			return "For 'object' type, 'additionalProperties' must be explicitly set to false";
		}
		const word = unsupported.find((name) => inner[name] !== undefined);
		return word === undefined ? null : `For '${inner["type"]}' type, property '${word}' is not supported`;
	});
}

const mostMarks = 4;

function cacheRule(body: Body): string | null {
	const marks = JSON.stringify([body["tools"], body["system"], body["messages"]]).match(/"cache_control":\{/g) ?? [];
	return marks.length <= mostMarks
		? null
		: `A maximum of ${mostMarks} blocks with cache_control may be provided. Found ${marks.length}.`;
}

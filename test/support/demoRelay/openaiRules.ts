import { objectOf, objectsOf, textOf } from "./answer.ts";
import { openaiHistoryRules } from "./openaiHistoryRules.ts";
import { formatRefusal, parametersRefusal } from "./openaiSchemaRules.ts";
import { type Body, firstBroken, firstOf, outside, type Refusal, type Rule, refusal, unknownMember } from "./rules.ts";

const known = [
	...["model", "messages", "stream", "stream_options", "audio", "modalities", "prediction", "store", "metadata"],
	...["max_tokens", "max_completion_tokens", "temperature", "top_p", "n", "stop", "seed", "logit_bias"],
	...["presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "response_format", "verbosity"],
	...["tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "web_search_options"],
	...["reasoning_effort", "service_tier", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"],
	...["prompt_cache_options", "moderation"],
];

/** What Chat Completions refuses; null where it would answer. */
export function openaiRefusal(body: Body): Refusal | null {
	return firstBroken([...ownRules, ...openaiHistoryRules], body);
}

const ranges: readonly (readonly [name: string, least: number, most: number])[] = [
	["temperature", 0, 2],
	["top_p", 0, 1],
	["presence_penalty", -2, 2],
	["frequency_penalty", -2, 2],
	["n", 1, 128],
	["top_logprobs", 0, 20],
	["max_tokens", 1, Number.MAX_SAFE_INTEGER],
	["max_completion_tokens", 1, Number.MAX_SAFE_INTEGER],
];

const sampled = ["temperature", "top_p", "presence_penalty", "frequency_penalty", "logprobs"];

const words: Readonly<Record<string, readonly string[]>> = {
	reasoning_effort: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
	verbosity: ["low", "medium", "high"],
	service_tier: ["auto", "default", "flex", "scale", "priority", "fast"],
};

const ownRules: readonly Rule[] = [
	(body) => {
		const name = unknownMember(body, known);
		return name === undefined ? null : refusal(`Unrecognized request argument supplied: ${name}`, null, null);
	},
	(body) =>
		firstOf(ranges, ([name, least, most]) =>
			outside(body[name], least, most)
				? refusal(`Invalid '${name}': ${JSON.stringify(body[name])} is not from ${least} to ${most}.`, name)
				: null,
		),
	(body) =>
		firstOf(Object.entries(words), ([name, values]) =>
			body[name] === undefined || body[name] === null || values.includes(textOf(body[name]))
				? null
				: refusal(`Invalid value: '${body[name]}'. Supported values are: ${values.join(", ")}.`, name),
		),
	(body) => {
		const model = textOf(body["model"]);
		const reasons = /^(?:o\d|gpt-5)/.test(model);
		const refused = reasons
			? ["max_tokens", "stop", ...(body["reasoning_effort"] === "none" ? [] : sampled)]
			: /^gpt-4/.test(model)
				? ["reasoning_effort"]
				: [];
		const name = refused.find((one) => body[one] !== undefined && body[one] !== null);
		return name === undefined
			? null
			: refusal(`Unsupported parameter: '${name}' is not supported with this model.`, name, "unsupported_parameter");
	},
	({ max_tokens: old, max_completion_tokens: limit }) =>
		old !== undefined && limit !== undefined
			? refusal("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens")
			: null,
	({ stop }) =>
		Array.isArray(stop) && (stop.length > 4 || stop.length === 0)
			? refusal(`Invalid 'stop': array of ${stop.length}. Expected an array with 1 to 4 items.`, "stop")
			: null,
	({ logprobs, top_logprobs: top }) =>
		top !== undefined && top !== null && logprobs !== true
			? refusal("Setting 'top_logprobs' requires 'logprobs' to be set to true.", "logprobs")
			: null,
	({ stream, stream_options: options }) =>
		options !== undefined && options !== null && stream !== true
			? refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
			: null,
	({ metadata, store }) =>
		metadata !== undefined && metadata !== null && store !== true
			? refusal("The 'metadata' parameter is only allowed when 'store' is enabled.", "metadata")
			: null,
	(body) =>
		firstOf(["prompt_cache_key", "safety_identifier"], (name) =>
			textOf(body[name]).length > 64
				? refusal(
						`Invalid '${name}': string too long. Expected a string with maximum length 64.`,
						name,
						"string_above_max_length",
					)
				: null,
		),
	({ tools, tool_choice: choice, parallel_tool_calls: parallel }) => {
		if (tools !== undefined) return null;
		if (choice !== undefined)
			return refusal("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice");
		return parallel === undefined
			? null
			: refusal("'parallel_tool_calls' is only allowed when 'tools' are specified.", "parallel_tool_calls");
	},
	toolsRule,
	formatRule,
];

const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

function toolsRule({ tools, tool_choice: choice }: Body): Refusal | null {
	if (tools === undefined) return null;
	if (!Array.isArray(tools) || tools.length === 0) {
		return refusal("Invalid 'tools': empty array. Expected an array with minimum length 1.", "tools", "empty_array");
	}
	const names = new Set<string>();
	const broken = firstOf(objectsOf(tools), ({ type, function: offered, custom }, index) => {
		const inner = objectOf(type === "custom" ? custom : offered);
		if ((type !== "function" && type !== "custom") || inner === null) {
			return refusal(
				`Invalid value: '${type}'. Supported values are: 'function' and 'custom'.`,
				`tools[${index}].type`,
			);
		}
		const place = `tools[${index}].${type}`;
		const name = textOf(inner["name"]);
		if (!toolName.test(name)) {
			const why = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
			return refusal(`Invalid '${place}.name': ${why}`, `${place}.name`);
		}
		names.add(name);
		const unknown = unknownMember(inner, [
			"name",
			"description",
			...(type === "custom" ? ["format"] : ["parameters", "strict"]),
		]);
		if (unknown !== undefined)
			return refusal(`Unknown parameter: '${place}.${unknown}'.`, `${place}.${unknown}`, "unknown_parameter");
		return parametersRefusal(name, inner["parameters"], inner["strict"] === true, `${place}.parameters`);
	});
	if (broken !== null) return broken;
	const { function: named, custom } = objectOf(choice) ?? {};
	const name = textOf(objectOf(named ?? custom)?.["name"]);
	return name !== "" && !names.has(name)
		? refusal(`Tool choice '${name}' not found in 'tools' parameter.`, "tool_choice")
		: null;
}

function formatRule({ response_format: format, messages }: Body): Refusal | null {
	const given = objectOf(format);
	if (given === null) return null;
	if (given["type"] === "json_object") {
		return /json/i.test(JSON.stringify(messages))
			? null
			: refusal(
					"'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
					"messages",
					null,
				);
	}
	if (given["type"] !== "json_schema") return null;
	const inner = objectOf(given["json_schema"]);
	const name = textOf(inner?.["name"]);
	if (!toolName.test(name)) {
		return refusal(
			"Missing required parameter: 'response_format.json_schema.name'.",
			"response_format.json_schema.name",
		);
	}
	return formatRefusal(name, inner?.["schema"], inner?.["strict"] === true, "response_format");
}

import { objectOf, objectsOf, textOf } from "./answer.ts";
import { codexHistoryRules } from "./codexHistoryRules.ts";
import { formatRefusal, parametersRefusal } from "./openaiSchemaRules.ts";
import { type Body, firstBroken, firstOf, outside, type Refusal, type Rule, refusal, unknownMember } from "./rules.ts";

export type CodexRefusal =
	| { readonly kind: "detail"; readonly message: string }
	| ({ readonly kind: "error" } & Refusal);

/** What ChatGPT's backend takes. */
const backendMembers = [
	...["model", "instructions", "input", "stream", "store", "include", "prompt_cache_key", "service_tier"],
	...["tools", "tool_choice", "parallel_tool_calls", "reasoning", "text", "client_metadata"],
];

const publicMembers = [
	...backendMembers,
	...["background", "context_management", "conversation", "max_output_tokens", "max_tool_calls", "metadata"],
	...["moderation", "previous_response_id", "prompt", "prompt_cache_options", "prompt_cache_retention", "user"],
	...["safety_identifier", "stream_options", "temperature", "top_logprobs", "top_p", "truncation", "access_programs"],
];

/**
 * What Responses refuses; null where it would answer.
 * @param isBackend ChatGPT's own, which is choosier and says less about it.
 */
export function codexRefusal(body: Body, isBackend: boolean): CodexRefusal | null {
	const detail = isBackend ? backendDetail(body) : null;
	if (detail !== null) return { kind: "detail", message: detail };
	const broken = firstBroken([...ownRules, ...codexHistoryRules], body);
	return broken === null ? null : { kind: "error", ...broken };
}

function backendDetail(body: Body): string | null {
	const unknown = unknownMember(body, backendMembers);
	if (unknown !== undefined) return `Unsupported parameter: ${unknown}`;
	if (typeof body["instructions"] !== "string") return "Instructions are required";
	if (body["store"] !== false) return "Store must be set to false";
	if (body["stream"] !== true) return "Stream must be set to true";
	if (!Array.isArray(body["input"])) return "Input must be a list";
	return objectsOf(body["input"]).some(({ role }) => role === "system") ? "System messages are not allowed" : null;
}

const words: readonly (readonly [place: string, member: string, values: readonly string[]])[] = [
	["reasoning", "effort", ["none", "minimal", "low", "medium", "high", "xhigh", "max"]],
	["reasoning", "summary", ["auto", "concise", "detailed"]],
	["text", "verbosity", ["low", "medium", "high"]],
];

const ownRules: readonly Rule[] = [
	(body) => {
		const name = unknownMember(body, publicMembers);
		return name === undefined ? null : refusal(`Unknown parameter: '${name}'.`, name, "unknown_parameter");
	},
	(body) =>
		outside(body["temperature"], 0, 2) ? refusal("Invalid 'temperature': expected from 0 to 2.", "temperature") : null,
	(body) => (outside(body["top_p"], 0, 1) ? refusal("Invalid 'top_p': expected from 0 to 1.", "top_p") : null),
	(body) =>
		outside(body["max_output_tokens"], 16, 1_000_000)
			? refusal(
					"Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.",
					"max_output_tokens",
					"integer_below_min_value",
				)
			: null,
	(body) =>
		firstOf(words, ([place, member, values]) => {
			const value = objectOf(body[place])?.[member];
			return value === undefined || value === null || values.includes(textOf(value))
				? null
				: refusal(`Invalid value: '${value}'. Supported values are: ${values.join(", ")}.`, `${place}.${member}`);
		}),
	({ prompt_cache_key: key }) =>
		textOf(key).length > 64
			? refusal(
					"Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64.",
					"prompt_cache_key",
					"string_above_max_length",
				)
			: null,
	({ service_tier: tier }) =>
		tier === undefined || tier === null || /^(?:auto|default|flex|scale|priority|fast)$/.test(textOf(tier))
			? null
			: refusal(`Unsupported service_tier: ${tier}`, "service_tier"),
	({ tools }) => toolsRefusal(objectsOf(tools), "tools"),
	({ tools, tool_choice: choice }) => {
		const given = objectOf(choice);
		if (given === null || (given["type"] !== "function" && given["type"] !== "custom")) return null;
		const names = objectsOf(tools).flatMap((tool) => [tool, ...objectsOf(tool["tools"])].map(({ name }) => name));
		return names.includes(given["name"])
			? null
			: refusal(`Tool choice '${given["type"]}' not found in 'tools' parameter.`, "tool_choice");
	},
	formatRule,
];

const toolName = /^[a-zA-Z0-9_-]{1,128}$/;

function toolsRefusal(tools: readonly Body[], place: string): Refusal | null {
	return firstOf(tools, (tool, index) => {
		const type = textOf(tool["type"]);
		const name = textOf(tool["name"]);
		const at = `${place}[${index}]`;
		if (!["function", "custom", "namespace"].includes(type)) return null;
		if (!toolName.test(name)) {
			const why = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
			return refusal(`Invalid '${at}.name': ${why}`, `${at}.name`);
		}
		if (type === "namespace") return toolsRefusal(objectsOf(tool["tools"]), `${at}.tools`);
		if (type === "custom") return null;
		const unknown = unknownMember(tool, [
			...["type", "name", "description", "parameters", "strict", "defer_loading", "allowed_callers", "async"],
			"output_schema",
		]);
		if (unknown !== undefined)
			return refusal(`Unknown parameter: '${at}.${unknown}'.`, `${at}.${unknown}`, "unknown_parameter");
		// Strict is the rule here where nothing is said.
		return parametersRefusal(name, tool["parameters"], tool["strict"] === true, `${at}.parameters`);
	});
}

function formatRule({ text, input, instructions }: Body): Refusal | null {
	const format = objectOf(objectOf(text)?.["format"]);
	if (format === null) return null;
	if (format["type"] === "json_object") {
		return /json/i.test(JSON.stringify([input, instructions]))
			? null
			: refusal(
					"Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
					"input",
					null,
				);
	}
	if (format["type"] !== "json_schema") return null;
	const name = textOf(format["name"]);
	if (!toolName.test(name)) return refusal("Missing required parameter: 'text.format.name'.", "text.format.name");
	return formatRefusal(name, format["schema"], format["strict"] === true, "text.format.schema");
}

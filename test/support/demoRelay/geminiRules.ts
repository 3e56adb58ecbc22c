import { objectOf, objectsOf, textOf } from "./answer.ts";
import { unknownName } from "./geminiFields.ts";
import { geminiHistoryRefusal } from "./geminiHistoryRules.ts";
import { type Body, outside } from "./rules.ts";

/** Words of why generateContent refuses a request; null where it would answer. */
export function geminiRefusal(body: Body, model: string): string | null {
	const unknown = unknownName(body);
	if (unknown !== null) return unknown;
	for (const rule of rules) {
		const broken = rule(objectOf(body["generationConfig"]) ?? {}, body);
		if (broken !== null) return broken;
	}
	const older = /^gemini-2/.test(model) ? olderFault(objectOf(body["generationConfig"]) ?? {}, body) : null;
	return older ?? geminiHistoryRefusal(body, model);
}

type Rule = (config: Body, body: Body) => string | null;

const ranges: readonly (readonly [name: string, least: number, most: number])[] = [
	["temperature", 0, 2],
	["topP", 0, 1],
	["topK", 1, 1000],
	["candidateCount", 1, 8],
	["maxOutputTokens", 1, 1_000_000],
	["presencePenalty", -2, 2],
	["frequencyPenalty", -2, 2],
	["logprobs", 0, 20],
];

const mostStops = 5;
const largestBudget = 32_768;
/** What models before the third generation cannot do at once, or not at all. */
function olderFault(config: Body, body: Body): string | null {
	const tools = objectsOf(body["tools"]);
	const declares = tools.some(({ functionDeclarations }) => functionDeclarations !== undefined);
	if (declares && tools.some(({ googleSearch }) => googleSearch !== undefined))
		return "Tool use with function calling is unsupported";
	if (declares && config["responseMimeType"] === "application/json") {
		return "Function calling with a response mime type: 'application/json' is unsupported";
	}
	if (config["presencePenalty"] !== undefined || config["frequencyPenalty"] !== undefined)
		return "Penalty is not enabled for this model.";
	const level = objectOf(config["thinkingConfig"])?.["thinkingLevel"];
	return level === undefined ? null : "Thinking level is not supported for this model.";
}

const functionName = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

const rules: readonly Rule[] = [
	(config) => {
		const [name, least, most] = ranges.find(([name, least, most]) => outside(config[name], least, most)) ?? [];
		return name === undefined
			? null
			: `* GenerateContentRequest.generation_config.${name}: ${name} must be in the range [${least}, ${most}].`;
	},
	({ seed }) =>
		seed !== undefined && (!Number.isInteger(seed) || outside(seed, -(2 ** 31), 2 ** 31 - 1))
			? "Invalid value at 'generation_config.seed' (TYPE_INT32)"
			: null,
	({ stopSequences }) =>
		Array.isArray(stopSequences) && stopSequences.length > mostStops
			? `* GenerateContentRequest.generation_config.stop_sequences: up to ${mostStops} stop sequences are allowed.`
			: null,
	({ logprobs, responseLogprobs }) =>
		logprobs !== undefined && responseLogprobs !== true
			? "logprobs can only be set when response_logprobs is true."
			: null,
	({ responseMimeType, responseSchema, responseJsonSchema }) => {
		const has = responseSchema !== undefined || responseJsonSchema !== undefined;
		if (responseSchema !== undefined && responseJsonSchema !== undefined)
			return "Only one of response_schema and response_json_schema may be set.";
		return has && responseMimeType !== "application/json"
			? "* GenerateContentRequest.generation_config.response_schema: only allowed when response_mime_type is application/json."
			: null;
	},
	({ thinkingConfig }) => {
		const { thinkingBudget, thinkingLevel } = objectOf(thinkingConfig) ?? {};
		if (thinkingBudget !== undefined && thinkingLevel !== undefined) {
			return "You can only set only one of thinking budget and thinking level.";
		}
		if (thinkingLevel !== undefined && !/^(?:minimal|low|medium|high)$/i.test(textOf(thinkingLevel)))
			return "Invalid value at 'generation_config.thinking_config.thinking_level'";
		return outside(thinkingBudget, -1, largestBudget)
			? `The thinking budget ${thinkingBudget} is invalid. Please choose a value between 0 and ${largestBudget}.`
			: null;
	},
	toolsRule,
];

function toolsRule(_: Body, body: Body): string | null {
	const declared = objectsOf(body["tools"]).flatMap(({ functionDeclarations }) => objectsOf(functionDeclarations));
	const names = new Set<string>();
	for (const [index, { name, parameters, parametersJsonSchema }] of declared.entries()) {
		const place = `* GenerateContentRequest.tools[0].function_declarations[${index}]`;
		if (!functionName.test(textOf(name))) {
			const why =
				"Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.";
			return `${place}.name: Invalid function name. ${why}`;
		}
		if (names.has(textOf(name))) return `Duplicate function declaration found: ${name}`;
		names.add(textOf(name));
		if (parameters !== undefined && parametersJsonSchema !== undefined) {
			return `${place}: only one of parameters and parameters_json_schema may be set.`;
		}
		const schema = objectOf(parameters);
		if (
			schema !== null &&
			Object.keys(objectOf(schema["properties"]) ?? {}).length === 0 &&
			/object/i.test(textOf(schema["type"]))
		) {
			return `${place}.parameters.properties: should be non-empty for OBJECT type`;
		}
	}
	const calling = objectOf(objectOf(body["toolConfig"])?.["functionCallingConfig"]);
	const allowed = calling?.["allowedFunctionNames"];
	if (!Array.isArray(allowed)) return null;
	if (calling?.["mode"] !== "ANY" && calling?.["mode"] !== "VALIDATED") {
		return "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: should be set only when calling mode is ANY.";
	}
	const missing = allowed.find((name) => !names.has(textOf(name)));
	return missing === undefined ? null : `Function name ${missing} in allowed_function_names is not declared.`;
}

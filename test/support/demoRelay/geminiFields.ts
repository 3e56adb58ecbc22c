import { objectOf } from "./answer.ts";
import type { Body } from "./rules.ts";

/** The members of a message of Google's; `null` for a value that holds anything. */
interface Shape {
	readonly [name: string]: Shape | null | (() => Shape);
}

const schema = (): Shape => ({
	...leaves("type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "required"),
	...leaves("minProperties", "maxProperties", "minLength", "maxLength", "pattern", "example", "propertyOrdering"),
	...leaves("default", "minimum", "maximum"),
	items: schema,
	anyOf: schema,
	properties: () => ({ "*": schema }),
});

const media: Shape = leaves("mimeType", "data", "fileUri", "displayName");

const part: Shape = {
	...leaves("text", "thought", "thoughtSignature", "partMetadata", "mediaResolution", "videoMetadata"),
	inlineData: media,
	fileData: media,
	functionCall: leaves("id", "name", "args"),
	functionResponse: {
		...leaves("id", "name", "response", "scheduling", "willContinue"),
		parts: { inlineData: media, fileData: media },
	},
	executableCode: leaves("language", "code", "id"),
	codeExecutionResult: leaves("outcome", "output", "id"),
	toolCall: null,
	toolResponse: null,
};

const content: Shape = { role: null, parts: part };

const request: Shape = {
	...leaves("model", "cachedContent", "serviceTier", "store", "labels", "continuationToken"),
	contents: content,
	systemInstruction: content,
	safetySettings: leaves("category", "threshold"),
	tools: {
		functionDeclarations: {
			...leaves("name", "description", "behavior", "parametersJsonSchema", "responseJsonSchema"),
			parameters: schema,
			response: schema,
		},
		googleSearch: leaves("timeRangeFilter", "searchTypes"),
		...leaves("googleSearchRetrieval", "codeExecution", "urlContext", "computerUse", "fileSearch", "googleMaps"),
		mcpServers: null,
	},
	toolConfig: {
		functionCallingConfig: leaves("mode", "allowedFunctionNames"),
		...leaves("retrievalConfig", "includeServerSideToolInvocations"),
	},
	generationConfig: {
		...leaves("candidateCount", "stopSequences", "maxOutputTokens", "temperature", "topP", "topK", "seed"),
		...leaves("presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "responseMimeType"),
		...leaves("responseJsonSchema", "responseModalities", "mediaResolution", "enableEnhancedCivicAnswers"),
		...leaves("speechConfig", "imageConfig", "responseFormat"),
		responseSchema: schema,
		thinkingConfig: leaves("includeThoughts", "thinkingBudget", "thinkingLevel"),
	},
};

function leaves(...names: readonly string[]): Shape {
	return Object.fromEntries(names.map((name) => [name, null]));
}

/** How Google's API names the first member that it does not know; null where it knows all. */
export function unknownName(body: Body): string | null {
	return unknownIn(body, request, "");
}

function unknownIn(value: unknown, shape: Shape, place: string): string | null {
	if (Array.isArray(value)) {
		for (const [index, item] of value.entries()) {
			const found = unknownIn(item, shape, `${place}[${index}]`);
			if (found !== null) return found;
		}
		return null;
	}
	for (const [name, inner] of Object.entries(objectOf(value) ?? {})) {
		const known = shape[camel(name)] ?? shape["*"];
		if (known === undefined && !(camel(name) in shape)) {
			const where = place === "" ? "" : ` at '${snake(place)}'`;
			return `Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`;
		}
		if (known === null || known === undefined) continue;
		const found = unknownIn(
			inner,
			typeof known === "function" ? known() : known,
			place === "" ? name : `${place}.${name}`,
		);
		if (found !== null) return found;
	}
	return null;
}

/** Google takes both spellings. */
function camel(name: string): string {
	return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snake(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

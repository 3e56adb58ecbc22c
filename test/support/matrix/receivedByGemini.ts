import { objectOf, objectsOf, textOf } from "../demoRelay/answer.ts";
import {
	type Body,
	flagOf,
	inside,
	numberOf,
	type Reading,
	type Role,
	type Said,
	some,
	wordOf,
	wordsOf,
} from "./receivedParts.ts";

/** What a request of generateContent says. */
export function receivedByGemini(body: Body, url: string): Reading {
	const config = objectOf(body["generationConfig"]) ?? {};
	const tools = objectsOf(body["tools"]);
	const thinking = objectOf(config["thinkingConfig"]);
	const schema = config["responseJsonSchema"] ?? config["responseSchema"];
	const isJson = config["responseMimeType"] === "application/json";
	return {
		model: decodeURIComponent(/\/models\/([^:]+):/.exec(url)?.[1] ?? ""),
		system: objectsOf(inside(body["systemInstruction"], "parts")).map(({ text }) => textOf(text)),
		talk: objectsOf(body["contents"]).flatMap(({ role, parts }) =>
			objectsOf(parts).flatMap((part) => saidIn(part, role === "model" ? "assistant" : "user")),
		),
		tools: tools
			.flatMap(({ functionDeclarations }) => objectsOf(functionDeclarations))
			.map((tool) => ({
				name: textOf(tool["name"]),
				free: false,
				...some({
					description: wordOf(tool["description"]),
					schema: tool["parametersJsonSchema"] ?? tool["parameters"],
				}),
			})),
		webSearch: tools.some((tool) => tool["googleSearch"] !== undefined),
		stream: url.includes(":streamGenerateContent"),
		cacheMarks: 0,
		...some({
			toolChoice: choiceIn(objectOf(inside(body["toolConfig"], "functionCallingConfig"))),
			output: isJson ? (schema === undefined ? ("json" as const) : { schema }) : undefined,
			maxTokens: numberOf(config["maxOutputTokens"]),
			temperature: numberOf(config["temperature"]),
			topP: numberOf(config["topP"]),
			topK: numberOf(config["topK"]),
			seed: numberOf(config["seed"]),
			presencePenalty: numberOf(config["presencePenalty"]),
			frequencyPenalty: numberOf(config["frequencyPenalty"]),
			stop: wordsOf(config["stopSequences"]),
			logprobs: config["responseLogprobs"] === true ? (numberOf(config["logprobs"]) ?? 0) : undefined,
			candidates: numberOf(config["candidateCount"]),
			effort: wordOf(thinking?.["thinkingLevel"])?.toLowerCase(),
			budget: numberOf(thinking?.["thinkingBudget"]),
			thoughts: flagOf(thinking?.["includeThoughts"]),
			serviceTier: wordOf(body["serviceTier"]),
		}),
	};
}

function choiceIn(calling: Body | null): Reading["toolChoice"] {
	const names = wordsOf(calling?.["allowedFunctionNames"]);
	switch (calling?.["mode"]) {
		case "NONE":
			return "none";
		case "ANY":
			return names === undefined ? "required" : { names };
		case "AUTO":
			return "auto";
		default:
			return names === undefined ? undefined : { names };
	}
}

function saidIn(part: Body, role: Role): readonly Said[] {
	const signed: readonly Said[] =
		part["thoughtSignature"] === undefined ? [] : [{ kind: "reasoning", role: "assistant" }];
	return [...signed, ...contentIn(part, role)];
}

function contentIn(part: Body, role: Role): readonly Said[] {
	const call = objectOf(part["functionCall"]);
	if (call !== null) {
		return [
			{
				kind: "call",
				role: "assistant",
				id: textOf(call["id"]),
				name: textOf(call["name"]),
				input: call["args"] ?? {},
			},
		];
	}
	const result = objectOf(part["functionResponse"]);
	if (result !== null) {
		const { output, error, ...rest } = objectOf(result["response"]) ?? {};
		const text = error ?? output ?? rest;
		return [
			{
				kind: "result",
				role: "user",
				id: textOf(result["id"]),
				text: typeof text === "string" ? text : JSON.stringify(text),
				images: objectsOf(result["parts"]).map((inner) => textOf(inside(inner["inlineData"], "data"))),
				isError: error !== undefined,
			},
		];
	}
	const data = objectOf(part["inlineData"]) ?? objectOf(part["fileData"]);
	if (data === null) {
		const text = textOf(part["text"]);
		return text === "" || part["thought"] === true ? [] : [{ kind: "text", role, text }];
	}
	const type = textOf(data["mimeType"]);
	const source = textOf(data["data"] ?? data["fileUri"]);
	if (type.startsWith("image/")) return [{ kind: "image", role, source }];
	return [{ kind: type.startsWith("audio/") ? "audio" : "pdf", role, data: source }];
}

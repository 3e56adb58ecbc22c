import {
	ApiError,
	type Content,
	type FunctionCallingConfigMode,
	type GenerateContentConfig,
	type GenerateContentResponse,
	GoogleGenAI,
	type Part,
	type ServiceTier,
	type ThinkingLevel,
} from "@google/genai";
import type { Ask, AskPart, AskResult, AskTurn } from "./ask.ts";
import { type Driver, type Heard, nothingHeard, numbersIn } from "./heard.ts";

/** The official SDK on generateContent. */
export const genaiDriver: Driver = {
	name: "@google/genai",
	client: "gemini",
	official: true,
	cannot: new Set([
		...(["freeTool", "grammar", "namespace", "noParallel", "systemLater", "verbosity", "cacheKey"] as const),
		...(["cacheMarks", "user", "metadata", "strict"] as const),
	]),
	send: async (ask, { origin, apiKey, model, stream, fetch }) => {
		const { models } = new GoogleGenAI({
			apiKey,
			httpOptions: { baseUrl: origin, retryOptions: { attempts: 1 }, fetch },
		});
		const given = { model, contents: ask.turns.map(turnOf), config: { ...configOf(ask), ...ask.extra } };
		if (!stream) return heardOf([await models.generateContent(given)]);
		const chunks: GenerateContentResponse[] = [];
		for await (const chunk of await models.generateContentStream(given)) chunks.push(chunk);
		return heardOf(chunks);
	},
	failure: (error) => {
		if (!(error instanceof ApiError)) return null;
		const [, told = ""] = /"status":\s*"([A-Z_]+)"/.exec(error.message) ?? [];
		return { status: error.status, type: told || null, code: null, message: error.message };
	},
};

function configOf(ask: Ask): GenerateContentConfig {
	const { system, maxTokens, temperature, topP, topK, seed, presencePenalty, frequencyPenalty, stop, logprobs } = ask;
	const { candidates, effort, budget, thoughts, serviceTier, tools = [], toolChoice, output, webSearch } = ask;
	const thinking = {
		...(budget !== undefined && { thinkingBudget: budget }),
		// The enum exists at run time only; on the wire it is this word.
		...(effort !== undefined && { thinkingLevel: effort.toUpperCase() as ThinkingLevel }),
		...(thoughts !== undefined && { includeThoughts: thoughts }),
	};
	const offered = [
		...(tools.length > 0 ? [{ functionDeclarations: tools.map(declared) }] : []),
		...(webSearch ? [{ googleSearch: {} }] : []),
	];
	return {
		...(system && { systemInstruction: { parts: system.map((text) => ({ text })) } }),
		...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { topP }),
		...(topK !== undefined && { topK }),
		...(seed !== undefined && { seed }),
		...(presencePenalty !== undefined && { presencePenalty }),
		...(frequencyPenalty !== undefined && { frequencyPenalty }),
		...(stop && { stopSequences: [...stop] }),
		...(logprobs !== undefined && { responseLogprobs: true, logprobs }),
		...(candidates !== undefined && { candidateCount: candidates }),
		...(Object.keys(thinking).length > 0 && { thinkingConfig: thinking }),
		...(serviceTier !== undefined && {
			serviceTier: (serviceTier === "default" ? "standard" : serviceTier) as ServiceTier,
		}),
		...(offered.length > 0 && { tools: offered }),
		...(toolChoice !== undefined && { toolConfig: { functionCallingConfig: callingOf(toolChoice) } }),
		...(output !== undefined && { responseMimeType: "application/json" }),
		...(typeof output === "object" && { responseJsonSchema: output.schema }),
		automaticFunctionCalling: { disable: true },
	};
}

function declared({ name, description, schema }: NonNullable<Ask["tools"]>[number]) {
	return { name, ...(description !== undefined && { description }), parametersJsonSchema: schema };
}

function callingOf(choice: NonNullable<Ask["toolChoice"]>) {
	const mode = (word: string) => word as FunctionCallingConfigMode;
	if (typeof choice === "object") {
		const allowedFunctionNames = "allowed" in choice ? [...choice.allowed] : [choice.name];
		return { mode: mode("ANY"), allowedFunctionNames };
	}
	return { mode: mode({ auto: "AUTO", none: "NONE", required: "ANY" }[choice]) };
}

function turnOf(turn: AskTurn): Content {
	switch (turn.kind) {
		case "system":
			throw new Error("generateContent has no system turns.");
		case "user":
			return { role: "user", parts: turn.parts.map(partOf) };
		case "assistant":
			return {
				role: "model",
				parts: turn.parts.map(
					(part): Part =>
						part.kind === "text" ? { text: part.text } : { functionCall: { name: part.name, args: { ...part.input } } },
				),
			};
		case "reply":
			return turn.heard.history as Content;
		case "results":
			return { role: "user", parts: turn.results.map(resultOf) };
	}
}

function resultOf({ id, name, content, isError }: AskResult): Part {
	const text = content.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");
	const media = content.flatMap((part) =>
		part.kind === "image" ? [{ inlineData: { mimeType: part.mediaType, data: part.data } }] : [],
	);
	return {
		functionResponse: {
			...(id.startsWith("made-up") ? {} : { id }),
			name,
			response: isError === true ? { error: text } : { output: text },
			...(media.length > 0 && { parts: media }),
		},
	};
}

function partOf(part: AskPart): Part {
	switch (part.kind) {
		case "text":
			return { text: part.text };
		case "image":
		case "audio":
			return { inlineData: { mimeType: part.mediaType, data: part.data } };
		case "imageUrl":
			return { fileData: { fileUri: part.url, mimeType: "image/png" } };
		case "pdf":
			return { inlineData: { mimeType: "application/pdf", data: part.data } };
	}
}

/** Chunks are put together as the SDK's own chats do: every part is kept. */
function heardOf(chunks: readonly GenerateContentResponse[]): Heard {
	const of = (index: number) =>
		chunks.flatMap(({ candidates = [] }) => candidates.filter((one) => (one.index ?? 0) === index));
	const first = of(0);
	const parts = first.flatMap(({ content }) => content?.parts ?? []);
	const textOf = (given: readonly Part[], thought: boolean) =>
		given.flatMap((part) => ((part.thought === true) === thought ? [part.text ?? ""] : [])).join("");
	const count = Math.max(0, ...chunks.flatMap(({ candidates = [] }) => candidates.map(({ index = 0 }) => index + 1)));
	const last = chunks.at(-1);
	const lastCandidate = first.findLast(({ finishReason }) => finishReason !== undefined);
	const calls = parts.flatMap(({ functionCall }) => (functionCall ? [functionCall] : []));
	return {
		...nothingHeard,
		text: textOf(parts, false),
		reasoning: textOf(parts, true),
		refusal: lastCandidate?.finishMessage ?? "",
		calls: calls.map(({ id, name = "", args }, index) => ({
			id: id ?? `made-up ${index}`,
			name,
			input: args,
			free: false,
		})),
		candidates: Array.from({ length: count }, (_, index) =>
			textOf(
				of(index).flatMap(({ content }) => content?.parts ?? []),
				false,
			),
		),
		citations: first
			.flatMap(({ groundingMetadata }) => groundingMetadata?.groundingChunks ?? [])
			.map(({ web }) => ({ url: web?.uri ?? "", title: web?.title ?? "" })),
		images: parts.flatMap(({ inlineData }) => (inlineData?.data ? [inlineData.data] : [])),
		logprobs: first.flatMap(({ logprobsResult }) =>
			(logprobsResult?.chosenCandidates ?? []).map(({ token = "", logProbability = 0 }, index) => ({
				token,
				logprob: logProbability,
				alternatives: logprobsResult?.topCandidates?.[index]?.candidates?.length ?? 0,
			})),
		),
		finish: last?.promptFeedback?.blockReason ?? lastCandidate?.finishReason ?? "",
		usage: numbersIn(last?.usageMetadata),
		id: last?.responseId ?? "",
		model: last?.modelVersion ?? "",
		history: { role: "model", parts } satisfies Content,
	};
}

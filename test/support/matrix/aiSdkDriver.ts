import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import {
	APICallError,
	generateText,
	jsonSchema,
	type LanguageModel,
	type ModelMessage,
	Output,
	RetryError,
	streamText,
	type ToolSet,
	tool,
} from "ai";
import type { Format } from "../../../src/accounts/account.ts";
import type { Ask, AskPart, AskResult, AskTurn, Trait } from "./ask.ts";
import { type Driver, type Failure, type Heard, nothingHeard, numbersIn, type Way } from "./heard.ts";

/** What no provider of the AI SDK can say, or only by a tool of its own. */
const never: readonly Trait[] = [
	...(["candidates", "json", "freeTool", "grammar", "namespace", "allowedTools", "webSearch", "extra"] as const),
	...([
		"imageUrl",
		"audio",
		"resultImage",
		"resultParts",
		"cacheMarks",
		"strict",
		"systemLater",
		"serviceTier",
	] as const),
];

interface Provider {
	readonly name: string;
	readonly client: Format;
	readonly cannot: readonly Trait[];
	readonly model: (way: Way) => LanguageModel;
	/** What has a name of the provider's own. */
	readonly options: (ask: Ask) => Record<string, string | boolean | number | object>;
	readonly optionsName: string;
}

const openaiOptions = ({ logprobs, parallel, user, verbosity, cacheKey, effort, metadata }: Ask) => ({
	...(logprobs !== undefined && { logprobs }),
	...(parallel !== undefined && { parallelToolCalls: parallel }),
	...(user !== undefined && { safetyIdentifier: user }),
	...(verbosity !== undefined && { textVerbosity: verbosity }),
	...(cacheKey !== undefined && { promptCacheKey: cacheKey }),
	...(effort !== undefined && { forceReasoning: true }),
	...(metadata && { metadata, store: true }),
});

const providers: readonly Provider[] = [
	{
		name: "@ai-sdk/openai (chat)",
		client: "openai",
		// The SDK shows no thinking of this API.
		cannot: ["topK", "budget", "resultError", "thoughts"],
		model: ({ origin, apiKey, model, fetch }) => createOpenAI({ baseURL: `${origin}/v1`, apiKey, fetch }).chat(model),
		options: openaiOptions,
		optionsName: "openai",
	},
	{
		name: "@ai-sdk/openai (responses)",
		client: "codex",
		cannot: ["topK", "budget", "seed", "presencePenalty", "frequencyPenalty", "stop", "resultError"],
		model: ({ origin, apiKey, model, fetch }) =>
			createOpenAI({ baseURL: `${origin}/v1`, apiKey, fetch }).responses(model),
		options: (ask) => ({
			store: false,
			...openaiOptions(ask),
			...(ask.thoughts && { reasoningSummary: "auto", forceReasoning: true }),
		}),
		optionsName: "openai",
	},
	{
		name: "@ai-sdk/anthropic",
		client: "anthropic",
		cannot: ["seed", "presencePenalty", "frequencyPenalty", "logprobs", "verbosity", "cacheKey", "metadata", "effort"],
		model: ({ origin, apiKey, model, fetch }) => createAnthropic({ baseURL: `${origin}/v1`, apiKey, fetch })(model),
		options: ({ budget, thoughts, parallel, user }) => ({
			...(budget !== undefined && { thinking: { type: "enabled", budgetTokens: budget } }),
			...(budget === undefined && thoughts && { thinking: { type: "enabled", budgetTokens: 2048 } }),
			...(parallel === false && { disableParallelToolUse: true }),
			...(user !== undefined && { metadata: { userId: user } }),
		}),
		optionsName: "anthropic",
	},
	{
		name: "@ai-sdk/google",
		client: "gemini",
		cannot: [
			"logprobs",
			"noParallel",
			"verbosity",
			"cacheKey",
			"user",
			"metadata",
			"presencePenalty",
			"frequencyPenalty",
		],
		model: ({ origin, apiKey, model, fetch }) =>
			createGoogleGenerativeAI({ baseURL: `${origin}/v1beta`, apiKey, fetch })(model),
		options: ({ budget, thoughts }) => ({
			...((budget !== undefined || thoughts) && {
				thinkingConfig: {
					...(budget !== undefined && { thinkingBudget: budget }),
					...(thoughts && { includeThoughts: true }),
				},
			}),
		}),
		optionsName: "google",
	},
];

export const aiSdkDrivers: readonly Driver[] = providers.map((provider) => ({
	name: provider.name,
	client: provider.client,
	official: false,
	cannot: new Set([...never, ...provider.cannot]),
	send: (ask, way) => send(provider, ask, way),
	failure: failureOf,
}));

async function send(provider: Provider, ask: Ask, way: Way): Promise<Heard> {
	const { maxTokens, temperature, topP, topK, seed, presencePenalty, frequencyPenalty, stop, effort } = ask;
	const { toolChoice, output, system = [] } = ask;
	const given = {
		model: provider.model(way),
		maxRetries: 0,
		...(system.length > 0 && { system: system.map((content) => ({ role: "system" as const, content })) }),
		messages: ask.turns.flatMap((turn) => messagesOf(turn)),
		providerOptions: { [provider.optionsName]: provider.options(ask) as never },
		...(ask.tools && { tools: toolsOf(ask.tools) }),
		...(toolChoice !== undefined && { toolChoice: choiceOf(toolChoice) }),
		...(typeof output === "object" && {
			output: Output.object({ schema: jsonSchema({ ...output.schema }), name: output.name }),
		}),
		...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { topP }),
		...(topK !== undefined && { topK }),
		...(seed !== undefined && { seed }),
		...(presencePenalty !== undefined && { presencePenalty }),
		...(frequencyPenalty !== undefined && { frequencyPenalty }),
		...(stop && { stopSequences: [...stop] }),
		...(effort !== undefined && { reasoning: effort }),
	};
	if (!way.stream) return heardOf(await generateText(given));
	const stream = streamText({ ...given, onError: () => {} });
	for await (const part of stream.stream) if (part.type === "error") throw part.error;
	return heardOf({
		text: await stream.text,
		reasoningText: await stream.reasoningText,
		toolCalls: await stream.toolCalls,
		sources: await stream.sources,
		files: await stream.files,
		rawFinishReason: await stream.rawFinishReason,
		usage: await stream.usage,
		response: await stream.response,
		responseMessages: await stream.responseMessages,
	});
}

function toolsOf(tools: NonNullable<Ask["tools"]>): ToolSet {
	return Object.fromEntries(
		tools.map(({ name, description, schema }) => [
			name,
			tool({ ...(description !== undefined && { description }), inputSchema: jsonSchema({ ...schema }) }),
		]),
	);
}

function choiceOf(choice: NonNullable<Ask["toolChoice"]>) {
	if (typeof choice === "string") return choice;
	if ("allowed" in choice) throw new Error("The AI SDK knows no allowed tools.");
	return { type: "tool" as const, toolName: choice.name };
}

function messagesOf(turn: AskTurn): ModelMessage[] {
	switch (turn.kind) {
		case "system":
			throw new Error("The AI SDK has system messages first.");
		case "user":
			return [{ role: "user", content: turn.parts.map(partOf) }];
		case "assistant":
			return [
				{
					role: "assistant",
					content: turn.parts.map((part) =>
						part.kind === "text"
							? { type: "text", text: part.text }
							: { type: "tool-call", toolCallId: part.id, toolName: part.name, input: part.input },
					),
				},
			];
		case "reply":
			return turn.heard.history as ModelMessage[];
		case "results":
			return [{ role: "tool", content: turn.results.map(resultOf) }];
	}
}

function resultOf({ id, name, content, isError }: AskResult) {
	const value = content.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n");
	return {
		type: "tool-result" as const,
		toolCallId: id,
		toolName: name,
		output: { type: isError === true ? ("error-text" as const) : ("text" as const), value },
	};
}

function partOf(part: AskPart) {
	switch (part.kind) {
		case "text":
			return { type: "text" as const, text: part.text };
		case "image":
			return { type: "image" as const, image: part.data, mediaType: part.mediaType };
		case "pdf":
			return { type: "file" as const, data: part.data, mediaType: "application/pdf", filename: part.name };
		default:
			throw new Error(`${part.kind} is not said here.`);
	}
}

interface Generated {
	readonly text: string;
	readonly reasoningText: string | undefined;
	readonly toolCalls: readonly { readonly toolCallId: string; readonly toolName: string; readonly input: unknown }[];
	readonly sources: readonly { readonly title?: string | undefined }[];
	readonly files: readonly { readonly base64: string }[];
	readonly rawFinishReason: string | undefined;
	readonly usage: object;
	readonly response: { readonly id: string; readonly modelId: string };
	readonly responseMessages: readonly ModelMessage[];
}

function heardOf(made: Generated): Heard {
	return {
		...nothingHeard,
		text: made.text,
		reasoning: made.reasoningText ?? "",
		calls: made.toolCalls.map(({ toolCallId: id, toolName: name, input }) => ({ id, name, input, free: false })),
		candidates: [made.text],
		citations: made.sources.map((source) => ({
			url: "url" in source && typeof source.url === "string" ? source.url : "",
			title: source.title ?? "",
		})),
		images: made.files.map(({ base64 }) => base64),
		finish: made.rawFinishReason ?? "",
		usage: numbersIn(made.usage),
		id: made.response.id,
		model: made.response.modelId,
		history: made.responseMessages,
	};
}

function failureOf(error: unknown): Failure | null {
	if (RetryError.isInstance(error)) return failureOf(error.lastError);
	if (!APICallError.isInstance(error)) {
		// What comes in the middle of a stream is passed on as it is told, or as an error of no particular kind.
		const told = error instanceof Error ? error.message : JSON.stringify(error);
		return { status: null, type: null, code: null, message: told };
	}
	return { status: error.statusCode ?? null, type: null, code: null, message: error.message };
}

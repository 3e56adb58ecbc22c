import OpenAI, { APIError } from "openai";
import type {
	ChatCompletion,
	ChatCompletionContentPart,
	ChatCompletionCreateParamsBase,
	ChatCompletionMessage,
	ChatCompletionMessageParam,
	ChatCompletionTool,
} from "openai/resources/chat/completions";
import type { Ask, AskPart, AskTool, AskTurn } from "./ask.ts";
import { type Driver, type Heard, nothingHeard, numbersIn } from "./heard.ts";

/** The official SDK on Chat Completions. */
export const chatDriver: Driver = {
	name: "openai (chat)",
	client: "openai",
	official: true,
	cannot: new Set(["topK", "budget", "cacheMarks", "namespace", "resultImage", "resultError", "webSearch"]),
	send: async (ask, { origin, apiKey, model, stream, fetch }) => {
		const { completions } = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0, fetch }).chat;
		const body = { ...bodyOf(ask), model, ...ask.extra };
		if (!stream) return heardOf(await completions.create({ ...body, stream: false }));
		return heardOf(
			await streamed(completions.stream({ ...body, stream: true, stream_options: { include_usage: true } })),
		);
	},
	failure: (error) =>
		error instanceof APIError
			? { status: error.status ?? null, type: error.type ?? null, code: error.code ?? null, message: error.message }
			: null,
};

/** What the SDK puts together, with what it leaves out because its types do not know it. */
async function streamed(stream: ReturnType<OpenAI["chat"]["completions"]["stream"]>): Promise<ChatCompletion> {
	let reasoning = "";
	const annotations: ChatCompletionMessage.Annotation[] = [];
	for await (const { choices } of stream) {
		const delta = choices.find(({ index }) => index === 0)?.delta as Partial<Told> | undefined;
		reasoning += delta?.reasoning_content ?? "";
		annotations.push(...(delta?.annotations ?? []));
	}
	const whole = await stream.finalChatCompletion();
	const [first] = whole.choices;
	if (first && reasoning !== "") Object.assign(first.message, { reasoning_content: reasoning });
	if (first && annotations.length > 0) Object.assign(first.message, { annotations });
	return whole;
}

interface Told {
	readonly reasoning_content: string;
	readonly annotations: ChatCompletionMessage.Annotation[];
}

function bodyOf(ask: Ask): Omit<ChatCompletionCreateParamsBase, "model" | "stream"> {
	const { maxTokens, temperature, topP, seed, presencePenalty, frequencyPenalty, stop, logprobs, candidates } = ask;
	const { effort, verbosity, serviceTier, cacheKey, user, metadata, parallel, tools, toolChoice, output } = ask;
	return {
		messages: messagesOf(ask),
		...(tools && { tools: tools.map(toolOf) }),
		...(toolChoice !== undefined && { tool_choice: choiceOf(toolChoice, tools ?? []) }),
		...(parallel !== undefined && { parallel_tool_calls: parallel }),
		...(output === "json" && { response_format: { type: "json_object" } }),
		...(typeof output === "object" && {
			response_format: {
				type: "json_schema",
				json_schema: { name: output.name, schema: { ...output.schema }, strict: true },
			},
		}),
		...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { top_p: topP }),
		...(seed !== undefined && { seed }),
		...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
		...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
		...(stop && { stop: [...stop] }),
		...(logprobs !== undefined && { logprobs: true, top_logprobs: logprobs }),
		...(candidates !== undefined && { n: candidates }),
		...(effort !== undefined && { reasoning_effort: effort }),
		...(verbosity !== undefined && { verbosity }),
		...(serviceTier !== undefined && { service_tier: serviceTier }),
		...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
		...(user !== undefined && { user }),
		...(metadata && { metadata: { ...metadata }, store: true }),
	};
}

function messagesOf({ system = [], turns }: Ask): ChatCompletionMessageParam[] {
	const content = system.length === 1 ? (system[0] ?? "") : system.map((text) => ({ type: "text" as const, text }));
	return [...(system.length > 0 ? [{ role: "system" as const, content }] : []), ...turns.flatMap(turnOf)];
}

function turnOf(turn: AskTurn): ChatCompletionMessageParam[] {
	switch (turn.kind) {
		case "system":
			return [{ role: "system", content: turn.text }];
		case "user": {
			const [only, ...others] = turn.parts;
			const isPlain = only?.kind === "text" && others.length === 0;
			return [{ role: "user", content: isPlain ? only.text : turn.parts.map(partOf) }];
		}
		case "assistant": {
			const text = turn.parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
			const calls = turn.parts.filter((part) => part.kind === "call");
			return [
				{
					role: "assistant",
					content: text === "" ? null : text,
					...(calls.length > 0 && {
						tool_calls: calls.map(({ id, name, input }) => ({
							id,
							type: "function",
							function: { name, arguments: JSON.stringify(input) },
						})),
					}),
				},
			];
		}
		case "reply":
			return [turn.heard.history as ChatCompletionMessage];
		case "results":
			return turn.results.map(({ id, content }) => {
				const texts = content.flatMap((part) =>
					part.kind === "text" ? [{ type: "text" as const, text: part.text }] : [],
				);
				return { role: "tool", tool_call_id: id, content: texts.length === 1 ? (texts[0]?.text ?? "") : texts };
			});
	}
}

function partOf(part: AskPart): ChatCompletionContentPart {
	switch (part.kind) {
		case "text":
			return { type: "text", text: part.text };
		case "image":
			return { type: "image_url", image_url: { url: `data:${part.mediaType};base64,${part.data}` } };
		case "imageUrl":
			return { type: "image_url", image_url: { url: part.url } };
		case "pdf":
			return { type: "file", file: { filename: part.name, file_data: `data:application/pdf;base64,${part.data}` } };
		case "audio":
			return { type: "input_audio", input_audio: { data: part.data, format: "wav" } };
	}
}

function toolOf({ name, description, schema, strict, grammar }: AskTool): ChatCompletionTool {
	const about = description === undefined ? {} : { description };
	if (schema !== undefined) {
		return {
			type: "function",
			function: { name, ...about, parameters: schema, ...(strict !== undefined && { strict }) },
		};
	}
	return { type: "custom", custom: { name, ...about, ...(grammar && { format: { type: "grammar", grammar } }) } };
}

function choiceOf(
	choice: NonNullable<Ask["toolChoice"]>,
	tools: readonly AskTool[],
): NonNullable<ChatCompletionCreateParamsBase["tool_choice"]> {
	if (typeof choice === "string") return choice;
	if ("allowed" in choice) {
		const named = choice.allowed.map((name) => ({ type: "function", function: { name } }));
		return { type: "allowed_tools", allowed_tools: { mode: "required", tools: named } };
	}
	const { name } = choice;
	const isFree = tools.some((tool) => tool.name === name && tool.schema === undefined);
	return isFree ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}

function heardOf(whole: ChatCompletion): Heard {
	const [first] = whole.choices;
	const message = first?.message as (ChatCompletionMessage & Partial<Told>) | undefined;
	return {
		...nothingHeard,
		text: message?.content ?? "",
		reasoning: message?.reasoning_content ?? "",
		refusal: message?.refusal ?? "",
		calls: (message?.tool_calls ?? []).map((made) =>
			made.type === "function"
				? { id: made.id, name: made.function.name, input: JSON.parse(made.function.arguments), free: false }
				: { id: made.id, name: made.custom.name, input: made.custom.input, free: true },
		),
		candidates: whole.choices.map((choice) => choice.message.content ?? ""),
		citations: (message?.annotations ?? []).map(({ url_citation: { url, title } }) => ({ url, title })),
		logprobs: (first?.logprobs?.content ?? []).map(({ token, logprob, top_logprobs: top }) => ({
			token,
			logprob,
			alternatives: top.length,
		})),
		finish: first?.finish_reason ?? "",
		usage: numbersIn(whole.usage),
		id: whole.id,
		model: whole.model,
		history: message,
	};
}

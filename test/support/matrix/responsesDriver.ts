import OpenAI, { APIError } from "openai";
import type {
	FunctionTool,
	Response,
	ResponseCreateParamsBase,
	ResponseInputContent,
	ResponseInputItem,
	ResponseOutputItem,
	ResponseStreamEvent,
	Tool,
} from "openai/resources/responses/responses";
import type { Ask, AskPart, AskResult, AskTool, AskTurn } from "./ask.ts";
import { type Driver, type Heard, nothingHeard, numbersIn } from "./heard.ts";

/** The official SDK on Responses. */
export const responsesDriver: Driver = {
	name: "openai (responses)",
	client: "codex",
	official: true,
	cannot: new Set([
		...(["topK", "seed", "presencePenalty", "frequencyPenalty", "stop", "candidates", "budget", "cacheMarks"] as const),
		...(["resultError", "audio"] as const),
	]),
	send: async (ask, { origin, apiKey, model, stream, fetch }) => {
		const { responses } = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0, fetch });
		const body = { ...bodyOf(ask), model, ...ask.extra };
		if (!stream) return heardOf(await responses.create({ ...body, stream: false }));
		let last: Response | null = null;
		for await (const event of await responses.create({ ...body, stream: true })) last = ended(event) ?? last;
		if (last === null) throw new Error("The stream ended without its last event.");
		return heardOf(last);
	},
	failure: (error) => {
		if (error instanceof ResponseFailed) return { status: null, type: null, code: error.code, message: error.message };
		return error instanceof APIError
			? { status: error.status ?? null, type: error.type ?? null, code: error.code ?? null, message: error.message }
			: null;
	},
};

/** The SDK passes on an event that tells of a failure; whoever reads it has to notice. */
class ResponseFailed extends Error {
	readonly code: string | null;

	constructor(message: string, code: string | null) {
		super(message);
		this.code = code;
	}
}

function ended(event: ResponseStreamEvent): Response | null {
	switch (event.type) {
		case "response.completed":
		case "response.incomplete":
			return event.response;
		case "response.failed":
			throw new ResponseFailed(event.response.error?.message ?? "", event.response.error?.code ?? null);
		case "error":
			throw new ResponseFailed(event.message, event.code);
		default:
			return null;
	}
}

function bodyOf(ask: Ask): Omit<ResponseCreateParamsBase, "model" | "stream"> {
	const { system, maxTokens, temperature, topP, logprobs, effort, thoughts, verbosity, serviceTier, cacheKey } = ask;
	const { user, metadata, parallel, tools = [], toolChoice, output, webSearch } = ask;
	const offered: Tool[] = [...toolsOf(tools), ...(webSearch ? [{ type: "web_search" as const }] : [])];
	const text = {
		...(output === "json" && { format: { type: "json_object" as const } }),
		...(typeof output === "object" && {
			format: { type: "json_schema" as const, name: output.name, schema: { ...output.schema }, strict: true },
		}),
		...(verbosity !== undefined && { verbosity }),
	};
	const [instructions, ...more] = system ?? [];
	return {
		...(instructions !== undefined && { instructions }),
		input: [...more.map((said) => ({ role: "developer" as const, content: said })), ...ask.turns.flatMap(turnOf)],
		store: false,
		...(offered.length > 0 && { tools: offered }),
		...(toolChoice !== undefined && { tool_choice: choiceOf(toolChoice, tools) }),
		...(parallel !== undefined && { parallel_tool_calls: parallel }),
		...(Object.keys(text).length > 0 && { text }),
		...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { top_p: topP }),
		...(logprobs !== undefined && { top_logprobs: logprobs, include: ["message.output_text.logprobs"] }),
		...((effort !== undefined || thoughts) && {
			reasoning: { ...(effort !== undefined && { effort }), ...(thoughts && { summary: "auto" as const }) },
			include: ["reasoning.encrypted_content"],
		}),
		...(serviceTier !== undefined && { service_tier: serviceTier }),
		...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
		...(user !== undefined && { safety_identifier: user }),
		...(metadata && { metadata: { ...metadata } }),
	};
}

function turnOf(turn: AskTurn): ResponseInputItem[] {
	switch (turn.kind) {
		case "system":
			return [{ role: "developer", content: turn.text }];
		case "user":
			return [{ role: "user", content: turn.parts.map(partOf) }];
		case "assistant":
			return turn.parts.map(
				(part): ResponseInputItem =>
					part.kind === "text"
						? { role: "assistant", content: part.text }
						: { type: "function_call", call_id: part.id, name: part.name, arguments: JSON.stringify(part.input) },
			);
		case "reply":
			return turn.heard.history as ResponseInputItem[];
		case "results":
			return turn.results.map(resultOf);
	}
}

function resultOf({ id, content, free }: AskResult): ResponseInputItem {
	const [only, ...others] = content;
	const output = only?.kind === "text" && others.length === 0 ? only.text : content.map(partOf);
	return free === true
		? { type: "custom_tool_call_output", call_id: id, output: output as string }
		: { type: "function_call_output", call_id: id, output: output as string };
}

function partOf(part: AskPart): ResponseInputContent {
	switch (part.kind) {
		case "text":
			return { type: "input_text", text: part.text };
		case "image":
			return { type: "input_image", image_url: `data:${part.mediaType};base64,${part.data}`, detail: "auto" };
		case "imageUrl":
			return { type: "input_image", image_url: part.url, detail: "auto" };
		case "pdf":
			return { type: "input_file", filename: part.name, file_data: `data:application/pdf;base64,${part.data}` };
		case "audio":
			throw new Error("Responses take no audio.");
	}
}

function toolsOf(tools: readonly AskTool[]): Tool[] {
	const spaces = new Set(tools.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace])));
	return [
		...tools.filter(({ namespace }) => namespace === undefined).map(toolOf),
		...[...spaces].map((name) => ({
			type: "namespace" as const,
			name,
			description: `The tools of ${name}.`,
			tools: tools.filter(({ namespace }) => namespace === name).map((tool) => toolOf(tool) as FunctionTool),
		})),
	];
}

function toolOf({ name, description, schema, strict, grammar }: AskTool): Tool {
	const about = description === undefined ? {} : { description };
	if (schema !== undefined) {
		return { type: "function", name, ...about, parameters: { ...schema }, strict: strict ?? false };
	}
	return { type: "custom", name, ...about, ...(grammar && { format: { type: "grammar", ...grammar } }) };
}

function choiceOf(
	choice: NonNullable<Ask["toolChoice"]>,
	tools: readonly AskTool[],
): NonNullable<ResponseCreateParamsBase["tool_choice"]> {
	if (typeof choice === "string") return choice;
	if ("allowed" in choice) {
		return {
			type: "allowed_tools",
			mode: "required",
			tools: choice.allowed.map((name) => ({ type: "function", name })),
		};
	}
	const { name } = choice;
	const isFree = tools.some((tool) => tool.name === name && tool.schema === undefined);
	return isFree ? { type: "custom", name } : { type: "function", name };
}

function heardOf(whole: Response): Heard {
	const { output } = whole;
	if (whole.status === "failed") throw new ResponseFailed(whole.error?.message ?? "", whole.error?.code ?? null);
	const content = output.flatMap((item) => (item.type === "message" ? item.content : []));
	const texts = content.filter((part) => part.type === "output_text");
	const text = texts.map((part) => part.text).join("");
	return {
		...nothingHeard,
		text,
		reasoning: output
			.flatMap((item) => (item.type === "reasoning" ? [...item.summary, ...(item.content ?? [])] : []))
			.map((part) => part.text)
			.join(""),
		refusal: content.flatMap((part) => (part.type === "refusal" ? [part.refusal] : [])).join(""),
		calls: output.flatMap(callOf),
		candidates: [text],
		citations: texts
			.flatMap(({ annotations }) => annotations)
			.flatMap((annotation) => (annotation.type === "url_citation" ? [annotation] : []))
			.map(({ url, title }) => ({ url, title })),
		images: output.flatMap((item) => (item.type === "image_generation_call" ? [item.result ?? ""] : [])),
		logprobs: texts
			.flatMap(({ logprobs }) => logprobs ?? [])
			.map(({ token, logprob, top_logprobs: top }) => ({ token, logprob, alternatives: top.length })),
		finish: whole.status === "incomplete" ? `incomplete: ${whole.incomplete_details?.reason}` : (whole.status ?? ""),
		usage: numbersIn(whole.usage),
		id: whole.id,
		model: whole.model,
		history: output,
	};
}

function callOf(item: ResponseOutputItem): Heard["calls"] {
	if (item.type !== "function_call" && item.type !== "custom_tool_call") return [];
	const inside = item.namespace === undefined ? {} : { namespace: item.namespace };
	const head = { id: item.call_id, name: item.name, ...inside };
	return item.type === "function_call"
		? [{ ...head, input: JSON.parse(item.arguments), free: false }]
		: [{ ...head, input: item.input, free: true }];
}

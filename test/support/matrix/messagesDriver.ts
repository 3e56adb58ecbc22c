import Anthropic, { APIError } from "@anthropic-ai/sdk";
import type {
	CacheControlEphemeral,
	ContentBlockParam,
	Message,
	MessageCreateParamsBase,
	MessageParam,
	TextBlockParam,
	Tool,
	ToolResultBlockParam,
	ToolUnion,
} from "@anthropic-ai/sdk/resources/messages";
import type { Ask, AskPart, AskResult, AskTurn } from "./ask.ts";
import { type Driver, type Heard, nothingHeard, numbersIn } from "./heard.ts";

/** The official SDK on Messages. */
export const messagesDriver: Driver = {
	name: "@anthropic-ai/sdk",
	client: "anthropic",
	official: true,
	cannot: new Set([
		...(["seed", "presencePenalty", "frequencyPenalty", "logprobs", "candidates", "verbosity", "cacheKey"] as const),
		...(["metadata", "freeTool", "grammar", "namespace", "allowedTools", "json", "audio"] as const),
	]),
	send: async (ask, { origin, apiKey, model, stream, fetch }) => {
		const { messages } = new Anthropic({ baseURL: origin, apiKey, maxRetries: 0, fetch });
		const body = { ...bodyOf(ask), model, ...ask.extra };
		if (!stream) return heardOf(await messages.create({ ...body, stream: false }));
		return heardOf(await messages.stream({ ...body, stream: true }).finalMessage());
	},
	failure: (error) =>
		error instanceof APIError
			? { status: error.status ?? null, type: error.type ?? null, code: null, message: error.message }
			: null,
};

const ephemeral: CacheControlEphemeral = { type: "ephemeral" };

function bodyOf(ask: Ask): Omit<MessageCreateParamsBase, "model" | "stream"> {
	const { system, maxTokens, temperature, topP, topK, stop, effort, budget, thoughts, serviceTier, user, output } = ask;
	const { tools = [], toolChoice, parallel, webSearch, cacheMarks } = ask;
	const offered: ToolUnion[] = [
		...tools.map(toolOf),
		...(webSearch ? [{ type: "web_search_20250305" as const, name: "web_search" as const }] : []),
	];
	const last = offered.at(-1);
	if (cacheMarks && last !== undefined) offered[offered.length - 1] = { ...last, cache_control: ephemeral };
	const marked = cacheMarks ? { cache_control: ephemeral } : {};
	const config = {
		...(effort !== undefined && effort !== "none" && effort !== "minimal" && { effort }),
		...(typeof output === "object" && { format: { type: "json_schema" as const, schema: { ...output.schema } } }),
	};
	return {
		max_tokens: maxTokens ?? 16_000,
		...(system && {
			system:
				system.length === 1 && !cacheMarks
					? (system[0] ?? "")
					: system.map((text): TextBlockParam => ({ type: "text", text, ...marked })),
		}),
		messages: messagesOf(ask),
		...(offered.length > 0 && { tools: offered }),
		...((toolChoice !== undefined || parallel === false) && { tool_choice: choiceOf(toolChoice ?? "auto", parallel) }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { top_p: topP }),
		...(topK !== undefined && { top_k: topK }),
		...(stop && { stop_sequences: [...stop] }),
		...(budget !== undefined && { thinking: { type: "enabled" as const, budget_tokens: budget } }),
		...(budget === undefined && effort !== undefined && { thinking: { type: "adaptive" as const } }),
		...(budget === undefined && effort === undefined && thoughts && { thinking: { type: "adaptive" as const } }),
		...(Object.keys(config).length > 0 && { output_config: config }),
		...(serviceTier !== undefined && { service_tier: serviceTier === "auto" ? "auto" : "standard_only" }),
		...(user !== undefined && { metadata: { user_id: user } }),
	};
}

function toolOf({ name, description, schema, strict }: NonNullable<Ask["tools"]>[number]): Tool {
	return {
		name,
		...(description !== undefined && { description }),
		input_schema: { type: "object", ...schema },
		...(strict !== undefined && { strict }),
	};
}

function choiceOf(
	choice: NonNullable<Ask["toolChoice"]>,
	parallel: boolean | undefined,
): NonNullable<MessageCreateParamsBase["tool_choice"]> {
	const alone = parallel === false ? { disable_parallel_tool_use: true } : {};
	if (typeof choice === "object") {
		if ("allowed" in choice) throw new Error("Messages knows no allowed tools.");
		return { type: "tool", name: choice.name, ...alone };
	}
	if (choice === "none") return { type: "none" };
	return { type: choice === "required" ? "any" : "auto", ...alone };
}

function messagesOf({ turns, cacheMarks }: Ask): MessageParam[] {
	const lastUser = turns.findLastIndex(({ kind }) => kind === "user");
	return turns.map((turn, index) => turnOf(turn, cacheMarks === true && index === lastUser));
}

function turnOf(turn: AskTurn, isMarked: boolean): MessageParam {
	switch (turn.kind) {
		case "system":
			return { role: "system", content: turn.text };
		case "user": {
			const [only, ...others] = turn.parts;
			if (only?.kind === "text" && others.length === 0 && !isMarked) return { role: "user", content: only.text };
			const blocks = turn.parts.map(partOf);
			const last = blocks.at(-1);
			if (isMarked && last?.type === "text") blocks[blocks.length - 1] = { ...last, cache_control: ephemeral };
			return { role: "user", content: blocks };
		}
		case "assistant":
			return {
				role: "assistant",
				content: turn.parts.map(
					(part): ContentBlockParam =>
						part.kind === "text"
							? { type: "text", text: part.text }
							: { type: "tool_use", id: part.id, name: part.name, input: part.input },
				),
			};
		case "reply":
			return { role: "assistant", content: turn.heard.history as ContentBlockParam[] };
		case "results":
			return { role: "user", content: turn.results.map(resultOf) };
	}
}

function resultOf({ id, content, isError }: AskResult): ToolResultBlockParam {
	const [only, ...others] = content;
	return {
		type: "tool_result",
		tool_use_id: id,
		content:
			only?.kind === "text" && others.length === 0
				? only.text
				: content.map((part) => partOf(part) as Exclude<NonNullable<ToolResultBlockParam["content"]>, string>[number]),
		...(isError === true && { is_error: true }),
	};
}

function partOf(part: AskPart): ContentBlockParam {
	switch (part.kind) {
		case "text":
			return { type: "text", text: part.text };
		case "image":
			return { type: "image", source: { type: "base64", media_type: "image/png", data: part.data } };
		case "imageUrl":
			return { type: "image", source: { type: "url", url: part.url } };
		case "pdf":
			return {
				type: "document",
				title: part.name,
				source: { type: "base64", media_type: "application/pdf", data: part.data },
			};
		case "audio":
			throw new Error("Messages takes no audio.");
	}
}

function heardOf(whole: Message): Heard {
	const { content } = whole;
	const texts = content.filter((block) => block.type === "text");
	const text = texts.map((block) => block.text).join("");
	return {
		...nothingHeard,
		text,
		reasoning: content.flatMap((block) => (block.type === "thinking" ? [block.thinking] : [])).join(""),
		refusal: whole.stop_details?.explanation ?? "",
		calls: content.flatMap((block) =>
			block.type === "tool_use" ? [{ id: block.id, name: block.name, input: block.input, free: false }] : [],
		),
		candidates: [text],
		citations: texts
			.flatMap(({ citations }) => citations ?? [])
			.flatMap((citation) => (citation.type === "web_search_result_location" ? [citation] : []))
			.map(({ url, title }) => ({ url, title: title ?? "" })),
		finish: whole.stop_reason ?? "",
		stopSequence: whole.stop_sequence,
		usage: numbersIn(whole.usage),
		id: whole.id,
		model: whole.model,
		history: content,
	};
}

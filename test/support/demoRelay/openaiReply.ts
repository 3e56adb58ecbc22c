import type {
	ChatCompletion,
	ChatCompletionChunk,
	ChatCompletionMessage,
	ChatCompletionMessageToolCall,
	ChatCompletionTokenLogprob,
} from "openai/resources/chat/completions";
import type { CompletionUsage } from "openai/resources/completions";
import { likelihoods, type Script, type ScriptPart, type ScriptUsage, source } from "./script.ts";
import { argumentParts, created, partId } from "./turn.ts";

type CallPart = Extract<ScriptPart, { kind: "call" }>;
type FinishReason = ChatCompletion.Choice["finish_reason"];
/** What other makers' APIs of this shape add: the thinking, as text. */
type Thinking = { readonly reasoning_content?: string };
type Annotations = Pick<ChatCompletionMessage, "annotations">;

export interface OpenaiHead {
	readonly id: string;
	readonly model: string;
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
	length: "length",
	filter: "content_filter",
	content_filter: "content_filter",
	function_call: "function_call",
};

export function openaiWhole({ id, model }: OpenaiHead, script: Script, usage: ScriptUsage): ChatCompletion {
	return {
		id,
		object: "chat.completion",
		created,
		model,
		choices: script.candidates.map((parts, index) => ({
			index,
			message: message(id, index, parts),
			logprobs: script.logprobs === null ? null : logprobs(textPieces(parts), script.logprobs),
			finish_reason: finishReason(script, parts),
		})),
		usage: openaiUsage(usage),
	};
}

function message(id: string, candidate: number, parts: readonly ScriptPart[]): ChatCompletionMessage & Thinking {
	const calls = parts.filter((part) => part.kind === "call");
	const refusal = piecesOf(parts, "refusal").join("");
	const text = textPieces(parts).join("");
	const thinking = piecesOf(parts, "reasoning").join("");
	return {
		role: "assistant",
		refusal: refusal || null,
		content: text || (calls.length > 0 || refusal !== "" ? null : ""),
		...(calls.length > 0 && { tool_calls: calls.map((call, index) => wholeCall(callId(id, candidate, index), call)) }),
		...(thinking !== "" && { reasoning_content: thinking }),
		...annotations(parts),
	};
}

function wholeCall(id: string, { tool, input }: CallPart): ChatCompletionMessageToolCall {
	return tool.free === true
		? { id, type: "custom", custom: { name: tool.name, input } }
		: { id, type: "function", function: { name: tool.name, arguments: input } };
}

/** @param withUsage says `usage: null` in each chunk; its own one is not among them. */
export function* openaiChunks(
	{ id, model }: OpenaiHead,
	script: Script,
	withUsage: boolean,
): Generator<ChatCompletionChunk> {
	const streams = script.candidates.map((parts, index) => [...candidateChunks(id, index, parts, script)]);
	const longest = Math.max(...streams.map(({ length }) => length));
	for (let place = 0; place < longest; place += 1) {
		for (const choices of streams) {
			const choice = choices[place];
			if (!choice) continue;
			yield { ...openaiChunkHead({ id, model }), choices: [choice], ...(withUsage && { usage: null }) };
		}
	}
}

export function openaiChunkHead({ id, model }: OpenaiHead) {
	return { id, object: "chat.completion.chunk", created, model } as const;
}

function* candidateChunks(
	id: string,
	index: number,
	parts: readonly ScriptPart[],
	script: Script,
): Generator<ChatCompletionChunk.Choice> {
	const choice = (
		delta: ChatCompletionChunk.Choice.Delta & Thinking & Annotations,
		rest: Partial<ChatCompletionChunk.Choice> = {},
	): ChatCompletionChunk.Choice => ({ index, delta, logprobs: null, finish_reason: null, ...rest });
	const [first] = parts;
	if (first?.kind !== "call") yield choice({ role: "assistant", content: "", refusal: null });
	for (const part of parts) {
		if (part.kind === "text") {
			for (const piece of part.pieces) {
				const told = script.logprobs === null ? {} : { logprobs: logprobs([piece], script.logprobs) };
				yield choice({ content: piece }, told);
			}
			if (part.cited) yield choice(annotations(parts));
		}
		if (part.kind === "reasoning") for (const piece of part.pieces) yield choice({ reasoning_content: piece });
		if (part.kind === "refusal") for (const piece of part.pieces) yield choice({ refusal: piece });
	}
	const calls = parts.filter((part) => part.kind === "call").map((call, place) => callDeltas(id, index, place, call));
	for (const [place, delta] of (script.mixed ? mixed(calls) : calls.flat()).entries()) {
		const opens = place === 0 && first?.kind === "call";
		yield choice({ ...(opens && { role: "assistant", content: null }), tool_calls: [delta] });
	}
	yield choice({}, { finish_reason: finishReason(script, parts) });
}

function callDeltas(
	id: string,
	candidate: number,
	index: number,
	{ tool, input }: CallPart,
): ChatCompletionChunk.Choice.Delta.ToolCall[] {
	const head = { index, id: callId(id, candidate, index) };
	return tool.free === true
		? [
				{ ...head, type: "custom", custom: { name: tool.name, input: "" } },
				...argumentParts(input).map((part) => ({ index, custom: { input: part } })),
			]
		: [
				{ ...head, type: "function", function: { name: tool.name, arguments: "" } },
				...argumentParts(input).map((part) => ({ index, function: { arguments: part } })),
			];
}

/** Each list's first item, then each one's second, and so on. */
export function mixed<Item>(lists: readonly (readonly Item[])[]): Item[] {
	const longest = Math.max(0, ...lists.map(({ length }) => length));
	return Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat();
}

function finishReason({ end }: Script, parts: readonly ScriptPart[]): FinishReason {
	const asked = end.kind === "asked" ? finishReasons[end.word] : undefined;
	return asked ?? (parts.some(({ kind }) => kind === "call") ? "tool_calls" : "stop");
}

function textPieces(parts: readonly ScriptPart[]): readonly string[] {
	return piecesOf(parts, "text");
}

function piecesOf(parts: readonly ScriptPart[], kind: "text" | "reasoning" | "refusal"): readonly string[] {
	return parts.flatMap((part) => (part.kind === kind ? part.pieces : []));
}

function annotations(parts: readonly ScriptPart[]): Annotations {
	let start = 0;
	const found: ChatCompletionMessage.Annotation[] = [];
	for (const part of parts) {
		if (part.kind !== "text") continue;
		const end = start + part.pieces.join("").length;
		const { url, title } = source;
		if (part.cited)
			found.push({ type: "url_citation", url_citation: { start_index: start, end_index: end, title, url } });
		start = end;
	}
	return found.length === 0 ? {} : { annotations: found };
}

function logprobs(pieces: readonly string[], alternatives: number): ChatCompletion.Choice.Logprobs {
	const told = ({ token, logprob }: { token: string; logprob: number }) => ({
		token,
		logprob,
		bytes: [...Buffer.from(token)],
	});
	const content = pieces.map((piece): ChatCompletionTokenLogprob => {
		const top = likelihoods(piece, Math.max(1, alternatives)).map(told);
		return { ...told({ token: piece, logprob: -0.25 }), top_logprobs: top.slice(0, alternatives) };
	});
	return { content, refusal: null };
}

export function openaiUsage({ input, cached, cacheWritten, output, reasoning }: ScriptUsage): CompletionUsage {
	return {
		prompt_tokens: input,
		completion_tokens: output,
		total_tokens: input + output,
		prompt_tokens_details: { cached_tokens: cached, ...(cacheWritten > 0 && { cache_write_tokens: cacheWritten }) },
		completion_tokens_details: { reasoning_tokens: reasoning },
	};
}

function callId(id: string, candidate: number, index: number): string {
	return partId("call_", Buffer.from(`${id} ${candidate}`), index);
}

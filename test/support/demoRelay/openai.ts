import type { ChatCompletion, ChatCompletionChunk } from "openai/resources/chat/completions";
import type { Completion, CompletionUsage } from "openai/resources/completions";
import type { CreateEmbeddingResponse } from "openai/resources/embeddings";
import {
	type Answer,
	type DemoFormat,
	eventStream,
	type Inquiry,
	json,
	objectOf,
	objectsOf,
	readObject,
	textOf,
} from "./answer.ts";
import { openaiError, openaiKeyProblem, openaiModelList, openaiModelNotFound } from "./openaiShared.ts";
import {
	argumentParts,
	contentText,
	created,
	describeImageUrl,
	embeddingOf,
	idOf,
	outputTokens,
	type Reply,
	replyTo,
	steeringOf,
	type Turn,
	tokensIn,
} from "./turn.ts";

export const openaiModels = ["demo-openai-large", "demo-openai-small"] as const;

/** OpenAI's API below `/v1`: chat, completions, embeddings and models. */
export const demoOpenai: DemoFormat = {
	answer: (inquiry, acceptedKey) => {
		const refused = openaiKeyProblem(inquiry, acceptedKey);
		if (refused) return refused;
		if (inquiry.method === "GET") return openaiModelList(inquiry.path, openaiModels);
		const body = readObject(inquiry.body);
		if (!body) return openaiError(400, "We could not parse the JSON body of your request.");
		const model = textOf(body["model"]);
		if (!model) return openaiError(400, "you must provide a model parameter");
		if (!openaiModels.some((known) => known === model)) return openaiModelNotFound(404, model);
		switch (inquiry.path) {
			case "/v1/chat/completions":
				return chat(inquiry, body, model);
			case "/v1/completions":
				return completion(inquiry, body, model);
			case "/v1/embeddings":
				return embeddings(body, model);
			default:
				return openaiError(404, `Invalid URL (${inquiry.method} ${inquiry.path})`);
		}
	},
};

function chat(inquiry: Inquiry, body: Readonly<Record<string, unknown>>, model: string): Answer {
	if (!Array.isArray(body["messages"]) || body["messages"].length === 0) {
		return openaiError(400, "Missing required parameter: 'messages'.", "missing_required_parameter", "messages");
	}
	const turn = turnOf(body, model);
	const steering = steeringOf(turn.text);
	if (steering.status !== null) return openaiError(steering.status, `The demo relay was asked for ${steering.status}.`);
	const reply = replyTo(turn);
	const usage = usageOf(inquiry.body, outputTokens(reply));
	const id = idOf("chatcmpl-", inquiry.body);
	const headers = { "x-request-id": idOf("req_", inquiry.body) };
	if (body["stream"] === true) {
		const withUsage = objectOf(body["stream_options"])?.["include_usage"] === true;
		const chunks = [...chunksOf(id, model, reply, withUsage)];
		if (withUsage) chunks.push({ ...chunkHead(id, model), choices: [], usage });
		return eventStream(
			[...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"],
			steering,
			headers,
		);
	}
	const whole = {
		id,
		object: "chat.completion",
		created,
		model,
		choices: [
			{
				index: 0,
				message: {
					role: "assistant",
					refusal: null,
					...(reply.kind === "text"
						? { content: reply.pieces.join("") }
						: {
								content: null,
								tool_calls: [
									{
										id: callId(id),
										type: "function" as const,
										function: { name: reply.name, arguments: JSON.stringify(reply.input) },
									},
								],
							}),
				},
				logprobs: null,
				finish_reason: reply.kind === "text" ? "stop" : "tool_calls",
			},
		],
		usage,
	} satisfies ChatCompletion;
	return json(whole, { steering, headers });
}

function chunkHead(id: string, model: string) {
	return { id, object: "chat.completion.chunk", created, model } as const;
}

function* chunksOf(id: string, model: string, reply: Reply, withUsage: boolean): Generator<ChatCompletionChunk> {
	const chunk = (
		delta: ChatCompletionChunk.Choice.Delta,
		finishReason: ChatCompletionChunk.Choice["finish_reason"] = null,
	): ChatCompletionChunk => ({
		...chunkHead(id, model),
		choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
		...(withUsage && { usage: null }),
	});
	if (reply.kind === "text") {
		yield chunk({ role: "assistant", content: "", refusal: null });
		for (const piece of reply.pieces) yield chunk({ content: piece });
		yield chunk({}, "stop");
		return;
	}
	const call = { index: 0, id: callId(id), type: "function" } as const;
	yield chunk({
		role: "assistant",
		content: null,
		tool_calls: [{ ...call, function: { name: reply.name, arguments: "" } }],
	});
	for (const part of argumentParts(JSON.stringify(reply.input))) {
		yield chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] });
	}
	yield chunk({}, "tool_calls");
}

function callId(id: string): string {
	return id.replace(/^[^-_]+[-_]/, "call_");
}

function completion(inquiry: Inquiry, body: Readonly<Record<string, unknown>>, model: string): Answer {
	const prompt = body["prompt"];
	const text = textOf(Array.isArray(prompt) ? prompt[0] : prompt);
	const steering = steeringOf(text);
	if (steering.status !== null) return openaiError(steering.status, `The demo relay was asked for ${steering.status}.`);
	const reply = replyTo({ model, text, images: [], toolResult: null, tools: [] });
	const pieces = reply.kind === "text" ? reply.pieces : [];
	const part = (piece: string, finishReason: "stop" | null) => ({
		id: idOf("cmpl-", inquiry.body),
		object: "text_completion" as const,
		created,
		model,
		choices: [{ index: 0, text: piece, logprobs: null, finish_reason: finishReason }],
	});
	if (body["stream"] === true) {
		const events = [...pieces.map((piece) => part(piece, null)), part("", "stop")];
		return eventStream([...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"], steering);
	}
	const whole = {
		...part("", null),
		choices: [{ index: 0, text: pieces.join(""), logprobs: null, finish_reason: "stop" }],
		usage: usageOf(inquiry.body, outputTokens(reply)),
	} satisfies Completion;
	return json(whole, { steering });
}

function embeddings(body: Readonly<Record<string, unknown>>, model: string): Answer {
	const input = body["input"];
	if (input === undefined)
		return openaiError(400, "Missing required parameter: 'input'.", "missing_required_parameter", "input");
	// An array of numbers is one text given as tokens.
	const texts = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
	const steering = steeringOf(textOf(texts[0]));
	if (steering.status !== null) return openaiError(steering.status, `The demo relay was asked for ${steering.status}.`);
	const dimensions = typeof body["dimensions"] === "number" ? body["dimensions"] : undefined;
	const tokens = tokensIn(JSON.stringify(input).length);
	const whole = {
		object: "list",
		data: texts.map((text, index) => ({
			object: "embedding",
			index,
			embedding: embeddingOf(typeof text === "string" ? text : JSON.stringify(text), dimensions),
		})),
		model,
		usage: { prompt_tokens: tokens, total_tokens: tokens },
	} satisfies CreateEmbeddingResponse;
	if (body["encoding_format"] !== "base64") return json(whole, { steering });
	const data = whole.data.map((item) => ({ ...item, embedding: base64Of(item.embedding) }));
	return json({ ...whole, data }, { steering });
}

/** 32-bit floats, little endian, as the SDK decodes them. */
function base64Of(numbers: readonly number[]): string {
	return Buffer.from(new Float32Array(numbers).buffer).toString("base64");
}

function turnOf(body: Readonly<Record<string, unknown>>, model: string): Turn {
	const messages = objectsOf(body["messages"]);
	const last = messages.at(-1);
	const user = messages.findLast(({ role }) => role === "user");
	const parts = objectsOf(user?.["content"]);
	return {
		model,
		text: textOf(user?.["content"]) || parts.map(({ text }) => textOf(text)).join(" "),
		images: parts
			.map(({ image_url: image }) => textOf(objectOf(image)?.["url"]))
			.filter(Boolean)
			.map(describeImageUrl),
		toolResult: last?.["role"] === "tool" ? contentText(last["content"]) : null,
		tools:
			last?.["role"] !== "user"
				? []
				: objectsOf(body["tools"]).flatMap(({ function: offered }) => {
						const tool = objectOf(offered);
						return tool ? [{ name: textOf(tool["name"]), schema: tool["parameters"] }] : [];
					}),
	};
}

function usageOf(requestBody: Buffer, completionTokens: number): CompletionUsage {
	const promptTokens = tokensIn(requestBody.length);
	return {
		prompt_tokens: promptTokens,
		completion_tokens: completionTokens,
		total_tokens: promptTokens + completionTokens,
		prompt_tokens_details: { cached_tokens: 0 },
		completion_tokens_details: { reasoning_tokens: 0 },
	};
}

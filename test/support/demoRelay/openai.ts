import type { Completion } from "openai/resources/completions";
import type { CreateEmbeddingResponse } from "openai/resources/embeddings";
import {
	type Answer,
	type DemoFormat,
	eventStream,
	hasModel,
	type Inquiry,
	json,
	type Manner,
	objectOf,
	readObject,
	textOf,
} from "./answer.ts";
import { failureStatuses, halted, withFault } from "./fault.ts";
import { openaiChunkHead, openaiChunks, openaiUsage, openaiWhole } from "./openaiReply.ts";
import { openaiRefusal } from "./openaiRules.ts";

import {
	isOpenais,
	openaiError,
	openaiErrorBody,
	openaiKeyProblem,
	openaiModelList,
	openaiModelNotFound,
} from "./openaiShared.ts";
import { openaiTurn } from "./openaiTurn.ts";
import { type Script, scriptOf, usageOf } from "./script.ts";
import { created, embeddingOf, idOf, plainSettings, steeringOf, tokensIn } from "./turn.ts";

export const openaiModels = ["demo-openai-large", "demo-openai-small"] as const;

/** OpenAI's API below `/v1`: chat, completions, embeddings and models. */
export const demoOpenai: DemoFormat = {
	answer: (inquiry, acceptedKey, manner = "lenient") => {
		const refused = openaiKeyProblem(inquiry, acceptedKey);
		if (refused) return refused;
		if (inquiry.method === "GET") return openaiModelList(inquiry.path, openaiModels);
		const body = readObject(inquiry.body);
		if (!body) return openaiError(400, "We could not parse the JSON body of your request.");
		const model = textOf(body["model"]);
		if (!model) return openaiError(400, "you must provide a model parameter");
		if (!hasModel(model, openaiModels, /^(?:gpt|o\d)-/, manner)) return openaiModelNotFound(404, model);
		switch (inquiry.path) {
			case "/v1/chat/completions":
				return chat(inquiry, body, model, manner);
			case "/v1/completions":
				return completion(inquiry, body, model);
			case "/v1/embeddings":
				return embeddings(body, model);
			default:
				return openaiError(404, `Invalid URL (${inquiry.method} ${inquiry.path})`);
		}
	},
};

function chat(inquiry: Inquiry, body: Readonly<Record<string, unknown>>, model: string, manner: Manner): Answer {
	if (!Array.isArray(body["messages"]) || body["messages"].length === 0) {
		return openaiError(400, "Missing required parameter: 'messages'.", "missing_required_parameter", "messages");
	}
	const refused = manner === "strict" ? openaiRefusal(body) : null;
	if (refused !== null) return openaiError(400, refused.message, refused.code, refused.param);
	const turn = openaiTurn(body, model);
	const steering = steeringOf(turn.text);
	if (steering.status !== null) return asked(steering.status, steering.code);
	const thought = scriptOf(turn);
	const usage = usageOf(thought, inquiry.body);
	const script = isOpenais(model) ? withoutThinking(thought) : thought;
	const head = { id: idOf("chatcmpl-", inquiry.body), model };
	const headers = { "x-request-id": idOf("req_", inquiry.body) };
	if (body["stream"] !== true) {
		if (script.fault?.kind === "fail") return asked(failureStatuses[script.fault.code] ?? 500, "");
		return halted(json(openaiWhole(head, script, usage), { steering, headers }), script);
	}
	const withUsage = objectOf(body["stream_options"])?.["include_usage"] === true;
	const chunks = [...openaiChunks(head, script, withUsage)];
	const ending = chunks.findIndex(({ choices }) => choices[0]?.finish_reason != null);
	if (withUsage) chunks.push({ ...openaiChunkHead(head), choices: [], usage: openaiUsage(usage) });
	const events = [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"];
	const failure = (code: string) => {
		const status = failureStatuses[code] ?? 500;
		return [`data: ${JSON.stringify(openaiErrorBody(status, "The demo relay failed on the way."))}\n\n`];
	};
	return eventStream(withFault(events, ending, script, failure), steering, headers);
}

function withoutThinking(script: Script): Script {
	return { ...script, candidates: script.candidates.map((parts) => parts.filter(({ kind }) => kind !== "reasoning")) };
}

function asked(status: number, code: string): Answer {
	return openaiError(status, `The demo relay was asked for ${status}.`, code || null);
}

function completion(inquiry: Inquiry, body: Readonly<Record<string, unknown>>, model: string): Answer {
	const prompt = body["prompt"];
	const text = textOf(Array.isArray(prompt) ? prompt[0] : prompt);
	const steering = steeringOf(text);
	if (steering.status !== null) return asked(steering.status, steering.code);
	const script = scriptOf({ model, text, images: [], toolResult: null, tools: [], settings: plainSettings });
	const pieces = script.candidates.flat().flatMap((part) => (part.kind === "text" ? part.pieces : []));
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
		usage: openaiUsage(usageOf(script, inquiry.body)),
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
	if (steering.status !== null) return asked(steering.status, steering.code);
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

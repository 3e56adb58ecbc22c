import type {
	ContentBlock,
	Message,
	MessageTokensCount,
	RawMessageStreamEvent,
	Usage,
} from "@anthropic-ai/sdk/resources/messages";
import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { ErrorResponse, ErrorType } from "@anthropic-ai/sdk/resources/shared";
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
import {
	argumentParts,
	contentText,
	created,
	describeImage,
	idOf,
	outputTokens,
	type Reply,
	replyTo,
	steeringOf,
	type Turn,
	tokensIn,
} from "./turn.ts";

export const anthropicModels = ["demo-anthropic-large", "demo-anthropic-small"] as const;

/** Anthropic's API below `/v1`: messages, token counts and models. */
export const demoAnthropic: DemoFormat = {
	answer: (inquiry, acceptedKey) => {
		const { headers, method, path } = inquiry;
		const key = headers["x-api-key"] ?? /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
		if (key === undefined) return anthropicError(401, "x-api-key header is required");
		if (key !== acceptedKey) return anthropicError(401, "invalid x-api-key");
		if (!headers["anthropic-version"]) return anthropicError(400, "anthropic-version: header is required");
		if (method === "GET" && path.startsWith("/v1/models")) return models(inquiry);
		if (method !== "POST" || !/^\/v1\/messages(?:\/count_tokens)?$/.test(path)) return anthropicError(404, "Not found");
		const body = readObject(inquiry.body);
		if (!body) return anthropicError(400, "The request body is not valid JSON");
		const model = textOf(body["model"]);
		if (!model) return anthropicError(400, "model: Field required");
		if (!anthropicModels.some((known) => known === model)) return anthropicError(404, `model: ${model}`);
		if (objectsOf(body["messages"]).length === 0)
			return anthropicError(400, "messages: at least one message is required");
		const turn = turnOf(body, model);
		const steering = steeringOf(turn.text);
		if (steering.status !== null)
			return anthropicError(steering.status, `The demo relay was asked for ${steering.status}.`);
		if (path.endsWith("/count_tokens")) {
			return json({ input_tokens: tokensIn(inquiry.body.length) } satisfies MessageTokensCount, { steering });
		}
		if (typeof body["max_tokens"] !== "number") return anthropicError(400, "max_tokens: Field required");
		const message = messageOf(inquiry, model, replyTo(turn));
		const replyHeaders = { "request-id": idOf("req_", inquiry.body) };
		if (body["stream"] !== true) return json(message, { steering, headers: replyHeaders });
		const events = [...eventsOf(message, replyTo(turn))];
		return eventStream(
			events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
			steering,
			replyHeaders,
		);
	},
};

function messageOf(inquiry: Inquiry, model: string, reply: Reply): Message {
	const block: ContentBlock =
		reply.kind === "text"
			? { type: "text", text: reply.pieces.join(""), citations: null }
			: {
					type: "tool_use",
					id: idOf("toolu_", inquiry.body),
					name: reply.name,
					input: reply.input,
					caller: { type: "direct" },
				};
	return {
		id: idOf("msg_", inquiry.body),
		type: "message",
		role: "assistant",
		model,
		content: [block],
		stop_reason: reply.kind === "text" ? "end_turn" : "tool_use",
		stop_sequence: null,
		stop_details: null,
		container: null,
		diagnostics: null,
		usage: usageOf(inquiry.body, outputTokens(reply)),
	};
}

function* eventsOf(message: Message, reply: Reply): Generator<RawMessageStreamEvent | { readonly type: "ping" }> {
	const [block] = message.content;
	if (!block) return;
	yield {
		type: "message_start",
		message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
	};
	const empty: ContentBlock =
		block.type === "tool_use" ? { ...block, input: {} } : { type: "text", text: "", citations: null };
	yield { type: "content_block_start", index: 0, content_block: empty };
	yield { type: "ping" };
	if (reply.kind === "text") {
		for (const text of reply.pieces) {
			yield { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } };
		}
	} else {
		for (const part of ["", ...argumentParts(JSON.stringify(reply.input))]) {
			yield { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: part } };
		}
	}
	yield { type: "content_block_stop", index: 0 };
	const { stop_reason, usage } = message;
	yield {
		type: "message_delta",
		delta: { stop_reason, stop_sequence: null, stop_details: null, container: null },
		usage: {
			input_tokens: usage.input_tokens,
			cache_creation_input_tokens: 0,
			cache_read_input_tokens: 0,
			output_tokens: usage.output_tokens,
			output_tokens_details: null,
			server_tool_use: null,
		},
	};
	yield { type: "message_stop" };
}

function usageOf(requestBody: Buffer, output: number): Usage {
	return {
		input_tokens: tokensIn(requestBody.length),
		output_tokens: output,
		cache_creation_input_tokens: 0,
		cache_read_input_tokens: 0,
		cache_creation: null,
		inference_geo: null,
		output_tokens_details: null,
		server_tool_use: null,
		service_tier: "standard",
		speed: null,
	};
}

function turnOf(body: Readonly<Record<string, unknown>>, model: string): Turn {
	const last = objectsOf(body["messages"]).findLast(({ role }) => role === "user");
	const blocks = objectsOf(last?.["content"]);
	const result = blocks.findLast(({ type }) => type === "tool_result");
	const tools = objectsOf(body["tools"]).filter(({ name, input_schema: schema }) => textOf(name) && objectOf(schema));
	return {
		model,
		text: textOf(last?.["content"]) || blocks.map(({ text }) => textOf(text)).join(" "),
		images: blocks.filter(({ type }) => type === "image").map(({ source }) => describeSource(objectOf(source))),
		toolResult: result ? contentText(result["content"]) : null,
		tools: tools.map((tool) => ({ name: textOf(tool["name"]), schema: tool["input_schema"] })),
	};
}

function describeSource(source: Readonly<Record<string, unknown>> | null): string {
	return source?.["type"] === "base64"
		? describeImage(textOf(source["media_type"]), textOf(source["data"]))
		: `image at ${textOf(source?.["url"])}`;
}

function models({ path }: Inquiry): Answer {
	const all = anthropicModels.map(
		(id) =>
			({
				type: "model",
				id,
				display_name: id.endsWith("large") ? "Demo Anthropic Large" : "Demo Anthropic Small",
				created_at: new Date(created * 1000).toISOString(),
				capabilities: null,
				deprecated_at: null,
				lifecycle: "active",
				line: null,
				max_input_tokens: 200_000,
				max_tokens: 32_000,
				retires_at: null,
			}) satisfies ModelInfo,
	);
	if (path === "/v1/models") {
		return json({ data: all, has_more: false, first_id: all[0]?.id ?? null, last_id: all.at(-1)?.id ?? null });
	}
	const name = decodeURIComponent(path.slice("/v1/models/".length));
	const model = all.find(({ id }) => id === name);
	return model ? json(model) : anthropicError(404, `model: ${name}`);
}

const errorTypes: Readonly<Record<number, ErrorType>> = {
	400: "invalid_request_error",
	401: "authentication_error",
	402: "billing_error",
	403: "permission_error",
	404: "not_found_error",
	429: "rate_limit_error",
	504: "timeout_error",
	529: "overloaded_error",
};

function anthropicError(status: number, message: string): Answer {
	const type = errorTypes[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
	const error = { type, message: type === "overloaded_error" ? "Overloaded" : message } as ErrorResponse["error"];
	const body: ErrorResponse = { type: "error", error, request_id: "req_demo" };
	return json(body, { status, headers: { "request-id": "req_demo", ...(status === 429 && { "retry-after": "2" }) } });
}

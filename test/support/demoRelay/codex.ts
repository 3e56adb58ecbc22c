import type {
	CompactedResponse,
	Response,
	ResponseFunctionToolCall,
	ResponseOutputMessage,
	ResponseUsage,
} from "openai/resources/responses/responses";
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
import { codexEvents } from "./codexEvents.ts";
import { openaiError, openaiKeyProblem, openaiModelList, openaiModelNotFound } from "./openaiShared.ts";
import {
	contentText,
	created,
	describeImageUrl,
	idOf,
	outputTokens,
	type Reply,
	replyTo,
	steeringOf,
	type Turn,
	tokensIn,
} from "./turn.ts";

export const codexModels = ["demo-codex-large", "demo-codex-small"] as const;

/** The Responses API below `/v1`, and as ChatGPT's backend offers it below `/backend-api/codex`. */
export const demoCodex: DemoFormat = {
	answer: (inquiry, acceptedKey) => {
		const refused = openaiKeyProblem(inquiry, acceptedKey);
		if (refused) return refused;
		const route = inquiry.path.replace(/^\/(?:v1|backend-api\/codex)/, "");
		if (inquiry.method === "GET" && /^\/models(?:\/|$)/.test(route)) {
			return inquiry.query.has("client_version") ? catalogue() : openaiModelList(inquiry.path, codexModels);
		}
		if (inquiry.method !== "POST" || !/^\/responses(?:\/compact)?$/.test(route)) {
			return openaiError(404, `Invalid URL (${inquiry.method} ${inquiry.path})`);
		}
		const body = readObject(inquiry.body);
		if (!body) return openaiError(400, "We could not parse the JSON body of your request.");
		const model = textOf(body["model"]);
		if (!codexModels.some((known) => known === model)) return openaiModelNotFound(400, model);
		if (body["input"] === undefined) {
			return openaiError(400, "Missing required parameter: 'input'.", "missing_required_parameter", "input");
		}
		const turn = turnOf(body, model);
		const steering = steeringOf(turn.text);
		if (steering.status !== null)
			return openaiError(steering.status, `The demo relay was asked for ${steering.status}.`);
		if (route === "/responses/compact") return json(compacted(inquiry, body), { steering });
		const reply = replyTo(turn);
		const response = responseOf(inquiry, body, model, reply);
		const headers = { "x-request-id": idOf("req_", inquiry.body) };
		if (body["stream"] !== true) return json(response, { steering, headers });
		const events = [...codexEvents(response, reply)];
		return eventStream(
			events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
			steering,
			headers,
		);
	},
};

/** The finished reply as it travels; `output_text` is the SDK's own. */
function responseOf(
	inquiry: Inquiry,
	body: Readonly<Record<string, unknown>>,
	model: string,
	reply: Reply,
): Omit<Response, "output_text"> {
	return {
		id: idOf("resp_", inquiry.body),
		object: "response",
		created_at: created,
		status: "completed",
		access_programs: null,
		background: false,
		completed_at: created,
		error: null,
		incomplete_details: null,
		instructions: textOf(body["instructions"]) || null,
		max_output_tokens: null,
		metadata: {},
		model,
		output: [itemOf(inquiry, reply)],
		parallel_tool_calls: body["parallel_tool_calls"] !== false,
		previous_response_id: null,
		reasoning: { effort: null, summary: null },
		temperature: 1,
		text: { format: { type: "text" } },
		tool_choice: "auto",
		tools: [],
		top_p: 1,
		truncation: "disabled",
		usage: usageOf(inquiry.body, outputTokens(reply)),
	};
}

function itemOf(inquiry: Inquiry, reply: Reply): ResponseOutputMessage | ResponseFunctionToolCall {
	return reply.kind === "text"
		? {
				type: "message",
				id: idOf("msg_", inquiry.body),
				role: "assistant",
				status: "completed",
				content: [{ type: "output_text", text: reply.pieces.join(""), annotations: [], logprobs: [] }],
			}
		: {
				type: "function_call",
				id: idOf("fc_", inquiry.body),
				call_id: idOf("call_", inquiry.body),
				name: reply.name,
				arguments: JSON.stringify(reply.input),
				status: "completed",
			};
}

function compacted(inquiry: Inquiry, body: Readonly<Record<string, unknown>>): CompactedResponse {
	const kept = objectsOf(body["input"]).filter(({ role }) => role === "user") as unknown as CompactedResponse["output"];
	return {
		id: idOf("resp_", inquiry.body),
		object: "response.compaction",
		created_at: created,
		output: [
			...kept,
			{
				type: "compaction",
				id: idOf("cmp_", inquiry.body),
				encrypted_content: inquiry.body.toString("base64").slice(0, 64),
			},
		],
		usage: usageOf(inquiry.body, 16),
	};
}

function usageOf(requestBody: Buffer, output: number): ResponseUsage {
	const input = tokensIn(requestBody.length);
	return {
		input_tokens: input,
		input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
		output_tokens: output,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: input + output,
	};
}

function turnOf(body: Readonly<Record<string, unknown>>, model: string): Turn {
	const items = objectsOf(body["input"]);
	const last = items.at(-1);
	const user = items.findLast(({ role }) => role === "user");
	const parts = objectsOf(user?.["content"]);
	const images = parts.filter(({ type }) => type === "input_image");
	const isToolResult = last?.["type"] === "function_call_output";
	const functions = objectsOf(body["tools"]).filter(({ type }) => type === "function");
	return {
		model,
		text: textOf(body["input"]) || contentText(user?.["content"]),
		images: images.map(({ image_url: url }) => describeImageUrl(textOf(url))),
		toolResult: isToolResult ? contentText(last["output"]) : null,
		tools: functions.map(({ name, parameters }) => ({ name: textOf(name), schema: objectOf(parameters) })),
	};
}

/** The list of models as Codex itself asks for it. */
function catalogue(): Answer {
	const models = codexModels.map((slug, index) => ({
		slug,
		display_name: slug,
		description: "Answers as the demo does.",
		default_reasoning_level: "medium",
		supported_reasoning_levels: [
			{ effort: "low", description: "Quick" },
			{ effort: "medium", description: "Balanced" },
		],
		shell_type: "shell_command",
		visibility: "list",
		supported_in_api: true,
		priority: index,
		input_modalities: ["text", "image"],
		supports_parallel_tool_calls: true,
		context_window: 272_000,
		truncation_policy: { mode: "tokens", limit: 10_000 },
		experimental_supported_tools: [],
	}));
	return json({ models }, { headers: { etag: '"demo-codex-models-1"' } });
}

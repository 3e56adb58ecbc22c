import type { MessageTokensCount } from "@anthropic-ai/sdk/resources/messages";
import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { ErrorResponse, ErrorType } from "@anthropic-ai/sdk/resources/shared";
import {
	type Answer,
	type DemoFormat,
	eventStream,
	hasModel,
	type Inquiry,
	json,
	objectsOf,
	readObject,
	textOf,
} from "./answer.ts";
import { anthropicEvents, anthropicMessage, anthropicUsage, playedBlocks } from "./anthropicReply.ts";
import { anthropicRefusal } from "./anthropicRules.ts";
import { anthropicTurn, thinkingShown } from "./anthropicTurn.ts";
import { failureStatuses, halted, withFault } from "./fault.ts";
import { scriptOf, usageOf } from "./script.ts";
import { created, idOf, type Steering, steeringOf, type Turn, tokensIn } from "./turn.ts";

export const anthropicModels = ["demo-anthropic-large", "demo-anthropic-small"] as const;

/** Anthropic's API below `/v1`: messages, token counts and models. */
export const demoAnthropic: DemoFormat = {
	answer: (inquiry, acceptedKey, manner = "lenient") => {
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
		if (!hasModel(model, anthropicModels, /^claude-/, manner)) return anthropicError(404, `model: ${model}`);
		if (objectsOf(body["messages"]).length === 0)
			return anthropicError(400, "messages: at least one message is required");
		const turn = anthropicTurn(body, model);
		const steering = steeringOf(turn.text);
		const counts = path.endsWith("/count_tokens");
		if (!counts && typeof body["max_tokens"] !== "number") return anthropicError(400, "max_tokens: Field required");
		const refused = manner === "strict" ? anthropicRefusal(body) : null;
		if (refused !== null) return anthropicError(400, refused);
		if (steering.status !== null) return asked(steering.status, steering.code);
		if (counts) return json({ input_tokens: tokensIn(inquiry.body.length) } satisfies MessageTokensCount, { steering });
		return message(inquiry, body, turn, steering);
	},
};

function message(inquiry: Inquiry, body: Readonly<Record<string, unknown>>, turn: Turn, steering: Steering): Answer {
	const script = scriptOf(turn);
	const blocks = playedBlocks(inquiry.body, script, thinkingShown(body));
	const usage = anthropicUsage(usageOf(script, inquiry.body));
	const whole = anthropicMessage(idOf("msg_", inquiry.body), turn.model, script, blocks, usage);
	const headers = { "request-id": idOf("req_", inquiry.body) };
	if (body["stream"] !== true) {
		if (script.fault?.kind === "fail") return asked(failureStatuses[script.fault.code] ?? 500, "");
		return halted(json(whole, { steering, headers }), script);
	}
	const events = [...anthropicEvents(whole, blocks)];
	const frame = (event: { readonly type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
	const ending = events.findIndex(({ type }) => type === "message_delta");
	const failure = (code: string) => {
		const status = failureStatuses[code] ?? 500;
		return [frame(errorBody(status, "The demo relay failed on the way.", ""))];
	};
	return eventStream(withFault(events.map(frame), ending, script, failure), steering, headers, frame({ type: "ping" }));
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

function anthropicError(status: number, message: string, type = ""): Answer {
	return json(errorBody(status, message, type), {
		status,
		headers: { "request-id": "req_demo", ...(status === 429 && { "retry-after": "2" }) },
	});
}

function asked(status: number, type: string): Answer {
	return anthropicError(status, `The demo relay was asked for ${status}.`, type);
}

/** @param given the type of the error; by its status where it is empty. */
function errorBody(status: number, message: string, given: string): ErrorResponse {
	const type = given || (errorTypes[status] ?? (status >= 500 ? "api_error" : "invalid_request_error"));
	const error = { type, message: type === "overloaded_error" ? "Overloaded" : message } as ErrorResponse["error"];
	return { type: "error", error, request_id: "req_demo" };
}

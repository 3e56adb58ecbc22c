import type { Format } from "../../../src/accounts/account.ts";

/** What a relay may complain about, in the words that each format's own service uses. */
export type Complaint =
	| "keyInvalid"
	| "outOfQuota"
	| "rateLimited"
	| "modelRateLimited"
	| "overloaded"
	| "serverError"
	| "modelUnknown"
	| "requestInvalid";

export interface ErrorReply {
	/** What the format's own service sends with it. */
	readonly status: number;
	readonly body: object;
}

type ErrorReplies = Readonly<Record<Complaint, (model: string) => ErrorReply>>;

function openai(status: number, type: string, code: string | null, message: string): ErrorReply {
	return { status, body: { error: { message, type, param: null, code } } };
}

const openaiReplies: ErrorReplies = {
	keyInvalid: () => openai(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-a****."),
	outOfQuota: () =>
		openai(
			429,
			"insufficient_quota",
			"insufficient_quota",
			"You exceeded your current quota, please check your plan and billing details.",
		),
	rateLimited: () =>
		openai(429, "requests", "rate_limit_exceeded", "Rate limit reached. Limit 3, Used 3, Requested 1."),
	modelRateLimited: (model) =>
		openai(429, "tokens", "rate_limit_exceeded", `Rate limit reached for ${model} in organization org-demo on tokens.`),
	overloaded: () => openai(503, "service_unavailable_error", null, "The engine is currently overloaded."),
	serverError: () => openai(500, "server_error", null, "The server had an error while processing your request."),
	modelUnknown: (model) =>
		openai(404, "invalid_request_error", "model_not_found", `The model \`${model}\` does not exist.`),
	requestInvalid: () => openai(400, "invalid_request_error", null, "Invalid value for 'temperature'."),
};

const codexReplies: ErrorReplies = {
	...openaiReplies,
	outOfQuota: () => ({
		status: 429,
		body: {
			error: {
				type: "usage_limit_reached",
				message: "The usage limit has been reached",
				plan_type: "plus",
				resets_in_seconds: 1800,
			},
		},
	}),
	overloaded: () => openai(503, "server_error", "server_is_overloaded", "Our servers are currently overloaded."),
	modelUnknown: (model) =>
		openai(400, "invalid_request_error", "model_not_found", `The requested model '${model}' does not exist.`),
};

function anthropic(status: number, type: string, message: string): ErrorReply {
	return { status, body: { type: "error", error: { type, message }, request_id: "req_hostile" } };
}

const anthropicReplies: ErrorReplies = {
	keyInvalid: () => anthropic(401, "authentication_error", "invalid x-api-key"),
	outOfQuota: () =>
		anthropic(
			400,
			"invalid_request_error",
			"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
		),
	rateLimited: () => anthropic(429, "rate_limit_error", "Number of requests has exceeded your per-minute rate limit."),
	modelRateLimited: (model) =>
		anthropic(429, "rate_limit_error", `This request would exceed your rate limit for the model ${model}.`),
	overloaded: () => anthropic(529, "overloaded_error", "Overloaded"),
	serverError: () => anthropic(500, "api_error", "Internal server error"),
	modelUnknown: (model) => anthropic(404, "not_found_error", `model: ${model}`),
	requestInvalid: () => anthropic(400, "invalid_request_error", "temperature: Input should be less than or equal to 1"),
};

function gemini(status: number, word: string, message: string, details?: readonly object[]): ErrorReply {
	return { status, body: { error: { code: status, message, status: word, ...(details && { details }) } } };
}

function errorInfo(reason: string): object {
	return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com" };
}

const geminiReplies: ErrorReplies = {
	/** Gemini answers a wrong API key with 400, not with 401. */
	keyInvalid: () => gemini(400, "INVALID_ARGUMENT", "API key not valid.", [errorInfo("API_KEY_INVALID")]),
	outOfQuota: () =>
		gemini(403, "PERMISSION_DENIED", "This API method requires billing to be enabled.", [
			errorInfo("BILLING_DISABLED"),
		]),
	rateLimited: () => gemini(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
	modelRateLimited: (model) =>
		gemini(429, "RESOURCE_EXHAUSTED", "Too many requests.", [
			{
				"@type": "type.googleapis.com/google.rpc.QuotaFailure",
				violations: [
					{
						quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
						quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
						quotaDimensions: { location: "global", model },
						quotaValue: "10",
					},
				],
			},
		]),
	overloaded: () => gemini(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
	serverError: () => gemini(500, "INTERNAL", "An internal error has occurred."),
	modelUnknown: (model) => gemini(404, "NOT_FOUND", `models/${model} is not found for API version v1beta.`),
	requestInvalid: () => gemini(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
};

const replies: Readonly<Record<Format, ErrorReplies>> = {
	codex: codexReplies,
	openai: openaiReplies,
	anthropic: anthropicReplies,
	gemini: geminiReplies,
};

export function errorReply(format: Format, complaint: Complaint, model: string): ErrorReply {
	return replies[format][complaint](model);
}

/** The same complaint as an event of a stream. */
export function errorEvent(format: Format, complaint: Complaint, model: string): string {
	const { body } = errorReply(format, complaint, model);
	switch (format) {
		case "codex":
			return codexFailure((body as { error: object }).error);
		case "anthropic":
			return `event: error\ndata: ${JSON.stringify(body)}\n\n`;
		case "gemini":
			return `data: ${JSON.stringify(body)}\r\n\r\n`;
		case "openai":
			return `data: ${JSON.stringify(body)}\n\n`;
	}
}

function codexFailure(error: object): string {
	// Within a response an error has a code and no type.
	const { type, code, ...rest } = error as { type: string; code?: string | null };
	const response = { id: "resp_hostile", object: "response", status: "failed", error: { code: code ?? type, ...rest } };
	const event = { type: "response.failed", sequence_number: 2, response };
	return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Responses has a second way to fail: an event that is nothing but the error. */
export function codexErrorEvent(code: string, message: string): string {
	const event = { type: "error", code, message, param: null, sequence_number: 0 };
	return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
}

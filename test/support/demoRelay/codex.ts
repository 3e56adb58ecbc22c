import type { CompactedResponse } from "openai/resources/responses/responses";
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
import { codexEvents } from "./codexEvents.ts";
import { codexResponse, codexUsage, playedItems } from "./codexReply.ts";
import { codexRefusal } from "./codexRules.ts";
import { codexTurn, wantedReasoning } from "./codexTurn.ts";
import { failureStatuses, halted, withFault } from "./fault.ts";
import {
	openaiError,
	openaiErrorBody,
	openaiKeyProblem,
	openaiModelList,
	openaiModelNotFound,
} from "./openaiShared.ts";
import { scriptOf, usageOf } from "./script.ts";
import { created, idOf, type Steering, steeringOf, type Turn, tokensIn } from "./turn.ts";

export const codexModels = ["demo-codex-large", "demo-codex-small"] as const;

/** The Responses API below `/v1`, and as ChatGPT's backend offers it below `/backend-api/codex`. */
export const demoCodex: DemoFormat = {
	answer: (inquiry, acceptedKey, manner = "lenient") => {
		const keyProblem = openaiKeyProblem(inquiry, acceptedKey);
		if (keyProblem) return keyProblem;
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
		if (!hasModel(model, codexModels, /^gpt-/, manner)) return openaiModelNotFound(400, model);
		if (body["input"] === undefined) {
			return openaiError(400, "Missing required parameter: 'input'.", "missing_required_parameter", "input");
		}
		const isBackend = manner === "strict" && inquiry.path.startsWith("/backend-api/");
		const refused = manner === "strict" ? codexRefusal(body, isBackend) : null;
		if (refused !== null) {
			return refused.kind === "detail"
				? json({ detail: refused.message }, { status: 400 })
				: openaiError(400, refused.message, refused.code, refused.param);
		}
		const turn = codexTurn(body, model);
		const steering = steeringOf(turn.text);
		if (steering.status !== null) return asked(steering.status, steering.code);
		if (route === "/responses/compact") return json(compacted(inquiry, body), { steering });
		return responded(inquiry, body, turn, steering, isBackend);
	},
};

/** @param leavesOutputOut the last event of a stream does not repeat what the others have said. */
function responded(
	inquiry: Inquiry,
	body: Readonly<Record<string, unknown>>,
	turn: Turn,
	steering: Steering,
	leavesOutputOut: boolean,
): Answer {
	const script = scriptOf(turn);
	const items = playedItems(inquiry.body, script, wantedReasoning(body));
	const head = { id: idOf("resp_", inquiry.body), model: turn.model, body };
	const response = codexResponse(head, script, items, usageOf(script, inquiry.body));
	const headers = { "x-request-id": idOf("req_", inquiry.body) };
	if (body["stream"] !== true) {
		if (script.fault?.kind === "fail") return asked(failureStatuses[script.fault.code] ?? 500, "");
		return halted(json(response, { steering, headers }), script);
	}
	const told = leavesOutputOut ? { ...response, output: [] } : response;
	const events = codexEvents({ response, items, told, mixed: script.mixed });
	const frame = (event: { readonly type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
	const failure = (code: string) => {
		const error = { code: failureCodes[code] ?? code, message: "The demo relay failed on the way." };
		const failed = { ...response, status: "failed", error, output: [], completed_at: null, usage: null };
		return [frame({ type: "response.failed", ...{ response: failed, sequence_number: events.length } })];
	};
	return eventStream(withFault(events.map(frame), events.length - 1, script, failure), steering, headers);
}

const failureCodes: Readonly<Record<string, string>> = {
	overloaded: "server_is_overloaded",
	rate: "rate_limit_exceeded",
	server: "server_error",
	context: "context_length_exceeded",
};

/** An error of that status; the backend tells how long a limit of use lasts. */
function asked(status: number, code: string): Answer {
	const message = `The demo relay was asked for ${status}.`;
	if (code !== "usage_limit_reached") return openaiError(status, message, code || null);
	const { error } = openaiErrorBody(status, message);
	return json({ error: { ...error, type: code, code: null, resets_in_seconds: 120 } }, { status });
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
		usage: codexUsage({ ...nothingCached, input: tokensIn(inquiry.body.length), output: 16 }),
	};
}

const nothingCached = { cached: 0, cacheWritten: 0, reasoning: 0 };

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

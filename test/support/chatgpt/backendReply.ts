import { type Answer, eventStream, type Inquiry, json, objectsOf } from "../demoRelay/answer.ts";
import { codexEvents } from "../demoRelay/codexEvents.ts";
import { codexResponse, codexUsage, playedItems } from "../demoRelay/codexReply.ts";
import { codexRefusal } from "../demoRelay/codexRules.ts";
import { codexTurn, wantedReasoning } from "../demoRelay/codexTurn.ts";
import { withFault } from "../demoRelay/fault.ts";
import { openaiError } from "../demoRelay/openaiShared.ts";
import { type Script, usageOf } from "../demoRelay/script.ts";
import { encrypted } from "../demoRelay/seals.ts";
import { created, idOf, steeringOf, type Turn, tokensIn } from "../demoRelay/turn.ts";
import { bindSeals, foreignSeal } from "./accountSeals.ts";
import { framed } from "./backendFate.ts";
import { mayAsk } from "./backendModels.ts";
import type { Person } from "./people.ts";

export type Body = Readonly<Record<string, unknown>>;

/** What a model says next. */
export type Author = (turn: Turn, body: Body) => Script;

/** What is more to a reply than its request. */
export interface ReplyFrame {
	readonly somebody: Person;
	readonly author: Author;
	readonly headers: Readonly<Record<string, string>>;
	/** Events of the backend's own, after the first one. */
	readonly extra: readonly { readonly type: string }[];
}

/** Why the backend does not answer such a body; null where it does. */
export function refusalOf(body: Body, model: string, somebody: Person): Answer | null {
	const refused = codexRefusal({ ...body, input: withoutSeals(body["input"]) }, true);
	if (refused?.kind === "detail") return detail(refused.message);
	if (body["service_tier"] === "fast") return detail("Unsupported service_tier: fast");
	if (!mayAsk(somebody, model)) {
		return detail(`The '${model}' model is not supported when using Codex with a ChatGPT account.`);
	}
	const seal = foreignSeal(body["input"], somebody.accountId);
	if (seal !== null) {
		const why = "Reason: Encrypted content could not be decrypted or parsed.";
		const message = `The encrypted content ${seal.slice(0, 8)}... could not be verified. ${why}`;
		return openaiError(400, message, "invalid_encrypted_content");
	}
	const whole = codexRefusal(body, true);
	return whole?.kind === "error" ? openaiError(400, whole.message, whole.code, whole.param) : null;
}

/** The first look is at the body alone: what is sealed in it is looked at when the model is known. */
function withoutSeals(input: unknown): unknown {
	return Array.isArray(input)
		? input.filter((item) => objectsOf([item]).every(({ encrypted_content: content }) => content === undefined))
		: input;
}

function detail(message: string): Answer {
	return json({ detail: message }, { status: 400 });
}

/** A reply as a stream, in the backend's order; the last event repeats nothing. */
export function replyTo(inquiry: Inquiry, body: Body, model: string, frame: ReplyFrame): Answer {
	const turn = codexTurn(body, model);
	const steering = steeringOf(turn.text);
	if (steering.status !== null) return asked(steering.status, steering.code, frame.headers);
	const script = frame.author(turn, body);
	const items = playedItems(inquiry.body, script, wantedReasoning(body));
	const head = { id: idOf("resp_", inquiry.body), model, body };
	const response = codexResponse(head, script, items, usageOf(script, inquiry.body));
	const [first, ...rest] = codexEvents({ response, items, told: { ...response, output: [] }, mixed: script.mixed });
	const all = [...(first === undefined ? [] : [first]), ...frame.extra, ...rest].map((event) => framed(event));
	const failure = (code: string) => {
		const error = { code: failureCodes[code] ?? code, message: "The backend failed on the way." };
		return [framed({ type: "response.failed", ...{ response: { ...response, status: "failed", error, output: [] } } })];
	};
	const events = withFault(all, all.length - 1, script, failure);
	const bound = events.map((event) => bindSeals(event, frame.somebody.accountId));
	return eventStream(bound, steering, { "x-request-id": idOf("req_", inquiry.body), ...frame.headers });
}

/** The words that all formats know, as this one says them. */
const failureCodes: Readonly<Record<string, string>> = {
	overloaded: "server_is_overloaded",
	rate: "rate_limit_exceeded",
	server: "server_error",
	context: "context_length_exceeded",
};

function asked(status: number, code: string, headers: Readonly<Record<string, string>>): Answer {
	const message = `The backend was asked for ${status}.`;
	const error = { message, type: code || "invalid_request_error", code: code || null, param: null };
	const wait = code === "usage_limit_reached" ? { resets_in_seconds: 120 } : {};
	return json({ error: { ...error, ...wait } }, { status, headers: { ...headers } });
}

/** What an older part of a conversation comes down to: a whole JSON reply, never a stream. */
export function compacted(inquiry: Inquiry, body: Body, model: string, somebody: Person): Answer {
	const unsupported = ["stream", "store", "include", "tool_choice", "client_metadata"].find(
		(name) => body[name] !== undefined,
	);
	if (unsupported !== undefined) return detail(`Unsupported parameter: ${unsupported}`);
	const refused = refusalOf({ ...body, stream: true, store: false }, model, somebody);
	if (refused !== null) return refused;
	const id = idOf("cmp_", inquiry.body);
	const kept = objectsOf(body["input"]).filter(({ role }) => role === "user");
	const summary = { type: "compaction", id, encrypted_content: encrypted(id, "What was said before.") };
	const usage = { input: tokensIn(inquiry.body.length), cached: 0, cacheWritten: 0, output: 16, reasoning: 0 };
	const reply = {
		id: idOf("resp_", inquiry.body),
		object: "response.compaction",
		created_at: created,
		output: [...kept, summary],
		usage: codexUsage(usage),
	};
	return json(JSON.parse(bindSeals(JSON.stringify(reply), somebody.accountId)));
}

import type { Format } from "../../../src/accounts/account.ts";
import { type Answer, type Inquiry, json, type Manner, readObject } from "../demoRelay/answer.ts";
import type { Script, ScriptPart } from "../demoRelay/script.ts";
import { send } from "../demoRelay/send.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import { startUpstream } from "../upstream.ts";
import { type AgentFormat, agentFormats } from "./agentFormats.ts";
import { nextScript } from "./script.ts";

/** A request as the relay saw it, and what it said to it. */
export interface AgentExchange {
	readonly request: RecordedRequest;
	readonly status: number;
	/** Why it was refused; empty where it was not. */
	readonly refusal: string;
	/** Of the reply; none where it was refused. */
	readonly parts: readonly ScriptPart[];
	/** The bytes of the reply. */
	readonly answer: string;
}

/** A relay of one format that has an agent read files and answer from them. */
export interface AgentRelay {
	readonly origin: string;
	readonly exchanges: readonly AgentExchange[];
	close(): Promise<void>;
}

export interface AgentRelayOptions {
	/** The only key that it accepts. */
	readonly key: string;
	/** Whether it refuses what the real API refuses, or answers whatever it can make out. */
	readonly manner: Manner;
}

/** An agent that does not get what it asks for would go on for ever. */
const mostExchanges = 20;

/** An answer, and how it came about. */
interface Decision {
	readonly answer: Answer;
	readonly script: Script | null;
	readonly refusal: string;
}

export async function startAgentRelay(format: Format, options: AgentRelayOptions): Promise<AgentRelay> {
	const exchanges: AgentExchange[] = [];
	const upstream = await startUpstream((request, response) => {
		const { answer, script, refusal } =
			exchanges.length < mostExchanges
				? decide(request, agentFormats[format], options)
				: refused(400, "The agent does not come to an end.");
		const told =
			answer.kind === "whole"
				? { status: answer.status, answer: answer.body }
				: { status: 200, answer: answer.events.join("") };
		exchanges.push({ request, ...told, refusal, parts: script?.candidates[0] ?? [] });
		return send(response, answer, 0);
	});
	return { origin: upstream.origin, exchanges, close: () => upstream.close() };
}

function decide(request: RecordedRequest, format: AgentFormat, { key, manner }: AgentRelayOptions): Decision {
	const { pathname: path, searchParams: query } = new URL(request.url, "http://relay");
	const inquiry: Inquiry = { ...request, path, query };
	if (format.keyOf(inquiry) !== key) return refused(401, "The key is wrong.");
	if (request.method !== "POST" || !format.isReply(path)) return refused(404, `Nothing is at ${path}.`);
	const body = readObject(request.body);
	if (body === null) return refused(400, "The body is not a JSON object.");
	const turn = format.turnOf(inquiry, body);
	const refusal = manner === "strict" ? format.refusal(body, turn.model) : null;
	if (refusal !== null) return refused(400, refusal);
	const script = nextScript(turn, request.body.toString("utf8"), format.readings(body));
	return { answer: format.answer(inquiry, body, turn.model, script), script, refusal: "" };
}

/** In a shape that the readers of all formats' errors can read. */
function refused(status: number, message: string): Decision {
	const error = { message, type: "invalid_request_error", code: null, param: null };
	return { answer: json({ type: "error", error }, { status }), script: null, refusal: message };
}

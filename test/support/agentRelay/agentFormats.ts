import type { Format } from "../../../src/accounts/account.ts";
import { type Answer, eventStream, type Inquiry, json, noSteering, objectsOf, textOf } from "../demoRelay/answer.ts";
import { anthropicEvents, anthropicMessage, anthropicUsage, playedBlocks } from "../demoRelay/anthropicReply.ts";
import { anthropicRefusal } from "../demoRelay/anthropicRules.ts";
import { anthropicTurn, thinkingShown } from "../demoRelay/anthropicTurn.ts";
import { codexEvents } from "../demoRelay/codexEvents.ts";
import { codexResponse, playedItems } from "../demoRelay/codexReply.ts";
import { codexRefusal } from "../demoRelay/codexRules.ts";
import { codexTurn, wantedReasoning } from "../demoRelay/codexTurn.ts";
import { geminiChunks, geminiWhole } from "../demoRelay/geminiReply.ts";
import { geminiRefusal } from "../demoRelay/geminiRules.ts";
import { geminiTurn, thoughtsShown } from "../demoRelay/geminiTurn.ts";
import { openaiChunkHead, openaiChunks, openaiUsage, openaiWhole } from "../demoRelay/openaiReply.ts";
import { openaiRefusal } from "../demoRelay/openaiRules.ts";
import { openaiTurn } from "../demoRelay/openaiTurn.ts";
import { type Script, usageOf } from "../demoRelay/script.ts";
import { idOf, type Turn } from "../demoRelay/turn.ts";
import { type Reading, readingsOf } from "./readings.ts";

type Body = Readonly<Record<string, unknown>>;

/** One of the four APIs as far as agents need it: the demo's, for models of any name and replies of our own. */
export interface AgentFormat {
	/** The key that a request shows. */
	readonly keyOf: (inquiry: Inquiry) => unknown;
	/** Whether a POST of this path asks for a reply. */
	readonly isReply: (path: string) => boolean;
	readonly turnOf: (inquiry: Inquiry, body: Body) => Turn;
	/** Why the real API would refuse the request; null where it would answer. */
	readonly refusal: (body: Body, model: string) => string | null;
	readonly readings: (body: Body) => readonly Reading[];
	readonly answer: (inquiry: Inquiry, body: Body, model: string, script: Script) => Answer;
}

const bearer = ({ headers }: Inquiry) => headers.authorization?.replace(/^Bearer /, "");

const anthropic: AgentFormat = {
	keyOf: ({ headers }) => headers["x-api-key"],
	isReply: (path) => path === "/v1/messages",
	turnOf: (_, body) => anthropicTurn(body, textOf(body["model"])),
	refusal: anthropicRefusal,
	readings: readingsOf.anthropic,
	answer: (inquiry, body, model, script) => {
		const blocks = playedBlocks(inquiry.body, script, thinkingShown(body));
		const usage = anthropicUsage(usageOf(script, inquiry.body));
		const whole = anthropicMessage(idOf("msg_", inquiry.body), model, script, blocks, usage);
		return body["stream"] === true ? named(anthropicEvents(whole, blocks)) : json(whole);
	},
};

const codex: AgentFormat = {
	keyOf: bearer,
	isReply: (path) => path === "/backend-api/codex/responses",
	turnOf: (_, body) => codexTurn(body, textOf(body["model"])),
	refusal: (body) => codexRefusal(body, true)?.message ?? null,
	readings: readingsOf.codex,
	answer: (inquiry, body, model, script) => {
		const items = playedItems(inquiry.body, script, wantedReasoning(body));
		const head = { id: idOf("resp_", inquiry.body), model, body };
		const response = codexResponse(head, script, items, usageOf(script, inquiry.body));
		// The backend leaves the output of its last event empty: the items have come one by one.
		const told = { ...response, output: [] };
		return body["stream"] === true
			? named(codexEvents({ response, items, told, mixed: script.mixed }))
			: json(response);
	},
};

const gemini: AgentFormat = {
	keyOf: ({ headers }) => headers["x-goog-api-key"],
	isReply: (path) => /^\/v1beta\/models\/[^/]+:(?:streamGenerateContent|generateContent)$/.test(path),
	turnOf: ({ path }, body) =>
		geminiTurn(body, decodeURIComponent(path.slice(path.lastIndexOf("/") + 1, path.lastIndexOf(":")))),
	refusal: geminiRefusal,
	readings: readingsOf.gemini,
	answer: (inquiry, body, model, script) => {
		const usage = usageOf(script, inquiry.body);
		const head = { responseId: idOf("", inquiry.body), modelVersion: model, usage, thoughtsShown: thoughtsShown(body) };
		if (inquiry.path.endsWith(":generateContent")) return json(geminiWhole(head, script));
		const chunks = [...geminiChunks(head, script)];
		return eventStream(
			chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
			noSteering,
		);
	},
};

const openai: AgentFormat = {
	keyOf: bearer,
	isReply: (path) => path === "/v1/chat/completions",
	turnOf: (_, body) => openaiTurn(body, textOf(body["model"])),
	refusal: (body) => openaiRefusal(withoutThinking(body))?.message ?? null,
	readings: readingsOf.openai,
	answer: (inquiry, body, model, script) => {
		const head = { id: idOf("chatcmpl-", inquiry.body), model };
		const usage = usageOf(script, inquiry.body);
		if (body["stream"] !== true) return json(openaiWhole(head, script, usage));
		const chunks = [
			...openaiChunks(head, script, true),
			{ ...openaiChunkHead(head), choices: [], usage: openaiUsage(usage) },
		];
		return eventStream(
			[...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"],
			noSteering,
		);
	},
};

/** OpenAI itself knows no such member; whoever tells the thinking in it, as this relay does, takes it back. */
function withoutThinking(body: Body): Body {
	const messages = objectsOf(body["messages"]).map(({ reasoning_content: _, ...message }) => message);
	return { ...body, messages };
}

function named(events: Iterable<{ readonly type: string }>): Answer {
	return eventStream(
		[...events].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
		noSteering,
	);
}

export const agentFormats: Readonly<Record<Format, AgentFormat>> = { codex, openai, anthropic, gemini };

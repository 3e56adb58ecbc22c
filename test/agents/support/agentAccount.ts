import { randomBytes } from "node:crypto";
import { type Format, formats } from "../../../src/accounts/account.ts";
import type { ServedAccount } from "../../../src/bridge/protocol.ts";
import { type AgentExchange, startAgentRelay } from "../../support/agentRelay/agentRelay.ts";
import { readingsOf } from "../../support/agentRelay/readings.ts";
import { nextScript } from "../../support/agentRelay/script.ts";
import type { Body } from "../../support/chatgpt/backendReply.ts";
import { startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { person } from "../../support/chatgpt/people.ts";
import type { ScriptPart } from "../../support/demoRelay/script.ts";
import { relayAt } from "../../support/proxyUnderTest.ts";
import type { Speaker } from "./speakers.ts";

/** What an agent is answered by: a relay of one of the formats, or a ChatGPT login. */
export const accountKinds = [...formats, "chatGpt"] as const;
export type AccountKind = (typeof accountKinds)[number];

/** The format in which an account of a kind is asked. */
export function formatOfKind(kind: AccountKind): Format {
	return kind === "chatGpt" ? "codex" : kind;
}

/** The one account of a round trip, and its memory. */
export interface AgentAccount {
	readonly served: ServedAccount;
	/** The client's names for models → what is meant by them. */
	readonly modelAliases: Readonly<Record<string, string>>;
	readonly exchanges: () => readonly AgentExchange[];
	/** What should never have come to it, in words. */
	readonly violations: () => readonly string[];
	readonly close: () => Promise<void>;
}

/** Base path and a model's name of a relay of each format, as the real services have them. */
const relays: Readonly<Record<Format, { readonly path: string; readonly model: string }>> = {
	codex: { path: "/backend-api", model: "gpt-6.1-sol" },
	openai: { path: "/v1", model: "gpt-5.1" },
	anthropic: { path: "/v1", model: "claude-opus-5-5" },
	gemini: { path: "/v1beta", model: "gemini-3.1-pro-preview" },
};

const chatGptModel = "gpt-6.1-sol";

export function labelOf(kind: AccountKind): string {
	return `Demo ${kind}`;
}

export function startAgentAccount(speaker: Speaker, kind: AccountKind, localKey: string): Promise<AgentAccount> {
	return kind === "chatGpt" ? chatGptAccount(speaker, localKey) : relayAccount(speaker, kind);
}

async function relayAccount(speaker: Speaker, format: Format): Promise<AgentAccount> {
	const key = `key-${randomBytes(8).toString("hex")}`;
	const { path, model } = relays[format];
	// What a client sends to an account of its own format is none of our making.
	const relay = await startAgentRelay(format, { key, manner: speaker.format === format ? "lenient" : "strict" });
	// Whoever has a relay of another format tells it which of its models is meant.
	const modelMap = speaker.format === format ? {} : renamed(speaker, model);
	return {
		served: { account: relayAt(format, relay.origin + path, { modelMap }), apiKey: key },
		modelAliases: {},
		exchanges: () => relay.exchanges,
		violations: () => [],
		close: () => relay.close(),
	};
}

async function chatGptAccount(speaker: Speaker, localKey: string): Promise<AgentAccount> {
	const said = new Map<Body, readonly ScriptPart[]>();
	const chatGpt = await startChatGpt({
		visitor: person({ plan: "plus" }),
		secrets: [localKey],
		author: (turn, body) => {
			const script = nextScript(turn, JSON.stringify(body), readingsOf.codex(body));
			said.set(body, script.candidates[0] ?? []);
			return script;
		},
	});
	return {
		served: await chatGpt.servedNative(undefined, { account: { label: labelOf("chatGpt") } }),
		modelAliases: renamed(speaker, chatGptModel),
		exchanges: () =>
			chatGpt.backend.callsAt("/codex/responses").map(({ request, status, answer, body }) => ({
				request,
				status: status ?? 0,
				refusal: status === 200 ? "" : answer,
				parts: (body === null ? undefined : said.get(body)) ?? [],
				answer,
			})),
		violations: () => chatGpt.violations,
		close: () => chatGpt.close(),
	};
}

function renamed({ models }: Speaker, model: string): Readonly<Record<string, string>> {
	return Object.fromEntries(models.map((name) => [name, model]));
}

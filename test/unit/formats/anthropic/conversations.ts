import type { MessageCreateParamsBase } from "@anthropic-ai/sdk/resources/messages";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { AssistantPart, Conversation, Turn, UserPart } from "../../../../src/formats/conversation.ts";
import type { Loss } from "../../../../src/formats/translation.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

/** Older models take these; the SDK's types have lost them. */
const sampling = ["temperature", "top_p", "top_k"];

export const models = {
	budget: "claude-sonnet-4-5",
	both: "claude-sonnet-4-6",
	adaptive: "claude-opus-4-8",
	always: "claude-opus-5-5",
	old: "claude-3-5-sonnet-20241022",
	foreign: "glm-5",
} as const;

export function conversation(told: Partial<Conversation> = {}): Conversation {
	return { stream: false, turns: [user("Hi")], tools: [], sampling: {}, stop: [], ...told };
}

export function user(...parts: readonly (string | UserPart)[]): Turn {
	return { role: "user", parts: parts.map(asPart) };
}

export function assistant(...parts: readonly (string | AssistantPart)[]): Turn {
	return { role: "assistant", parts: parts.map(asPart) };
}

export function system(text: string): Turn {
	return { role: "system", parts: [{ kind: "text", text }] };
}

export function call(id: string, name = "look"): Extract<AssistantPart, { kind: "toolCall" }> {
	return { kind: "toolCall", id, name, input: { kind: "json", text: '{"at":"x"}' } };
}

export function result(callId: string, text = "seen", name = "look"): Extract<UserPart, { kind: "toolResult" }> {
	return { kind: "toolResult", callId, name, content: [{ kind: "text", text }] };
}

export const look = { kind: "function", name: "look", parameters: { type: "object", properties: {} } } as const;

/** Thinking that Anthropic has signed. */
export const signed: AssistantPart = {
	kind: "reasoning",
	text: "Hm",
	seal: { maker: "anthropic", value: { type: "thinking", thinking: "Hm", signature: "sig" } },
};

function asPart<Part>(part: string | Part): Part | { readonly kind: "text"; readonly text: string } {
	return typeof part === "string" ? { kind: "text", text: part } : part;
}

export interface Written {
	readonly body: MessageCreateParamsBase & { temperature?: number; top_p?: number; top_k?: number };
	readonly losses: readonly Loss[];
}

/** The request as Anthropic gets it; it has the shape of the SDK's types. */
export function write(told: Partial<Conversation>, model: string = models.both): Written {
	const written = anthropicTranslation.writeRequest(conversation(told), { model });
	assertShape("anthropic.request", written.body, sampling);
	// Shown by the line above.
	return { body: written.body as Written["body"], losses: written.losses };
}

export function read(body: object): { readonly conversation: Conversation; readonly losses: readonly string[] } {
	return anthropicTranslation.readRequest({ body: { model: "m", max_tokens: 10, ...body }, stream: null });
}

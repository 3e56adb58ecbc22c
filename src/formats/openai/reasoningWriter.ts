import type { ReasoningPart } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { ownSeal } from "../seals.ts";
import { joinDetails } from "./reasoningDetails.ts";

/** What a relay of this format has given, and wants to see again. */
export interface OpenaiSeal {
	/** Members of the assistant's message that hold its reasoning, as they came. */
	readonly message?: Readonly<Record<string, unknown>>;
	/** Members of the call after it: Google signs calls there. */
	readonly call?: Readonly<Record<string, unknown>>;
}

/** The seal travels through clients: only members that can be one are put into a request. */
const messageMembers = ["reasoning_content", "reasoning", "reasoning_details"];
const callMembers = ["extra_content"];

/** @returns null where the reasoning is not of this format. */
export function openaiSeal({ seal }: ReasoningPart): OpenaiSeal | null {
	const value = ownSeal(seal, "openai");
	if (!isRecord(value)) return null;
	return { message: chosen(value["message"], messageMembers), call: chosen(value["call"], callMembers) };
}

function chosen(members: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
	if (!isRecord(members)) return {};
	return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}

/** The reasoning of one message that came in several parts. */
export function joinReasoning(seals: readonly OpenaiSeal[]): Readonly<Record<string, unknown>> {
	const joined: Record<string, unknown> = {};
	for (const { message = {} } of seals) {
		for (const [name, value] of Object.entries(message)) {
			const before = joined[name];
			if (typeof before === "string" && typeof value === "string") joined[name] = `${before}${value}`;
			else if (Array.isArray(before) && Array.isArray(value)) joined[name] = joinDetails([...before, ...value]);
			else joined[name] = value;
		}
	}
	return joined;
}

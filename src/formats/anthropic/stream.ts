import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { isVoid, saysSomething } from "../saying.ts";
import type { StreamRules } from "../stream.ts";
import type { EventSign } from "../upstreamError.ts";
import { anthropicError, readAnthropicError } from "./errors.ts";
import { anthropicStreamUsage } from "./usage.ts";

type Event = Readonly<Record<string, unknown>>;
type Sign = (event: Event) => EventSign;

const opening: EventSign = { kind: "opening" };
const content: EventSign = { kind: "content" };

/** What the events mean, by their type. */
const signs: ReadonlyMap<string, Sign> = new Map<string, Sign>([
	["ping", () => opening],
	["message_start", ({ message }) => saysOrNot(isRecord(message) ? message["content"] : null)],
	["content_block_start", ({ content_block: block }) => signOfBlock(block)],
	["content_block_delta", ({ delta }) => saysOrNot(delta)],
	["content_block_stop", () => opening],
	["message_delta", () => opening],
	["message_stop", () => ({ kind: "end" })],
]);

/** Messages. */
export const anthropicStream: StreamRules = {
	sign: (name, data) => {
		const event = parseJson(data);
		const named = isRecord(event) ? event["type"] : undefined;
		const type = typeof named === "string" ? named : name;
		if (type === "error" || name === "error" || hasError(event)) {
			return { kind: "error", error: readErrorEvent(event ?? data) };
		}
		if (isVoid(data)) return opening;
		if (!isRecord(event)) return content;
		const sign = signs.get(type);
		if (sign) return sign(event);
		// What has a type is an event that is not known here, even where it has a message.
		const error = type === "" ? readAnthropicError(event) : null;
		return error === null ? saysOrNot(event) : { kind: "error", error };
	},
	errorEvent: (problem) => `event: error\ndata: ${JSON.stringify(anthropicError(problem))}\n\n`,
	usage: anthropicStreamUsage,
};

/** Text and thinking begin empty. Any other block begins with what it is: a tool's name, a search, hidden thinking. */
function signOfBlock(block: unknown): EventSign {
	const isProse = isRecord(block) && (block["type"] === "text" || block["type"] === "thinking");
	return isProse ? saysOrNot(block) : content;
}

function saysOrNot(part: unknown): EventSign {
	return saysSomething(part, ["signature"]) ? content : opening;
}

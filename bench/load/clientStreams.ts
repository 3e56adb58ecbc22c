import type { Format } from "../../src/accounts/account.ts";
import { closing, opening, pacedContent } from "../wire/replies.ts";
import type { Via } from "./jobs.ts";

/** How a client reads a stream. */
export interface ClientStream {
	/** What ends an event. */
	readonly separator: string | RegExp;
	/** Finds sequence and stamp in a paced event. */
	readonly paced: RegExp;
	/** Whether all but the paced events, each ended by an empty line, is a stream with its first word and its good end. */
	readonly isFrame: (frame: string, model: string) => boolean;
}

function bySense(separator: string | RegExp, paced: RegExp, frame: RegExp): ClientStream {
	return { separator, paced, isFrame: (text) => frame.test(text) };
}

const pacedText = /"text":"(\d+)@(\d+) "/;

const clientStreams: Readonly<Record<Format, ClientStream>> = {
	openai: bySense("\n\n", pacedContent, /^data: .*"content":"First".*"finish_reason":"stop".*\n\ndata: \[DONE\]\n\n$/s),
	anthropic: bySense(
		"\n\n",
		pacedText,
		/^event: message_start\n.*"text":"First".*"stop_reason":"end_turn".*\n\nevent: message_stop\n[^\n]*\n\n$/s,
	),
	gemini: bySense(
		/\r?\n\r?\n/,
		pacedText,
		/^data: .*"text":"First".*\n\ndata: [^\n]*"finishReason":"STOP"[^\n]*\n\n$/s,
	),
	codex: bySense(
		"\n\n",
		/"delta":"(\d+)@(\d+) "/,
		/^event: response\.created\n.*"delta":"First".*\n\nevent: response\.completed\n[^\n]*"status":"completed"[^\n]*\n\n$/s,
	),
};

/** What OpenAI's clients are handed on, byte for byte. */
const handedOn: ClientStream = {
	separator: "\n\n",
	paced: pacedContent,
	isFrame: (frame, model) => frame === opening(model) + closing(model),
};

export function clientStream({ way }: Via): ClientStream {
	return way === undefined ? handedOn : clientStreams[way.client];
}

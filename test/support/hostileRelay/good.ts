import type { Format } from "../../../src/accounts/account.ts";
import type { Answer, DemoFormat, Inquiry } from "../demoRelay/answer.ts";
import { demoAnthropic } from "../demoRelay/anthropic.ts";
import { demoCodex } from "../demoRelay/codex.ts";
import { demoGemini } from "../demoRelay/gemini.ts";
import { demoOpenai } from "../demoRelay/openai.ts";
import type { Asked } from "./steps.ts";

/** A good stream in its parts, each a list of whole events. */
export interface GoodStream {
	readonly contentType: string;
	/** Nothing a person could see yet. */
	readonly opening: readonly string[];
	readonly content: readonly string[];
	/** From the first event that says how the reply ends. */
	readonly ending: readonly string[];
}

const demoFormats: Readonly<Record<Format, DemoFormat>> = {
	codex: demoCodex,
	openai: demoOpenai,
	anthropic: demoAnthropic,
	gemini: demoGemini,
};

/** How many events of the demo relay's replies with text open and end them. Gemini ends within the last piece of text. */
const places: Readonly<
	Record<Format, { readonly opening: number; readonly firstOfEnding: (event: string) => boolean }>
> = {
	codex: { opening: 4, firstOfEnding: (event) => event.startsWith("event: response.output_text.done") },
	openai: { opening: 1, firstOfEnding: (event) => event.includes('"finish_reason":"stop"') },
	anthropic: { opening: 3, firstOfEnding: (event) => event.startsWith("event: content_block_stop") },
	gemini: { opening: 0, firstOfEnding: (event) => event.includes('"finishReason"') },
};

/** What the demo relay says to the same request: a wrong key gets its 401, an unknown model its 404. */
export function demoAnswer({ format, request, key }: Asked): Answer {
	const { pathname, searchParams } = new URL(request.url, "http://demo");
	const inquiry: Inquiry = {
		method: request.method,
		path: pathname,
		query: searchParams,
		headers: request.headers,
		body: request.body,
	};
	return demoFormats[format].answer(inquiry, key);
}

/** The demo relay's stream, taken apart; null where it answers otherwise. */
export function goodStream(asked: Asked): GoodStream | null {
	const answer = demoAnswer(asked);
	if (answer.kind !== "stream") return null;
	const { opening, firstOfEnding } = places[asked.format];
	const end = answer.events.findIndex(firstOfEnding);
	return {
		contentType: answer.contentType,
		opening: asked.format === "gemini" ? [emptyGeminiChunk(asked.model)] : answer.events.slice(0, opening),
		content: answer.events.slice(opening, end),
		ending: answer.events.slice(end),
	};
}

/** Gemini has no events without content by rule, but sends such ones while a model thinks. */
function emptyGeminiChunk(model: string): string {
	const chunk = {
		candidates: [{ content: { role: "model", parts: [{ text: "" }] }, index: 0 }],
		usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
		modelVersion: model,
	};
	return `data: ${JSON.stringify(chunk)}\r\n\r\n`;
}

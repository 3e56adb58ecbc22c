import type { Format } from "../../../src/accounts/account.ts";
import { closing, opening, pacedEvent } from "../replies.ts";
import { anthropicStream } from "./anthropic.ts";
import { codexStream } from "./codex.ts";
import { geminiStream } from "./gemini.ts";
import type { StreamText } from "./streamText.ts";

/** How the upstream streams, by the format that it is asked in. */
export const streams: Readonly<Record<Format, StreamText>> = {
	openai: { opening, pacedEvent, closing },
	anthropic: anthropicStream,
	gemini: geminiStream,
	codex: codexStream,
};

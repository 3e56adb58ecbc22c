import type { Format } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import { anthropicError, readAnthropicError } from "./anthropic/errors.ts";
import { anthropicModels } from "./anthropic/models.ts";
import { anthropicProbe } from "./anthropic/probe.ts";
import { anthropicStream } from "./anthropic/stream.ts";
import { readAnthropicUsage } from "./anthropic/usage.ts";
import { codexError, readCodexError } from "./codex/errors.ts";
import { codexModels } from "./codex/models.ts";
import { codexProbe } from "./codex/probe.ts";
import { codexStream } from "./codex/stream.ts";
import { readCodexUsage } from "./codex/usage.ts";
import { geminiError, readGeminiError } from "./gemini/errors.ts";
import { geminiModels } from "./gemini/models.ts";
import { geminiProbe } from "./gemini/probe.ts";
import { geminiStream } from "./gemini/stream.ts";
import { readGeminiUsage } from "./gemini/usage.ts";
import type { ModelLists } from "./modelList.ts";
import { openaiError, readOpenaiError } from "./openai/errors.ts";
import { openaiModels } from "./openai/models.ts";
import { openaiProbe } from "./openai/probe.ts";
import { openaiStream } from "./openai/stream.ts";
import { readOpenaiUsage } from "./openai/usage.ts";
import type { Probe } from "./probe.ts";
import type { Problem } from "./problem.ts";
import type { StreamRules } from "./stream.ts";
import type { UpstreamError } from "./upstreamError.ts";

/** What every format offers. */
export interface FormatRules {
	/** The JSON body of an error of the proxy's own. */
	readonly error: (problem: Problem) => object;
	/**
	 * What an error of a relay says.
	 * @param body parsed JSON.
	 * @param now milliseconds since 1970, to tell how far away a moment is.
	 * @returns null where it is no error of any known shape.
	 */
	readonly readError: (body: unknown, now?: number) => UpstreamError | null;
	readonly models: ModelLists;
	readonly probe: Probe;
	readonly stream: StreamRules;
	/** The tokens that a whole JSON reply tells; null where it tells none. */
	readonly readUsage: (body: unknown) => Usage | null;
}

export const formatRules: Readonly<Record<Format, FormatRules>> = {
	codex: {
		error: codexError,
		readError: readCodexError,
		models: codexModels,
		probe: codexProbe,
		stream: codexStream,
		readUsage: readCodexUsage,
	},
	openai: {
		error: openaiError,
		readError: readOpenaiError,
		models: openaiModels,
		probe: openaiProbe,
		stream: openaiStream,
		readUsage: readOpenaiUsage,
	},
	anthropic: {
		error: anthropicError,
		readError: readAnthropicError,
		models: anthropicModels,
		probe: anthropicProbe,
		stream: anthropicStream,
		readUsage: readAnthropicUsage,
	},
	gemini: {
		error: geminiError,
		readError: readGeminiError,
		models: geminiModels,
		probe: geminiProbe,
		stream: geminiStream,
		readUsage: readGeminiUsage,
	},
};

import type { Format } from "../accounts/account.ts";
import { anthropicError } from "./anthropic/errors.ts";
import { anthropicModels } from "./anthropic/models.ts";
import { anthropicProbe } from "./anthropic/probe.ts";
import { codexError } from "./codex/errors.ts";
import { codexModels } from "./codex/models.ts";
import { codexProbe } from "./codex/probe.ts";
import { geminiError } from "./gemini/errors.ts";
import { geminiModels } from "./gemini/models.ts";
import { geminiProbe } from "./gemini/probe.ts";
import type { ModelLists } from "./modelList.ts";
import { openaiError } from "./openai/errors.ts";
import { openaiModels } from "./openai/models.ts";
import { openaiProbe } from "./openai/probe.ts";
import type { Probe } from "./probe.ts";
import type { Problem } from "./problem.ts";

/** What every format offers. */
export interface FormatRules {
	/** The JSON body of an error of the proxy's own. */
	readonly error: (problem: Problem) => object;
	readonly models: ModelLists;
	readonly probe: Probe;
}

export const formatRules: Readonly<Record<Format, FormatRules>> = {
	codex: { error: codexError, models: codexModels, probe: codexProbe },
	openai: { error: openaiError, models: openaiModels, probe: openaiProbe },
	anthropic: { error: anthropicError, models: anthropicModels, probe: anthropicProbe },
	gemini: { error: geminiError, models: geminiModels, probe: geminiProbe },
};

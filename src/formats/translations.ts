import type { Format } from "../accounts/account.ts";
import { anthropicTranslation } from "./anthropic/translation.ts";
import { codexTranslation } from "./codex/translation.ts";
import { geminiTranslation } from "./gemini/translation.ts";
import { openaiTranslation } from "./openai/translation.ts";
import type { Translation } from "./translation.ts";

/** Four sides make sixteen pairs: the four in which both sides are the same go through untouched. */
export const translations: Readonly<Record<Format, Translation>> = {
	codex: codexTranslation,
	openai: openaiTranslation,
	anthropic: anthropicTranslation,
	gemini: geminiTranslation,
};

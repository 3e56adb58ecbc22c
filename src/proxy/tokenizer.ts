// Entry of a thread and a bundle of its own: to load the vocabulary takes 100 ms and 40 MB, and no stream is to wait for it.
import { parentPort } from "node:worker_threads";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

export interface TokenizerQuestion {
	readonly id: number;
	readonly texts: readonly string[];
}

export interface TokenizerAnswer {
	readonly id: number;
	readonly tokens: number;
}

/** Names of control tokens in a text are words like others. */
const asText = { disallowedSpecial: new Set<string>() };

parentPort?.on("message", ({ id, texts }: TokenizerQuestion) => {
	const tokens = texts.reduce((sum, text) => sum + countTokens(text, asText), 0);
	const answer: TokenizerAnswer = { id, tokens };
	parentPort?.postMessage(answer);
});

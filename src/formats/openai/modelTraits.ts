import type { Effort } from "../conversation.ts";

/**
 * What a model takes, known by its name: OpenAI's own models refuse what they do not take, and other makers' models refuse what
 * only OpenAI defines. A model behind an alias counts as another maker's.
 */
export interface ModelTraits {
	/** Of OpenAI: takes `max_completion_tokens`, `user`, `prompt_cache_key`, `service_tier`, `allowed_tools` and refusals. */
	readonly isOpenai: boolean;
	/** Tokens of a reply at most: it refuses to be asked for more. Infinite where nothing is known. */
	readonly longestReply: number;
	/** Efforts that it knows, in rising order; null where it refuses `reasoning_effort`. */
	readonly efforts: readonly [Effort, ...Effort[]] | null;
	/** Whether it reasons beside functions. By Chat Completions the newer ones do not, and have to be told so. */
	readonly reasonsWithTools: boolean;
	/** Whether it takes temperature, top_p, penalties and logprobs. */
	readonly samples: "always" | "withoutReasoning" | "never";
	readonly takesStop: boolean;
	/** Whether calls one after the other can be asked for. */
	readonly takesParallelCalls: boolean;
	/** Tools whose input is text. */
	readonly takesFreeTools: boolean;
	readonly takesVerbosity: boolean;
	readonly searchesWeb: boolean;
	/** Whether, while it reasons, it refuses turns of its own that come back without their reasoning. */
	readonly wantsReasoningBack: boolean;
}

const otherMaker: ModelTraits = {
	isOpenai: false,
	longestReply: Number.POSITIVE_INFINITY,
	efforts: ["low", "medium", "high"],
	reasonsWithTools: true,
	samples: "always",
	takesStop: true,
	takesParallelCalls: true,
	takesFreeTools: false,
	takesVerbosity: false,
	searchesWeb: false,
	wantsReasoningBack: false,
};

const plainOpenai: ModelTraits = { ...otherMaker, isOpenai: true, longestReply: 16_384, efforts: null };
const firstReasoner: ModelTraits = {
	...plainOpenai,
	longestReply: 100_000,
	efforts: ["low", "medium", "high"],
	samples: "never",
	takesStop: false,
	takesParallelCalls: false,
};
const gpt5: ModelTraits = {
	...firstReasoner,
	longestReply: 128_000,
	efforts: ["minimal", "low", "medium", "high"],
	takesParallelCalls: true,
	takesFreeTools: true,
	takesVerbosity: true,
};
const gpt51: ModelTraits = { ...gpt5, efforts: ["none", "low", "medium", "high"], samples: "withoutReasoning" };
const gpt52: ModelTraits = { ...gpt51, efforts: ["none", "low", "medium", "high", "xhigh"], reasonsWithTools: false };
const gpt6: ModelTraits = { ...gpt52, efforts: ["none", "low", "medium", "high", "xhigh", "max"] };

const backWanting: ModelTraits = { ...otherMaker, wantsReasoningBack: true };

/** The first that fits counts. */
const families: readonly (readonly [name: RegExp, traits: ModelTraits])[] = [
	[/^gpt-oss/, otherMaker],
	[/^gpt-.*search/, { ...plainOpenai, samples: "never", searchesWeb: true }],
	[
		/^(?:gpt-3|gpt-4-(?:turbo|vision|\d+-(?:vision-)?preview)|gpt-4o-2024-05-13)/,
		{ ...plainOpenai, longestReply: 4096 },
	],
	[/^gpt-4(?:-|$)/, { ...plainOpenai, longestReply: 8192 }],
	[/^gpt-4\.1/, { ...plainOpenai, longestReply: 32_768 }],
	[/^(?:chatgpt|gpt-4|gpt-\d.*-chat)/, plainOpenai],
	[/^o1-preview/, { ...firstReasoner, longestReply: 32_768 }],
	[/^o1-mini/, { ...firstReasoner, longestReply: 65_536 }],
	[/^o\d(?:-|$)/, firstReasoner],
	[/^gpt-5\.1-codex-max/, { ...gpt51, efforts: ["none", "low", "medium", "high", "xhigh"] }],
	[/^gpt-5\.1(?:-|$)/, gpt51],
	[/^gpt-5\.\d/, gpt52],
	[/^gpt-5/, gpt5],
	[/^gpt-\d/, gpt6],
	[/^deepseek-(?:chat|coder)$/, { ...backWanting, longestReply: 8192 }],
	[/^deepseek-reasoner$/, { ...backWanting, longestReply: 65_536 }],
	[/deepseek|kimi/, backWanting],
	// They do not reason, or do so unasked, and refuse to be told.
	[/mistral|ministral|codestral|devstral|pixtral|llama|gemma|^grok-4(?:-|$)/, { ...otherMaker, efforts: null }],
];

/** @param model as the account names it, with a maker (`openai/gpt-5`) or a fine tuning (`ft:gpt-4o:…`) or without. */
export function modelTraits(model: string): ModelTraits {
	const name = model
		.slice(model.lastIndexOf("/") + 1)
		.toLowerCase()
		.replace(/^ft:/, "");
	return families.find(([pattern]) => pattern.test(name))?.[1] ?? otherMaker;
}

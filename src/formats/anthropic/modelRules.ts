import type { Effort } from "../conversation.ts";

/** What a model takes, by Anthropic's model pages and migration guides. */
export interface ModelRules {
	/** Tokens of a reply at most; infinite where nothing is known. */
	readonly longestReply: number;
	/** `both`: a budget, or as the model finds right. */
	readonly thinking: "none" | "budget" | "both" | "adaptive";
	/**
	 * How thinking is switched off: by `disabled`, by saying nothing, by thinking between calls of tools alone (the least that
	 * the model has), or never.
	 */
	readonly off: "disabled" | "unsaid" | "betweenTools" | "never";
	/** Thinks where a request says nothing of it. */
	readonly thinksUnasked: boolean;
	/** Shows its thinking where a request does not say whether it should. */
	readonly showsUnasked: boolean;
	/** In rising order; empty where the model has none. */
	readonly efforts: readonly Effort[];
	/** Both: temperature and `top_p` in one request. */
	readonly sampling: "both" | "one" | "none";
	/** Whether a call of a tool can be forced at all. */
	readonly forcesCalls: boolean;
	/** Whether the last message may be the beginning of the reply. */
	readonly prefill: boolean;
	/** Whether system messages may stand between the others. */
	readonly systemMessages: boolean;
	/** Whether replies and inputs can be held to a schema. `unsure`: the model is not one of Anthropic's. */
	readonly schemas: "yes" | "no" | "unsure";
}

const legacy: ModelRules = {
	longestReply: 4096,
	thinking: "none",
	off: "unsaid",
	thinksUnasked: false,
	showsUnasked: true,
	efforts: [],
	sampling: "both",
	forcesCalls: true,
	prefill: true,
	systemMessages: false,
	schemas: "no",
};
const budgeted: ModelRules = { ...legacy, longestReply: 64_000, thinking: "budget", off: "disabled" };
const fourFive: ModelRules = { ...budgeted, sampling: "one", schemas: "yes" };
const fourSix: ModelRules = {
	...fourFive,
	longestReply: 128_000,
	thinking: "both",
	efforts: ["low", "medium", "high", "max"],
	prefill: false,
};
const fourSeven: ModelRules = {
	...fourSix,
	thinking: "adaptive",
	off: "unsaid",
	showsUnasked: false,
	efforts: ["low", "medium", "high", "xhigh", "max"],
	sampling: "none",
};
const fourEight: ModelRules = { ...fourSeven, systemMessages: true };
const five: ModelRules = { ...fourEight, off: "disabled", thinksUnasked: true };
const alwaysThinking: ModelRules = { ...five, off: "never" };
/** Also for models that are not known here: newer ones have always taken less. */
const fiveFive: ModelRules = { ...alwaysThinking, forcesCalls: false };

/** Models of other makers behind a relay that speaks Messages. */
const foreign: ModelRules = {
	...fourFive,
	longestReply: Number.POSITIVE_INFINITY,
	sampling: "both",
	schemas: "unsure",
};

type Family = "opus" | "sonnet" | "haiku" | "fable" | "mythos";
type Version = readonly [family: Family | "any", from: number, rules: ModelRules];

/** From the newest down: the first whose family fits and whose version is not above the model's. */
const versions: readonly Version[] = [
	["any", 5.6, fiveFive],
	["haiku", 5.5, five],
	["sonnet", 5.5, { ...fiveFive, off: "betweenTools" }],
	["opus", 5.5, fiveFive],
	["fable", 5.1, fiveFive],
	["mythos", 5.1, fiveFive],
	["fable", 5, alwaysThinking],
	["mythos", 5, alwaysThinking],
	// Whether it takes system messages is told in two ways.
	["sonnet", 5, { ...five, systemMessages: false }],
	["opus", 5, five],
	["any", 5, fiveFive],
	["any", 4.8, fourEight],
	["any", 4.7, fourSeven],
	["any", 4.6, fourSix],
	["any", 4.5, fourFive],
	["opus", 4.1, { ...fourFive, longestReply: 32_000 }],
	["opus", 4, { ...budgeted, longestReply: 32_000 }],
	["any", 3.7, budgeted],
	["any", 3.5, { ...legacy, longestReply: 8192 }],
	["any", 0, legacy],
];

const families = "opus|sonnet|haiku|fable|mythos";
/** `claude-opus-4-5-20251101`, `anthropic/claude-opus-4.5`, `us.anthropic.claude-opus-4-v1:0`. */
const named = new RegExp(`claude-(${families})-(\\d)(?:[-.](\\d)(?!\\d))?(?!\\d)`);
/** `claude-3-5-sonnet-20241022`, `claude-4.5-opus`. */
const numbered = new RegExp(`claude-(\\d)(?:[-.](\\d)(?!\\d))?-(${families})`);

/** @param model as the account names it, with whatever stands around the name. */
export function rulesOf(model: string): ModelRules {
	const name = model.toLowerCase();
	if (name.includes("claude-mythos-preview")) {
		return { ...alwaysThinking, efforts: fourSix.efforts, systemMessages: false };
	}
	const told = named.exec(name) ?? reordered(numbered.exec(name));
	if (told === null) return name.includes("claude") ? unnamedClaude(name) : foreign;
	const [, family, major, minor = "0"] = told;
	const version = Number(`${major}.${minor}`);
	const found = versions.find(([of, from]) => version >= from && (of === "any" || of === family));
	return found?.[2] ?? legacy;
}

/** `claude-2.1`, `claude-instant-1`; else a name of the relay's own for some newer model. */
function unnamedClaude(name: string): ModelRules {
	return /claude-(?:v?[12]\b|instant)/.test(name) ? legacy : fiveFive;
}

function reordered(told: RegExpExecArray | null): readonly (string | undefined)[] | null {
	return told === null ? null : [told[0], told[3], told[1], told[2]];
}

/** Tokens of a reply where the client names no limit: what agents ask of these models. */
const usualReply = 32_000;

/** `max_tokens` has to be said, and has no default. */
export function defaultMaxTokens({ longestReply }: ModelRules): number {
	return Math.min(usualReply, longestReply);
}

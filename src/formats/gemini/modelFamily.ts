import type { Effort } from "../conversation.ts";

/** The newest models have one more than the SDK's type. */
export type Level = Uppercase<Exclude<Effort, "none" | "max">>;

/** How a model is told how much to think. */
export type ThinkingScale =
	/** Not at all: it refuses to be told. */
	| { readonly kind: "none" }
	/** Tokens. `off`: whether 0 turns it off. */
	| { readonly kind: "budget"; readonly least: number; readonly most: number; readonly off: boolean }
	/** In rising order. It cannot be turned off. */
	| { readonly kind: "level"; readonly levels: readonly [Level, ...Level[]] }
	/** A model of an unknown name: in whatever way the client speaks. */
	| { readonly kind: "either" };

/** What models of one family take. */
export interface ModelFamily {
	readonly thinking: ThinkingScale;
	/** Tokens of a reply at most: it refuses to be asked for more. */
	readonly longestReply: number;
	/** The third generation and later: search beside functions, JSON output beside functions, media in results of functions. */
	readonly combines: boolean;
	/** Calls in the history have to be signed. */
	readonly wantsSignatures: boolean;
	readonly hasPenalties: boolean;
	/** Whether there are instructions of the system; else they are the user's first words. */
	readonly hasInstructions: boolean;
}

const newest = {
	longestReply: 65_536,
	combines: true,
	wantsSignatures: true,
	hasPenalties: true,
	hasInstructions: true,
};
const older = { ...newest, combines: false, wantsSignatures: false };
const second = { ...older, hasPenalties: false };
const none: ThinkingScale = { kind: "none" };
const fourLevels: ThinkingScale = { kind: "level", levels: ["MINIMAL", "LOW", "MEDIUM", "HIGH"] };
const threeLevels: ThinkingScale = { kind: "level", levels: ["LOW", "MEDIUM", "HIGH"] };

function budget(least: number, most: number, off: boolean): ThinkingScale {
	return { kind: "budget", least, most, off };
}

/** The first that the model's name begins with. */
const families: readonly (readonly [RegExp, ModelFamily])[] = [
	[/^gemma-/, { thinking: none, ...older, longestReply: 8192, hasInstructions: false }],
	[/^(?:learnlm-|gemini-1\.|gemini-2\.0)/, { thinking: none, ...older, longestReply: 8192 }],
	[/^gemini-2\.5.*-(?:image|tts)/, { thinking: none, ...second, longestReply: 32_768 }],
	[/^gemini-2\.5-pro/, { thinking: budget(128, 32_768, false), ...second }],
	[/^gemini-2\.5-flash-lite/, { thinking: budget(512, 24_576, true), ...second }],
	[/^gemini-2[.-]/, { thinking: budget(1, 24_576, true), ...second }],
	[/^gemini-3-pro-image/, { thinking: budget(1, 32_768, true), ...newest, longestReply: 32_768 }],
	[/^gemini-4-hydrogen/, { thinking: { kind: "level", levels: ["LOW", "MEDIUM", "HIGH", "XHIGH"] }, ...newest }],
	[/^gemini-(?:[\d.]+-)?pro/, { thinking: threeLevels, ...newest }],
	// From 3.7 on the lowest level is gone, but not of the small ones.
	[/^gemini-(?:3\.(?:[7-9]|\d\d)|[4-9][\d.]*)-flash(?!-lite)/, { thinking: threeLevels, ...newest }],
	[/^gemini-flash-latest/, { thinking: threeLevels, ...newest }],
	[/^gemini-/, { thinking: fourLevels, ...newest }],
];

/** A name that says nothing is taken for the newest: relays give models names of their own. */
const unknownFamily: ModelFamily = { thinking: { kind: "either" }, ...newest, longestReply: Number.POSITIVE_INFINITY };

/** @param model as the account calls it; relays put their own words before the name. */
export function modelFamily(model: string): ModelFamily {
	const name = /(?:gemini|gemma|learnlm)-.*$/i.exec(model)?.[0].toLowerCase() ?? "";
	return families.find(([pattern]) => pattern.test(name))?.[1] ?? unknownFamily;
}

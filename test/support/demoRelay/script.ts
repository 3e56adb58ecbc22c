import { sampleObject } from "./samples.ts";
import { type OfferedTool, plainSettings, steeringOf, type Turn, tokensIn, wordParts } from "./turn.ts";
import { type Word, withoutWords, wordsIn } from "./words.ts";

/** A reply in no format. Each format plays of it what it knows. */
export interface Script {
	/** Mostly one. */
	readonly candidates: readonly (readonly ScriptPart[])[];
	readonly end: ScriptEnd;
	/** Null: as much as it looks like. */
	readonly usage: ScriptUsage | null;
	/** What goes wrong within the reply: an error event after half of it, or nothing more before its end. */
	readonly fault: { readonly kind: "fail"; readonly code: string } | { readonly kind: "halt" } | null;
	/** Calls come interleaved, where the format lets them. */
	readonly mixed: boolean;
	/** Alternatives that are told with each token. */
	readonly logprobs: number | null;
}

/** `pieces` arrive one by one, where the format has them in pieces. */
export type ScriptPart =
	| { readonly kind: "text"; readonly pieces: readonly string[]; readonly cited: boolean }
	/** `hidden`: nobody is shown its words. */
	| { readonly kind: "reasoning"; readonly pieces: readonly string[]; readonly hidden?: boolean }
	| { readonly kind: "refusal"; readonly pieces: readonly string[] }
	| { readonly kind: "search"; readonly query: string }
	| { readonly kind: "image" }
	| {
			readonly kind: "call";
			readonly tool: OfferedTool;
			/** JSON, or text where the tool is free. */
			readonly input: string;
	  };

export type ScriptEnd =
	/** Tool calls, where there are some. */
	| { readonly kind: "usual" }
	| { readonly kind: "stopSequence"; readonly sequence: string }
	/** `[end WORD]`: one of the words that all formats know, or a word of the format's own. */
	| { readonly kind: "asked"; readonly word: string };

export interface ScriptUsage {
	/** All of it. */
	readonly input: number;
	readonly cached: number;
	readonly cacheWritten: number;
	/** All of it. */
	readonly output: number;
	readonly reasoning: number;
}

/** What `[usage]` makes of a reply. */
export const fullUsage: ScriptUsage = { input: 1000, cached: 600, cacheWritten: 300, output: 200, reasoning: 50 };

/** Where what `[cite]` says comes from. */
export const source = { url: "https://example.com/weather", title: "Weather report", domain: "example.com" } as const;

/** The same turn always gets the same script. */
export function scriptOf(turn: Turn): Script {
	const words = wordsIn(turn.text);
	const { stop, candidates, logprobs } = turn.settings ?? plainSettings;
	const { parts, met } = cutAtStop(allowedCalls(turn, partsOf(turn, words)), stop);
	const argumentOf = (name: Word["name"]) => words.find((word) => word.name === name)?.argument;
	const asked = argumentOf("end");
	const failure = argumentOf("fail");
	return {
		candidates: Array.from({ length: candidates }, (_, index) => (index === 0 ? parts : numbered(parts, index + 1))),
		end:
			asked !== undefined
				? { kind: "asked", word: asked }
				: met !== null
					? { kind: "stopSequence", sequence: met }
					: { kind: "usual" },
		usage: argumentOf("usage") === undefined ? null : fullUsage,
		fault:
			failure !== undefined
				? { kind: "fail", code: failure || "overloaded" }
				: argumentOf("halt") === undefined
					? null
					: { kind: "halt" },
		mixed: argumentOf("mixed") !== undefined,
		logprobs,
	};
}

const played: Partial<Readonly<Record<Word["name"], (argument: string, turn: Turn) => ScriptPart | null>>> = {
	think: (argument) => ({
		kind: "reasoning",
		pieces: wordParts(argument || "Let me think about that."),
		hidden: false,
	}),
	hide: () => ({ kind: "reasoning", pieces: [], hidden: true }),
	say: (argument) => text(argument),
	cite: (argument) => ({ ...text(argument || "It rains in Reykjavík."), cited: true }),
	refuse: (argument) => ({ kind: "refusal", pieces: wordParts(argument || "I cannot help with that.") }),
	search: (argument) => ({ kind: "search", query: argument || "weather" }),
	image: () => ({ kind: "image" }),
	call: (argument, turn) => askedCall(argument, turn),
};

function partsOf(turn: Turn, words: readonly Word[]): readonly ScriptPart[] {
	if (turn.toolResult !== null) return [text(`${turn.model} got this from the tool: ${turn.toolResult}`)];
	const parts = words
		.map(({ name, argument }) => played[name]?.(argument, turn) ?? null)
		.filter((part) => part !== null);
	// Thinking, searching and errors come before what is said anyway.
	if (parts.some(({ kind }) => kind !== "reasoning" && kind !== "search")) return parts;
	return [...parts, usualPart(turn)];
}

function usualPart(turn: Turn): ScriptPart {
	const tool = wantedTool(turn);
	if (tool) return { kind: "call", tool, input: sampleInput(tool) };
	const { long } = steeringOf(turn.text);
	if (long !== null) {
		return { kind: "text", pieces: Array.from({ length: long }, (_, index) => `word${index + 1} `), cited: false };
	}
	const { jsonSchema } = turn.settings ?? plainSettings;
	if (jsonSchema !== null) return text(JSON.stringify(sampleObject(jsonSchema)));
	const said = withoutWords(turn.text).trim().split(/\s+/).slice(-12).join(" ");
	return text(`Hello from ${turn.model}: ${said}${turn.images.map((image) => ` (${image})`).join("")}`);
}

function text(whole: string): Extract<ScriptPart, { kind: "text" }> {
	return { kind: "text", pieces: wordParts(whole), cited: false };
}

function wantedTool({ text: said, tools }: Turn): OfferedTool | undefined {
	const words = new Set(said.match(/[\w-]+/g));
	const named = tools.find((tool) => words.has(tool.name));
	return named ?? (/\b(?:weather|tool)\b/i.test(withoutWords(said)) ? tools[0] : undefined);
}

/** `[call]`, `[call NAME]`, `[call NAME INPUT]`; the name may be the end of an offered one. */
function askedCall(argument: string, { tools }: Turn): ScriptPart | null {
	const [, name = "", input = ""] = /^(\S*)\s*(.*)$/s.exec(argument) ?? [];
	const tool =
		name === ""
			? tools[0]
			: (tools.find((offered) => offered.name === name) ?? tools.find((offered) => isLike(offered, name)));
	if (tool === undefined) return null;
	if (input === "") return { kind: "call", tool, input: sampleInput(tool) };
	return {
		kind: "call",
		tool,
		input: tool.free === true || input.startsWith("{") ? input : asOnlyArgument(tool, input),
	};
}

function isLike({ name }: OfferedTool, wanted: string): boolean {
	const plain = (whole: string) => whole.replace(/[^a-z0-9]/gi, "");
	return plain(name).endsWith(plain(wanted));
}

function sampleInput(tool: OfferedTool): string {
	return tool.free === true ? "demo" : JSON.stringify(sampleObject(tool.schema));
}

/** Text for a tool that takes JSON. */
function asOnlyArgument(tool: OfferedTool, input: string): string {
	const [name = "input"] = Object.keys(sampleObject(tool.schema));
	return JSON.stringify({ [name]: input });
}

/** A model calls where it must and does not where it must not. */
function allowedCalls(turn: Turn, parts: readonly ScriptPart[]): readonly ScriptPart[] {
	const { toolChoice, parallel } = turn.settings ?? plainSettings;
	if (turn.toolResult !== null) return parts;
	const others = parts.filter(({ kind }) => kind !== "call");
	const calls = parts.filter((part) => part.kind === "call");
	if (toolChoice === "none" && calls.length > 0)
		return others.length > 0 ? others : [usualPart({ ...turn, tools: [] })];
	const named = typeof toolChoice === "object" ? toolChoice.name : null;
	const fitting = named === null ? calls : calls.filter(({ tool }) => tool.name === named);
	if ((toolChoice === "required" || named !== null) && fitting.length === 0) {
		const tool = turn.tools.find(({ name }) => named === null || name === named);
		const reasoning = others.filter(({ kind }) => kind === "reasoning");
		return tool ? [...reasoning, { kind: "call", tool, input: sampleInput(tool) }] : parts;
	}
	return parallel ? parts : parts.filter((part) => part.kind !== "call" || part === fitting[0]);
}

/** The text ends where a stop sequence would begin, and nothing follows. */
function cutAtStop(
	parts: readonly ScriptPart[],
	stop: readonly string[],
): { readonly parts: readonly ScriptPart[]; readonly met: string | null } {
	for (const [index, part] of parts.entries()) {
		if (part.kind !== "text") continue;
		const whole = part.pieces.join("");
		const first = stop
			.map((sequence) => ({ sequence, place: whole.indexOf(sequence) }))
			.filter(({ place }) => place >= 0)
			.sort((one, other) => one.place - other.place)[0];
		if (first) {
			const rest = { ...part, pieces: wordParts(whole.slice(0, first.place)) };
			return { parts: [...parts.slice(0, index), rest], met: first.sequence };
		}
	}
	return { parts, met: null };
}

/** Further candidates say another thing. */
function numbered(parts: readonly ScriptPart[], place: number): readonly ScriptPart[] {
	return parts.map((part) => (part.kind === "text" ? { ...part, pieces: [...part.pieces, ` #${place}`] } : part));
}

/** What a reply took, where nothing else is asked for. */
export function usageOf({ candidates, usage }: Script, requestBody: Buffer): ScriptUsage {
	if (usage !== null) return usage;
	const parts = candidates.flat();
	const characters = parts.reduce((sum, part) => sum + sizeOf(part), 0);
	const thought = parts.filter(({ kind }) => kind === "reasoning").reduce((sum, part) => sum + sizeOf(part), 0);
	return {
		input: tokensIn(requestBody.length),
		cached: 0,
		cacheWritten: 0,
		output: tokensIn(characters),
		reasoning: thought === 0 ? 0 : tokensIn(thought),
	};
}

function sizeOf(part: ScriptPart): number {
	if (part.kind === "call") return part.tool.name.length + part.input.length;
	return part.kind === "search" || part.kind === "image" ? 0 : part.pieces.join("").length;
}

/** The same for the same piece: a logarithm, and others that were less likely. */
export function likelihoods(piece: string, alternatives: number): { token: string; logprob: number }[] {
	return Array.from({ length: alternatives }, (_, index) => ({
		token: index === 0 ? piece : `${piece.trim()}${index}`,
		logprob: -0.25 * (index + 1),
	}));
}

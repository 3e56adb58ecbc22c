import type { Effort, ServiceTier, Verbosity } from "../../../src/formats/conversation.ts";
import type { Heard } from "./heard.ts";

/** What a client asks, in no SDK's terms. Each driver says it in its own. */
export interface Ask {
	readonly system?: readonly string[];
	readonly turns: readonly AskTurn[];
	readonly tools?: readonly AskTool[];
	readonly toolChoice?:
		| "auto"
		| "none"
		| "required"
		| { readonly name: string }
		| { readonly allowed: readonly string[] };
	/** False forbids several calls at once. */
	readonly parallel?: boolean;
	readonly output?: "json" | { readonly name: string; readonly schema: Schema };
	readonly maxTokens?: number;
	readonly temperature?: number;
	readonly topP?: number;
	readonly topK?: number;
	readonly seed?: number;
	readonly presencePenalty?: number;
	readonly frequencyPenalty?: number;
	readonly stop?: readonly string[];
	/** Alternatives with each token. */
	readonly logprobs?: number;
	readonly candidates?: number;
	readonly effort?: Effort;
	/** Tokens of thinking. */
	readonly budget?: number;
	/** Wants to see the thinking. */
	readonly thoughts?: boolean;
	readonly verbosity?: Verbosity;
	readonly serviceTier?: ServiceTier;
	readonly cacheKey?: string;
	/** Marks the system prompt, the tools and the last user text. */
	readonly cacheMarks?: boolean;
	readonly user?: string;
	readonly metadata?: Readonly<Record<string, string>>;
	readonly webSearch?: boolean;
	/** Members of the client's own body that nothing above can say; official SDKs only. */
	readonly extra?: Readonly<Record<string, unknown>>;
	/** Which of the account's models is meant. */
	readonly model?: "plain" | "thinker" | "signing";
	/** As it is asked for, where another name is meant than the usual one. */
	readonly modelName?: string;
}

export type Schema = Readonly<Record<string, unknown>>;

export type AskTurn =
	| { readonly kind: "user"; readonly parts: readonly AskPart[] }
	| { readonly kind: "system"; readonly text: string }
	| { readonly kind: "assistant"; readonly parts: readonly (SaidText | SaidCall)[] }
	/** What the client got before, sent back as its SDK has it. */
	| { readonly kind: "reply"; readonly heard: Heard }
	| { readonly kind: "results"; readonly results: readonly AskResult[] };

export interface SaidText {
	readonly kind: "text";
	readonly text: string;
}

export interface SaidCall {
	readonly kind: "call";
	readonly id: string;
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>>;
}

export type AskPart =
	| SaidText
	| { readonly kind: "image"; readonly mediaType: string; readonly data: string }
	| { readonly kind: "imageUrl"; readonly url: string }
	| { readonly kind: "pdf"; readonly name: string; readonly data: string }
	| { readonly kind: "audio"; readonly mediaType: string; readonly data: string };

export interface AskResult {
	readonly id: string;
	readonly name: string;
	/** Of a tool whose input is text. */
	readonly free?: boolean;
	readonly content: readonly (SaidText | Extract<AskPart, { kind: "image" }>)[];
	readonly isError?: boolean;
}

export interface AskTool {
	readonly name: string;
	readonly description?: string;
	/** JSON Schema; absent for a tool whose input is text. */
	readonly schema?: Schema;
	readonly strict?: boolean;
	/** Of a tool whose input is text. */
	readonly grammar?: { readonly syntax: "lark" | "regex"; readonly definition: string };
	readonly namespace?: string;
}

/** What an ask needs a client to be able to say. */
export type Trait =
	| Exclude<keyof Ask, "turns" | "model" | "modelName" | "output" | "toolChoice" | "parallel" | "extra">
	| "systemBlocks"
	| "systemLater"
	| "severalTexts"
	| "image"
	| "imageUrl"
	| "pdf"
	| "audio"
	| "resultImage"
	| "resultError"
	| "resultParts"
	| "freeTool"
	| "grammar"
	| "namespace"
	| "strict"
	| "choice"
	| "allowedTools"
	| "noParallel"
	| "json"
	| "schema"
	| "extra";

/** All that an ask needs. */
export function traitsOf(ask: Ask): ReadonlySet<Trait> {
	const { turns, model: _, modelName: __, output, toolChoice, parallel, tools = [], system = [], ...plain } = ask;
	const found = new Set<Trait>([...(Object.keys(plain) as Trait[])]);
	if (system.length > 0) found.add("system");
	if (system.length > 1) found.add("systemBlocks");
	if (tools.length > 0) found.add("tools");
	if (output !== undefined) found.add(output === "json" ? "json" : "schema");
	if (toolChoice !== undefined)
		found.add(typeof toolChoice === "object" && "allowed" in toolChoice ? "allowedTools" : "choice");
	if (parallel === false) found.add("noParallel");
	for (const { schema, grammar, namespace, strict } of tools) {
		if (schema === undefined) found.add("freeTool");
		if (grammar !== undefined) found.add("grammar");
		if (namespace !== undefined) found.add("namespace");
		if (strict !== undefined) found.add("strict");
	}
	for (const turn of turns) for (const trait of turnTraits(turn)) found.add(trait);
	return found;
}

function turnTraits(turn: AskTurn): readonly Trait[] {
	switch (turn.kind) {
		case "user": {
			const texts = turn.parts.filter(({ kind }) => kind === "text");
			const media = turn.parts.map(({ kind }) => kind).filter((kind) => kind !== "text");
			return [...media, ...(texts.length > 1 ? (["severalTexts"] as const) : [])];
		}
		case "system":
			return ["systemLater"];
		case "results":
			return turn.results.flatMap(({ content, isError, free }) => [
				...(content.some(({ kind }) => kind === "image") ? (["resultImage"] as const) : []),
				...(content.length > 1 ? (["resultParts"] as const) : []),
				...(isError === true ? (["resultError"] as const) : []),
				...(free === true ? (["freeTool"] as const) : []),
			]);
		default:
			return [];
	}
}

/** Short forms, for tables of cases. */
export function user(...parts: readonly (string | AskPart)[]): AskTurn {
	return { kind: "user", parts: parts.map((part) => (typeof part === "string" ? said(part) : part)) };
}

export function said(text: string): SaidText {
	return { kind: "text", text };
}

export function assistant(...parts: readonly (string | SaidCall)[]): AskTurn {
	return { kind: "assistant", parts: parts.map((part) => (typeof part === "string" ? said(part) : part)) };
}

export function call(id: string, name: string, input: Readonly<Record<string, unknown>>): SaidCall {
	return { kind: "call", id, name, input };
}

export function results(...given: readonly AskResult[]): AskTurn {
	return { kind: "results", results: given };
}

export function result(id: string, name: string, text: string): AskResult {
	return { id, name, content: [said(text)] };
}

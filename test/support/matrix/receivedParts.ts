import { objectOf } from "../demoRelay/answer.ts";
import type { RecordedRequest } from "../recordedRequest.ts";

export type Body = Readonly<Record<string, unknown>>;

/** What reached the account, in no format's terms. Absent is what was not said. */
export interface Received {
	readonly model: string;
	/** What stands before everything else. */
	readonly system: readonly string[];
	/** All that was said, in its order. */
	readonly talk: readonly Said[];
	readonly tools: readonly ReceivedTool[];
	readonly webSearch: boolean;
	readonly toolChoice?: "auto" | "none" | "required" | { readonly names: readonly string[] };
	readonly parallel?: boolean;
	readonly output?: "json" | { readonly schema: unknown };
	readonly maxTokens?: number;
	readonly temperature?: number;
	readonly topP?: number;
	readonly topK?: number;
	readonly seed?: number;
	readonly presencePenalty?: number;
	readonly frequencyPenalty?: number;
	readonly stop?: readonly string[];
	readonly logprobs?: number;
	readonly candidates?: number;
	readonly effort?: string;
	readonly budget?: number;
	/** Whether thinking is to be shown. */
	readonly thoughts?: boolean;
	readonly verbosity?: string;
	readonly serviceTier?: string;
	readonly cacheKey?: string;
	readonly cacheMarks: number;
	readonly user?: string;
	readonly metadata?: unknown;
	readonly stream: boolean;
	/** As it came. */
	readonly body: Body;
	readonly headers: RecordedRequest["headers"];
}

export type Said =
	| { readonly kind: "text"; readonly role: Role; readonly text: string }
	| { readonly kind: "image"; readonly role: Role; readonly source: string }
	| { readonly kind: "pdf" | "audio"; readonly role: Role; readonly data: string }
	| { readonly kind: "reasoning"; readonly role: "assistant" }
	| {
			readonly kind: "call";
			readonly role: "assistant";
			readonly id: string;
			readonly name: string;
			readonly input: unknown;
	  }
	| {
			readonly kind: "result";
			readonly role: "user";
			readonly id: string;
			readonly text: string;
			readonly images: readonly string[];
			readonly isError: boolean;
	  };
export type Role = "system" | "user" | "assistant";

export interface ReceivedTool {
	readonly name: string;
	readonly namespace?: string;
	readonly description?: string;
	readonly schema?: unknown;
	readonly free: boolean;
	readonly strict?: boolean;
	readonly grammar?: unknown;
}

/** What of a request its format's own reader makes out. */
export type Reading = Omit<Received, "body" | "headers">;

/** A number, or undefined. */
export function numberOf(value: unknown): number | undefined {
	return typeof value === "number" ? value : undefined;
}

export function wordOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

export function flagOf(value: unknown): boolean | undefined {
	return typeof value === "boolean" ? value : undefined;
}

export function wordsOf(value: unknown): readonly string[] | undefined {
	return Array.isArray(value) ? value.filter((word) => typeof word === "string") : undefined;
}

/** The data of a data URL; the URL itself where it is none. */
export function dataOf(url: unknown): string {
	const text = typeof url === "string" ? url : "";
	return /^data:[^,]*,(.*)$/s.exec(text)?.[1] ?? text;
}

/** The JSON in a text; the text where it is none. */
export function parsed(text: unknown): unknown {
	if (typeof text !== "string") return text;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** Optional members that are there. */
export function some<Value extends object>(
	value: Value,
): { [Name in keyof Value]: Exclude<Value[Name], undefined | null> } {
	return Object.fromEntries(
		Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null),
	) as never;
}

export function inside(value: unknown, name: string): unknown {
	return objectOf(value)?.[name];
}

import { createHash } from "node:crypto";
import { objectsOf, textOf } from "./answer.ts";
import { wordsIn } from "./words.ts";

/** What the last user text asks of the transport, and of errors before the reply. */
export interface Steering {
	/** `[long N]`: the reply's text comes in N pieces. */
	readonly long: number | null;
	/** `[silent]`, `[silent N]`: nothing more after the first (the Nth) event, until the client goes away. */
	readonly silentAfter: number | null;
	/** `[cut]`, `[cut N]`: the socket is destroyed inside the event after half of them (after N). -1 stands for half. */
	readonly cutAfter: number | null;
	/** `[status N]`, `[status N CODE]`: an error of that status. */
	readonly status: number | null;
	/** The API's own code or type for that error; empty where none is asked for. */
	readonly code: string;
	/** `[gzip]`: the reply is compressed. */
	readonly gzip: boolean;
	/** `[slow MS]`: milliseconds between events. */
	readonly slow: number;
	/** `[beat]`: a sign of life before each event. */
	readonly beats: boolean;
}

/** A tool that the client offers to run. */
export interface OfferedTool {
	readonly name: string;
	readonly namespace?: string;
	/** JSON Schema of its arguments. */
	readonly schema: unknown;
	/** Its input is text. */
	readonly free?: boolean;
}

/** What all four formats' requests come down to. */
export interface Turn {
	readonly model: string;
	/** Of the last user message. */
	readonly text: string;
	/** One for each image of the last user message: `image/png, 68 bytes`. */
	readonly images: readonly string[];
	/** What a tool gave back, when that is the last thing said. */
	readonly toolResult: string | null;
	readonly tools: readonly OfferedTool[];
	readonly settings?: TurnSettings;
}

/** What else of a request changes the reply. */
export interface TurnSettings {
	readonly toolChoice: "auto" | "none" | "required" | { readonly name: string };
	/** Whether one reply may hold several calls. */
	readonly parallel: boolean;
	readonly stop: readonly string[];
	/** Schema of the JSON that is asked for; null where text is. */
	readonly jsonSchema: unknown;
	readonly candidates: number;
	/** Alternatives to tell with each token; null where nothing of that is asked for. */
	readonly logprobs: number | null;
}

export const plainSettings: TurnSettings = {
	toolChoice: "auto",
	parallel: true,
	stop: [],
	jsonSchema: null,
	candidates: 1,
	logprobs: null,
};

export function steeringOf(text: string): Steering {
	const words = new Map(wordsIn(text).map(({ name, argument }) => [name, argument]));
	const number = (name: "long" | "silent" | "cut" | "slow"): number | null => {
		const argument = words.get(name);
		return argument === undefined || argument === "" ? null : Number(argument);
	};
	const [status, code = ""] = (words.get("status") ?? "").split(" ");
	return {
		long: number("long"),
		silentAfter: words.has("silent") ? (number("silent") ?? 1) : null,
		cutAfter: words.has("cut") ? (number("cut") ?? -1) : null,
		status: status ? Number(status) : null,
		code,
		gzip: words.has("gzip"),
		slow: number("slow") ?? 0,
		beats: words.has("beat"),
	};
}

/** Arguments arrive in parts that break anywhere, so that clients have to put them together. */
export function argumentParts(whole: string): readonly string[] {
	return whole.match(/.{1,7}/gsu) ?? [];
}

/** Text as a model writes it: a word at a time. */
export function wordParts(whole: string): readonly string[] {
	return whole.match(/\s*\S+\s*/g) ?? (whole === "" ? [] : [whole]);
}

/** A string, or the text of an array's parts. */
export function contentText(content: unknown): string {
	return (
		textOf(content) ||
		objectsOf(content)
			.map(({ text }) => textOf(text))
			.join("")
	);
}

/** About four characters a token, as a person would estimate. */
export function tokensIn(characters: number): number {
	return Math.max(1, Math.ceil(characters / 4));
}

/** Stable for the same request bytes. */
export function idOf(prefix: string, body: Buffer): string {
	return `${prefix}${createHash("sha256").update(body).digest("hex").slice(0, 24)}`;
}

/**
 * The id of one part of a reply: the first has the plain one. None begins with another: Claude Code loses a call whose id is
 * that of another call and a suffix.
 */
export function partId(prefix: string, body: Buffer, index: number): string {
	return idOf(prefix, index === 0 ? body : Buffer.concat([body, Buffer.from(` ${index}`)]));
}

/** Describes a base64 payload. */
export function describeImage(mediaType: string, base64: string): string {
	return `${mediaType}, ${Buffer.from(base64, "base64").length} bytes`;
}

/** Describes an image given as a data URL or an address. */
export function describeImageUrl(url: string): string {
	const data = /^data:([^;,]+);base64,(.*)$/s.exec(url);
	return data ? describeImage(data[1] ?? "", data[2] ?? "") : `image at ${url}`;
}

/** Eight numbers (or as many as asked for) between -1 and 1, the same for the same text, exact as 32-bit floats. */
export function embeddingOf(said: string, dimensions = 8): number[] {
	const digest = createHash("sha256").update(said).digest();
	return Array.from({ length: dimensions }, (_, index) =>
		Math.fround((digest[index % digest.length] ?? 0) / 127.5 - 1),
	);
}

/** When everything of the demo was made; seconds since 1970. */
export const created = 1_767_225_600;

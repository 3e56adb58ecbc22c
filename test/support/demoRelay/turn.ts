import { createHash } from "node:crypto";
import { objectsOf, textOf } from "./answer.ts";

/** What the last user text asks of the transport, in square brackets: `[long 500] [slow 20]`. */
export interface Steering {
	/** `[long N]`: the reply's text comes in N pieces. */
	readonly long: number | null;
	/** `[silent]`, `[silent N]`: nothing more after the first (the Nth) event, until the client goes away. */
	readonly silentAfter: number | null;
	/** `[cut]`, `[cut N]`: the socket is destroyed inside the event after half of them (after N). -1 stands for half. */
	readonly cutAfter: number | null;
	/** `[status N]`: an error of that status. */
	readonly status: number | null;
	/** `[gzip]`: the reply is compressed. */
	readonly gzip: boolean;
	/** `[slow MS]`: milliseconds between events. */
	readonly slow: number;
}

/** A function that the client offers to run. */
export interface OfferedTool {
	readonly name: string;
	/** JSON Schema of its arguments. */
	readonly schema: unknown;
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
}

export type Reply =
	| { readonly kind: "text"; readonly pieces: readonly string[] }
	| { readonly kind: "toolCall"; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

const steeringWord = /\[(long|silent|cut|status|gzip|slow)(?: (\d+))?\]/g;
/** Steering words stand at an end of the text; the middle of a long prompt is not searched. */
const searched = 1000;

export function steeringOf(text: string): Steering {
	const ends = text.length > 2 * searched ? text.slice(0, searched) + text.slice(-searched) : text;
	const words = new Map<string, number | null>();
	for (const [, word, amount] of ends.matchAll(steeringWord)) {
		if (word) words.set(word, amount === undefined ? null : Number(amount));
	}
	return {
		long: words.get("long") ?? null,
		silentAfter: words.has("silent") ? (words.get("silent") ?? 1) : null,
		cutAfter: words.has("cut") ? (words.get("cut") ?? -1) : null,
		status: words.get("status") ?? null,
		gzip: words.has("gzip"),
		slow: words.get("slow") ?? 0,
	};
}

/** The same turn always gets the same reply. */
export function replyTo(turn: Turn): Reply {
	if (turn.toolResult !== null) return text(`${turn.model} got this from the tool: ${turn.toolResult}`);
	const tool = calledTool(turn);
	if (tool) return { kind: "toolCall", name: tool.name, input: sampleObject(tool.schema) };
	const { long } = steeringOf(turn.text);
	if (long !== null) {
		return { kind: "text", pieces: Array.from({ length: long }, (_, index) => `word${index + 1} `) };
	}
	const images = turn.images.map((image) => ` (${image})`).join("");
	return text(`Hello from ${turn.model}: ${lastWords(turn.text)}${images}`);
}

function text(whole: string): Reply {
	return { kind: "text", pieces: whole.match(/\S+\s*/g) ?? [whole] };
}

function calledTool(turn: Turn): OfferedTool | undefined {
	const words = new Set(turn.text.match(/[\w-]+/g));
	const named = turn.tools.find((tool) => words.has(tool.name));
	return named ?? (/\b(?:weather|tool)\b/i.test(turn.text) ? turn.tools[0] : undefined);
}

function lastWords(said: string): string {
	return said.slice(-searched).replace(steeringWord, "").trim().split(/\s+/).slice(-12).join(" ");
}

/** Arguments that fit the schema well enough for a client to run the tool. */
function sampleObject(schema: unknown): Record<string, unknown> {
	const properties = (schema as { properties?: Record<string, unknown> } | null)?.properties ?? {};
	return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, sample(name, property)]));
}

function sample(name: string, schema: unknown): unknown {
	const { type, enum: choices } = (schema ?? {}) as { type?: unknown; enum?: readonly unknown[] };
	if (choices?.length) return choices[0];
	switch (String(type).toLowerCase()) {
		case "number":
		case "integer":
			return 1;
		case "boolean":
			return true;
		case "array":
			return [];
		case "object":
			return sampleObject(schema);
		default:
			return /city|place|location/i.test(name) ? "Reykjavík" : "demo";
	}
}

/** Arguments arrive in parts that break anywhere, so that clients have to put them together. */
export function argumentParts(whole: string): readonly string[] {
	return whole.match(/.{1,7}/gsu) ?? [];
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

export function outputTokens(reply: Reply): number {
	const characters =
		reply.kind === "text" ? reply.pieces.join("").length : reply.name.length + JSON.stringify(reply.input).length;
	return tokensIn(characters);
}

/** Stable for the same request bytes. */
export function idOf(prefix: string, body: Buffer): string {
	return `${prefix}${createHash("sha256").update(body).digest("hex").slice(0, 24)}`;
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

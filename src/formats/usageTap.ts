import type { Format } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import { formatRules } from "./format.ts";
import { parseJson } from "./probe.ts";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
/** 1 for each byte that means something where members are looked at, and deeper. */
const nestedMarks = marksOf(quote, openBrace, closeBrace, openBracket, closeBracket);
const memberMarks = marksOf(quote, openBrace, closeBrace, openBracket, closeBracket, comma, colon);
/** White space and the byte order mark are all that may stand before a document. */
const beforeDocument: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** The members by which each format tells tokens; everything else in a reply is skipped. */
const wanted: Readonly<Record<Format, ReadonlySet<string>>> = {
	openai: new Set(["usage"]),
	codex: new Set(["usage"]),
	anthropic: new Set(["usage", "input_tokens"]),
	gemini: new Set(["usageMetadata", "totalTokens", "cachedContentTokenCount"]),
};

/** Bytes of a key that are looked at; none that is wanted comes near, escapes included. */
const longestKey = 256;
/** Bytes of a wanted value; Gemini's, with details of each modality, have a few hundred. */
const longestValue = 16 * 1024;

function marksOf(...bytes: readonly number[]): Uint8Array {
	const marks = new Uint8Array(256);
	for (const byte of bytes) marks[byte] = 1;
	return marks;
}

/** Bytes that are kept until what they spell is whole; forgotten where there are too many. */
class Collected {
	#parts: Buffer[] = [];
	#length = 0;
	readonly #longest: number;

	constructor(longest: number) {
		this.#longest = longest;
	}

	/** Copied: a small part must not keep a whole chunk in memory. */
	add(bytes: Buffer): void {
		this.#length += bytes.length;
		if (this.#length <= this.#longest) this.#parts.push(Buffer.from(bytes));
		else this.#parts = [];
	}

	/** As JSON; undefined where it is none or was too long. */
	parsed(): unknown {
		return this.#length <= this.#longest ? parseJson(Buffer.concat(this.#parts).toString("utf8")) : undefined;
	}
}

/**
 * Finds the tokens in a whole JSON reply of any size while it passes, without building or keeping it. Only depth and strings
 * are followed, and strings, which are nearly all of a reply, by native search. Of a reply that is an array each element is
 * looked into, and later ones prevail.
 */
export class JsonUsageTap {
	readonly #format: Format;
	readonly #found = new Map<string, unknown>();
	#state: "before" | "inside" | "after" | "broken" = "before";
	#depth = 0;
	/** The depth at which members are looked at: 1, or 2 in an array. */
	#memberDepth = 1;
	#inString = false;
	/** An odd number of backslashes stands at the end of the last chunk. */
	#escaped = false;
	/** The next string at that depth is a key. */
	#expectsKey = false;
	#key: string | null = null;
	#collected: { readonly kind: "key" | "value"; readonly bytes: Collected } | null = null;
	/** Where in the chunk at hand the bytes to collect begin. */
	#collectFrom = 0;

	constructor(format: Format) {
		this.#format = format;
	}

	push(chunk: Buffer): void {
		if (this.#state === "broken") return;
		this.#collectFrom = 0;
		let at = 0;
		while (at < chunk.length) {
			if (this.#inString) {
				at = this.#skipString(chunk, at);
				continue;
			}
			at = this.#skipPlain(chunk, at);
			if (at < chunk.length) this.#step(chunk, at);
			at += 1;
		}
		if (this.#collected) this.#collected.bytes.add(chunk.subarray(this.#collectFrom));
	}

	/** Null where the reply told nothing, or was no whole JSON. */
	end(): Usage | null {
		if (this.#state !== "after") return null;
		return formatRules[this.#format].readUsage(Object.fromEntries(this.#found));
	}

	/** Passes over bytes that change nothing: nearly all of an array of numbers. */
	#skipPlain(chunk: Buffer, from: number): number {
		if (this.#state !== "inside") return from;
		const marks = this.#depth === this.#memberDepth ? memberMarks : nestedMarks;
		const { length } = chunk;
		let at = from;
		while (at < length && marks[chunk[at] ?? 0] === 0) at += 1;
		return at;
	}

	#step(chunk: Buffer, at: number): void {
		const byte = chunk[at];
		if (this.#state !== "inside") {
			this.#stepOutside(byte);
			return;
		}
		switch (byte) {
			case quote:
				this.#inString = true;
				this.#escaped = false;
				if (this.#expectsKey && this.#depth === this.#memberDepth) this.#collect("key", at);
				return;
			case openBrace:
			case openBracket:
				this.#depth += 1;
				if (this.#depth === this.#memberDepth) this.#expectsKey = byte === openBrace;
				return;
			case closeBrace:
			case closeBracket:
				if (this.#depth === this.#memberDepth) this.#endValue(chunk, at);
				this.#depth -= 1;
				if (this.#depth === 0) this.#state = "after";
				return;
			case comma:
				if (this.#depth !== this.#memberDepth) return;
				this.#endValue(chunk, at);
				this.#expectsKey = true;
				return;
			case colon:
				if (this.#depth !== this.#memberDepth || this.#key === null) return;
				if (wanted[this.#format].has(this.#key)) this.#collect("value", at + 1);
				return;
			default:
		}
	}

	#stepOutside(byte: number | undefined): void {
		if (byte !== undefined && beforeDocument.has(byte)) return;
		if (this.#state === "after" || (byte !== openBrace && byte !== openBracket)) {
			this.#state = "broken";
			return;
		}
		this.#state = "inside";
		this.#depth = 1;
		this.#memberDepth = byte === openBrace ? 1 : 2;
		this.#expectsKey = byte === openBrace;
	}

	/** @returns just after the string, or the chunk's end. */
	#skipString(chunk: Buffer, from: number): number {
		let searched = from;
		for (;;) {
			const found = chunk.indexOf(quote, searched);
			const end = found < 0 ? chunk.length : found;
			let slashes = end - 1;
			while (slashes >= from && chunk[slashes] === backslash) slashes -= 1;
			const carried = slashes < from && this.#escaped ? 1 : 0;
			const isEscaped = (end - 1 - slashes + carried) % 2 === 1;
			if (found < 0) {
				this.#escaped = isEscaped;
				return end;
			}
			if (!isEscaped) {
				this.#inString = false;
				if (this.#collected?.kind === "key") this.#endKey(chunk, found + 1);
				return found + 1;
			}
			searched = found + 1;
		}
	}

	#collect(kind: "key" | "value", from: number): void {
		this.#collected = { kind, bytes: new Collected(kind === "key" ? longestKey : longestValue) };
		this.#collectFrom = from;
	}

	#takeCollected(chunk: Buffer, end: number): unknown {
		const bytes = this.#collected?.bytes;
		bytes?.add(chunk.subarray(this.#collectFrom, end));
		this.#collected = null;
		return bytes?.parsed();
	}

	#endKey(chunk: Buffer, end: number): void {
		const key = this.#takeCollected(chunk, end);
		this.#key = typeof key === "string" ? key : null;
		this.#expectsKey = false;
	}

	#endValue(chunk: Buffer, end: number): void {
		if (this.#collected?.kind === "value" && this.#key !== null) {
			this.#found.set(this.#key, this.#takeCollected(chunk, end));
		}
		this.#key = null;
	}
}

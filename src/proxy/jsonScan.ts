import { nextQuote, type Words, wordsOf } from "./quoteSearch.ts";

/** A value of a JSON text, by its place: byte offsets, quotes and brackets included. */
export interface ByteRange {
	readonly start: number;
	readonly end: number;
}

/** Members of a JSON object by name. Of one that occurs more than once the last, as every JSON parser takes it. */
export type Members = ReadonlyMap<string, ByteRange>;

/** The text is no JSON where it was looked at; what was skipped is not validated. */
export class NotJson extends Error {}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** Bytes of a member's name that are looked at; no name that is looked for comes near. */
const longestName = 64;

/**
 * The members of a text that is one JSON object. Strings, which are nearly all of a long prompt, are skipped by native
 * search.
 * @throws NotJson
 */
export function membersOfText(text: Buffer, wanted: ReadonlySet<string>): Members {
	const found = new Map<string, ByteRange>();
	const end = eachMember(text, skipSpace(text, 0), (name, value) => {
		if (wanted.has(name)) found.set(name, value);
	});
	if (skipSpace(text, end) !== text.length) throw new NotJson();
	return found;
}

/** The members of the object at a place of a text; none where no object stands there. @throws NotJson */
export function membersAt(text: Buffer, { start }: ByteRange, wanted: ReadonlySet<string>): Members {
	const found = new Map<string, ByteRange>();
	if (text[start] !== openBrace) return found;
	eachMember(text, start, (name, value) => {
		if (wanted.has(name)) found.set(name, value);
	});
	return found;
}

/**
 * @param start of the object.
 * @param enter may go through a value itself, and then says where it ends; null where it does not.
 * @returns just after its closing brace.
 * @throws NotJson
 */
export function eachMember(
	text: Buffer,
	start: number,
	visit: (name: string, value: ByteRange) => void,
	enter?: (name: string, start: number) => number | null,
): number {
	let at = skipSpace(text, expect(text, start, openBrace));
	if (text[at] === closeBrace) return at + 1;
	for (;;) {
		const nameStart = at;
		at = skipString(text, expect(text, at, quote));
		const name = memberName(text, nameStart, at);
		const valueStart = skipSpace(text, expect(text, skipSpace(text, at), colon));
		at = enter?.(name, valueStart) ?? skipValue(text, valueStart);
		visit(name, { start: valueStart, end: at });
		at = skipSpace(text, at);
		if (text[at] === closeBrace) return at + 1;
		at = skipSpace(text, expect(text, at, comma));
	}
}

/**
 * The items of the array at a place of a text, until `visit` says `false`; none where no array stands there.
 * @throws NotJson
 */
export function eachItem(text: Buffer, { start }: ByteRange, visit: (item: ByteRange) => boolean): void {
	if (text[start] !== openBracket) return;
	let at = skipSpace(text, start + 1);
	if (text[at] === closeBracket) return;
	for (;;) {
		const itemStart = at;
		at = skipValue(text, at);
		if (!visit({ start: itemStart, end: at })) return;
		at = skipSpace(text, at);
		if (text[at] === closeBracket) return;
		at = skipSpace(text, expect(text, at, comma));
	}
}

/**
 * The items of an array with those of their members that are wanted, all in one pass; an item that is no object has none.
 * @param start of the array.
 * @returns just after its closing bracket.
 * @throws NotJson
 */
export function eachObject(
	text: Buffer,
	start: number,
	wanted: ReadonlySet<string>,
	visit: (members: Members) => void,
): number {
	let at = skipSpace(text, expect(text, start, openBracket));
	if (text[at] === closeBracket) return at + 1;
	for (;;) {
		const found = new Map<string, ByteRange>();
		const keep = (name: string, value: ByteRange) => {
			if (wanted.has(name)) found.set(name, value);
		};
		at = text[at] === openBrace ? eachMember(text, at, keep) : skipValue(text, at);
		visit(found);
		at = skipSpace(text, at);
		if (text[at] === closeBracket) return at + 1;
		at = skipSpace(text, expect(text, at, comma));
	}
}

export function isString(text: Buffer, { start }: ByteRange): boolean {
	return text[start] === quote;
}

export function isObject(text: Buffer, { start }: ByteRange): boolean {
	return text[start] === openBrace;
}

export function isArray(text: Buffer, { start }: Pick<ByteRange, "start">): boolean {
	return text[start] === openBracket;
}

/** The value of a JSON string; null where it is none, or none that can be read. */
export function stringAt(text: Buffer, range: ByteRange | undefined): string | null {
	if (!range || !isString(text, range)) return null;
	try {
		return String(JSON.parse(text.toString("utf8", range.start, range.end)));
	} catch {
		return null;
	}
}

/** A name as written, or decoded where it has escapes. */
function memberName(text: Buffer, start: number, end: number): string {
	const name = text.toString("latin1", start, Math.min(end, start + longestName));
	if (!name.includes("\\")) return name.slice(1, -1);
	return stringAt(text, { start, end }) ?? "";
}

function expect(text: Buffer, at: number, byte: number): number {
	if (text[at] !== byte) throw new NotJson();
	return at + 1;
}

function isSpace(byte: number | undefined): boolean {
	return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(text: Buffer, from: number): number {
	let at = from;
	while (isSpace(text[at])) at += 1;
	return at;
}

/** Where the long strings of a text end, by where they begin: a body is gone through more than once, a long prompt is not. */
const longStrings = new WeakMap<Buffer, Map<number, number>>();
/** Bytes. */
const longString = 16 * 1024;

/** @param from just after the opening quote. @returns just after the closing one. */
function skipString(text: Buffer, from: number): number {
	const known = longStrings.get(text)?.get(from);
	if (known !== undefined) return known;
	const end = endOfString(text, from);
	if (end - from > longString) {
		const ends = longStrings.get(text) ?? new Map<number, number>();
		longStrings.set(text, ends.set(from, end));
	}
	return end;
}

function endOfString(text: Buffer, from: number): number {
	let words: Words | null = null;
	let at = from;
	for (;;) {
		const end = nextQuote(text, words, at);
		if (end < 0) throw new NotJson();
		let slashes = end - 1;
		while (slashes >= from && text[slashes] === backslash) slashes -= 1;
		if ((end - 1 - slashes) % 2 === 0) return end + 1;
		// Where one quote is escaped, more are.
		words ??= wordsOf(text);
		at = end + 1;
	}
}

function skipValue(text: Buffer, from: number): number {
	const first = text[from];
	if (first === quote) return skipString(text, from + 1);
	if (first === openBrace || first === openBracket) return skipNested(text, from + 1);
	let at = from;
	while (at < text.length && !endsScalar(text[at])) at += 1;
	if (at === from) throw new NotJson();
	return at;
}

function endsScalar(byte: number | undefined): boolean {
	return byte === comma || byte === closeBrace || byte === closeBracket || isSpace(byte);
}

/** @param from just after the bracket that opens. @returns just after the one that closes it. */
function skipNested(text: Buffer, from: number): number {
	let depth = 1;
	let at = from;
	while (at < text.length) {
		const byte = text[at];
		at += 1;
		if (byte === quote) at = skipString(text, at);
		else if (byte === openBrace || byte === openBracket) depth += 1;
		else if (byte === closeBrace || byte === closeBracket) {
			depth -= 1;
			if (depth === 0) return at;
		}
	}
	throw new NotJson();
}

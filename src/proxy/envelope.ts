/** A value of a top-level member, by its place in the body. */
export interface ModelName {
	readonly name: string;
	/** Byte offsets of the JSON string, quotes included. */
	readonly start: number;
	readonly end: number;
}

/** The little that routing needs to know of a JSON body. */
export interface Envelope {
	/** The last top-level `model`, as every JSON parser takes it; null where there is none or it is no string. */
	readonly model: ModelName | null;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

class NotJson extends Error {}

/**
 * Finds `model` without building the body: strings, which are nearly all of a long prompt, are skipped by
 * native search. Values are not validated; the relay does that.
 * @returns null where the body is no JSON object.
 */
export function readEnvelope(body: Buffer): Envelope | null {
	try {
		return scanObject(body);
	} catch (error) {
		if (error instanceof NotJson || error instanceof SyntaxError) return null;
		throw error;
	}
}

/** The body with another model name; every other byte stays. */
export function withModel(body: Buffer, model: ModelName, name: string): Buffer {
	return Buffer.concat([body.subarray(0, model.start), Buffer.from(JSON.stringify(name)), body.subarray(model.end)]);
}

function scanObject(body: Buffer): Envelope {
	let at = expect(body, skipSpace(body, 0), openBrace);
	let model: ModelName | null = null;
	at = skipSpace(body, at);
	if (body[at] === closeBrace) return finish(body, at + 1, { model });
	for (;;) {
		const keyStart = at;
		at = skipString(body, expect(body, at, quote));
		const key = memberName(body, keyStart, at);
		at = skipSpace(body, expect(body, skipSpace(body, at), colon));
		const valueStart = at;
		at = skipValue(body, at);
		if (key === "model") model = modelAt(body, valueStart, at);
		at = skipSpace(body, at);
		if (body[at] === closeBrace) return finish(body, at + 1, { model });
		at = skipSpace(body, expect(body, at, comma));
	}
}

function finish(body: Buffer, at: number, envelope: Envelope): Envelope {
	if (skipSpace(body, at) !== body.length) throw new NotJson();
	return envelope;
}

/** A key as written, or decoded where it has escapes; keys too long to be looked for stay undecoded. */
function memberName(body: Buffer, start: number, end: number): string {
	const text = body.toString("latin1", start, Math.min(end, start + 64));
	return text.includes("\\") ? String(JSON.parse(body.toString("utf8", start, end))) : text.slice(1, -1);
}

function modelAt(body: Buffer, start: number, end: number): ModelName | null {
	if (body[start] !== quote) return null;
	return { name: String(JSON.parse(body.toString("utf8", start, end))), start, end };
}

function expect(body: Buffer, at: number, byte: number): number {
	if (body[at] !== byte) throw new NotJson();
	return at + 1;
}

function skipSpace(body: Buffer, from: number): number {
	let at = from;
	for (;;) {
		const byte = body[at];
		if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
		at += 1;
	}
}

/** @param from just after the opening quote. @returns just after the closing one. */
function skipString(body: Buffer, from: number): number {
	let at = from;
	for (;;) {
		const end = body.indexOf(quote, at);
		if (end < 0) throw new NotJson();
		let slashes = end - 1;
		while (slashes >= from && body[slashes] === backslash) slashes -= 1;
		if ((end - 1 - slashes) % 2 === 0) return end + 1;
		at = end + 1;
	}
}

function skipValue(body: Buffer, from: number): number {
	const first = body[from];
	if (first === quote) return skipString(body, from + 1);
	if (first === openBrace || first === openBracket) return skipNested(body, from + 1);
	let at = from;
	while (at < body.length && body[at] !== comma && body[at] !== closeBrace) at += 1;
	if (at === from) throw new NotJson();
	return at;
}

/** @param from just after the bracket that opens. @returns just after the one that closes it. */
function skipNested(body: Buffer, from: number): number {
	let depth = 1;
	let at = from;
	while (at < body.length) {
		const byte = body[at];
		at += 1;
		if (byte === quote) at = skipString(body, at);
		else if (byte === openBrace || byte === openBracket) depth += 1;
		else if (byte === closeBrace || byte === closeBracket) {
			depth -= 1;
			if (depth === 0) return at;
		}
	}
	throw new NotJson();
}

import type { Format } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import { formatRules } from "../formats/format.ts";
import { parseJson } from "../formats/probe.ts";
import { EventReader, type ServerSentEvent } from "../formats/sse.ts";
import type { StreamRules } from "../formats/stream.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";
import type { ReplyHead } from "./clientReply.ts";
import { headerValue } from "./headers.ts";
import { HeldBytes } from "./heldBytes.ts";
import { isWholeEvent } from "./streamTail.ts";

/** What the beginning of a reply turns out to be. */
export type Finding =
	/** The client may have it. */
	| { readonly kind: "good" }
	/** An error event inside a stream that began well. */
	| { readonly kind: "errorEvent"; readonly error: UpstreamError }
	/** An error, or a web page, as a whole body: to be judged with its status. */
	| { readonly kind: "errorBody"; readonly text: string }
	/** It ended before there was anything in it. */
	| { readonly kind: "empty"; readonly message: string };

/** Looks at a reply's bytes, in clear, until it is known what they are. */
export interface Inspector {
	/** @returns null as long as it cannot be told. */
	push(chunk: Buffer): Finding | null;
	end(): Finding;
	/** Tokens that the bytes looked at have told. */
	readonly usage: Usage | null;
	/** Whether that was all of the reply. */
	readonly hasReadAll: boolean;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const colon = 0x3a;

const good: Finding = { kind: "good" };

/** Bytes of an error's body that are looked at. */
export const errorLimit = 64 * 1024;

/** A reply with an error status: read to its end. */
export class RefusalInspector implements Inspector {
	readonly usage = null;
	readonly hasReadAll = false;
	readonly #held = new HeldBytes();

	push(chunk: Buffer): Finding | null {
		this.#held.push(chunk);
		return this.#held.length > errorLimit ? this.end() : null;
	}

	end(): Finding {
		return { kind: "errorBody", text: this.#held.text(errorLimit) };
	}
}

/** An event stream: looked at until its first event that carries something for a person, or ends it. */
export class StreamInspector implements Inspector {
	usage: Usage | null = null;
	readonly hasReadAll = false;
	readonly #rules: StreamRules;
	readonly #reader = new EventReader();

	constructor(format: Format) {
		this.#rules = formatRules[format].stream;
	}

	push(chunk: Buffer): Finding | null {
		return this.#look(this.#reader.push(chunk));
	}

	end(): Finding {
		const message = "The stream ended before there was anything in it.";
		// A relay that ends in the middle of an event has said nothing by it.
		const whole = this.#reader.end().filter(isWholeEvent);
		return this.#look(whole) ?? { kind: "empty", message };
	}

	#look(events: readonly ServerSentEvent[]): Finding | null {
		for (const { name, data } of events) {
			const sign = this.#rules.sign(name, data);
			this.usage = this.#rules.usage(data, this.usage);
			if (sign.kind === "error") return { kind: "errorEvent", error: sign.error };
			if (sign.kind !== "opening") return good;
		}
		return null;
	}
}

/** Whether a stream's bytes hold more than comments, so that the relay has begun to answer. */
export function holdsMoreThanComments(chunk: Buffer): boolean {
	const first = chunk.find((byte) => byte !== lineFeed && byte !== carriageReturn);
	if (first === undefined) return false;
	return first !== colon || chunk.includes("\ndata:") || chunk.includes("\nevent:");
}

/** Bytes of a whole reply that are held until its end, when it announces no more than that: read once, for all questions. */
const smallReply = 16 * 1024;
/** An error and a web page show in fewer bytes. */
const telling = 64;

/** Any other reply of a good status: known by its first bytes, or read whole where it is small. */
export class WholeInspector implements Inspector {
	usage: Usage | null = null;
	hasReadAll = false;
	readonly #format: Format;
	readonly #readsWhole: boolean;
	readonly #held = new HeldBytes();

	/** @param length as announced; null where the reply does not say. */
	constructor(format: Format, length: number | null) {
		this.#format = format;
		this.#readsWhole = length !== null && length <= smallReply;
	}

	push(chunk: Buffer): Finding | null {
		this.#held.push(chunk);
		if (this.#readsWhole) return null;
		const look = likeness(this.#held.text(telling));
		if (look === "fine" || (look === "unclear" && this.#held.length >= telling)) return good;
		if (look === "unclear") return null;
		return look === "page" || this.#held.length > errorLimit ? this.end() : null;
	}

	end(): Finding {
		const text = this.#held.text();
		if (text.trim() === "") return { kind: "empty", message: "The reply was empty." };
		if (likeness(text) === "page") return { kind: "errorBody", text };
		const body = parseJson(text);
		const { readError, readUsage } = formatRules[this.#format];
		// Some relays give an error a good status.
		if (readError(body) !== null) return { kind: "errorBody", text };
		this.usage = readUsage(body);
		this.hasReadAll = true;
		return good;
	}
}

/** What the beginning of a body looks like. */
function likeness(text: string): "fine" | "page" | "error" | "unclear" {
	const start = text.trimStart();
	if (start === "") return "unclear";
	if (isPage(start)) return "page";
	if (/^\[?\s*\{\s*(?:"type"\s*:\s*"error"\s*,\s*)?"error"\s*:\s*[{"]/.test(start)) return "error";
	return /^[[{<]/.test(start) && start.length < telling ? "unclear" : "fine";
}

/** Whether a body is a web page, whatever its type says. */
function isPage(text: string): boolean {
	return /^\s*<(?:!doctype\s+html|html)\b/i.test(text);
}

/** RFC 9110 sections 15.3.5 and 15.3.6: these never have a body. */
const bodiless: ReadonlySet<number> = new Set([204, 205]);
const nothingToSee: Inspector = { usage: null, hasReadAll: true, push: () => good, end: () => good };

/** How a reply is looked at, by its head. */
export function inspectorOf(
	format: Format,
	{ status, headers }: ReplyHead,
	isEventStream: boolean,
	isCompressed: boolean,
): Inspector {
	if (status >= 400) return new RefusalInspector();
	if (bodiless.has(status)) return nothingToSee;
	if (isEventStream) return new StreamInspector(format);
	const length = headerValue(headers, "content-length");
	return new WholeInspector(format, /^\d+$/.test(length) && !isCompressed ? Number(length) : null);
}

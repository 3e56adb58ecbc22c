import type { Citation } from "../conversation.ts";
import { freeInput } from "../freeTools.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { PartHead, ReplyEvent, TokenLogprob } from "../replyEvents.ts";
import { joinDetails } from "./reasoningDetails.ts";
import type { OpenaiSeal } from "./reasoningWriter.ts";

type Piece =
	| { readonly kind: "delta"; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
	| { readonly kind: "citation"; readonly citation: Citation };

/** A part of a candidate while it comes. */
export class LinePart {
	/** Null for a call whose name is not known yet. */
	head: PartHead | null;
	/** Nothing more will come. */
	isComplete = false;
	readonly #candidate: number;
	#isOpen = false;
	#pieces: Piece[] = [];

	constructor(candidate: number, head: PartHead | null) {
		this.#candidate = candidate;
		this.head = head;
	}

	add(piece: Piece): void {
		this.#pieces.push(piece);
	}

	/** What can be told by now, given that this part's turn has come. */
	flow(): readonly ReplyEvent[] {
		if (this.head === null) return [];
		const events: ReplyEvent[] = [];
		if (!this.#isOpen) events.push({ kind: "open", candidate: this.#candidate, part: this.head });
		this.#isOpen = true;
		for (const piece of this.takePieces()) events.push({ ...piece, candidate: this.#candidate });
		if (this.isComplete) events.push({ kind: "close", candidate: this.#candidate, ...this.seal() });
		return events;
	}

	get isOpen(): boolean {
		return this.#isOpen;
	}

	protected takePieces(): readonly Piece[] {
		const pieces = this.#pieces;
		this.#pieces = [];
		return pieces;
	}

	protected seal(): { readonly seal?: { readonly maker: "openai"; readonly value: OpenaiSeal } } {
		return {};
	}
}

/** Where the text stands in the message, so that offsets can be told from its own beginning. */
export class TextLinePart extends LinePart {
	readonly start: number;

	constructor(candidate: number, start: number) {
		super(candidate, { kind: "text" });
		this.start = start;
	}
}

/**
 * Reasoning, and what its relay has to see again: DeepSeek and Kimi refuse turns of theirs that come back without it, OpenRouter
 * and Google those without their signatures.
 */
export class ReasoningLinePart extends LinePart {
	readonly #members = new Map<string, string[]>();
	readonly #details: unknown[] = [];
	#call: OpenaiSeal["call"];

	constructor(candidate: number) {
		super(candidate, { kind: "reasoning" });
	}

	/** @param member of the message in which it came. */
	remember(member: string | null, text: string, details: readonly unknown[]): void {
		this.#details.push(...details);
		if (member === null || text === "") return;
		const pieces = this.#members.get(member) ?? [];
		pieces.push(text);
		this.#members.set(member, pieces);
	}

	/** What the call after it is signed with. */
	rememberCall(extra: unknown): void {
		this.#call = { extra_content: extra };
	}

	protected override seal() {
		const words = [...this.#members].map(([name, pieces]) => [name, pieces.join("")] as const);
		const details = this.#details.length === 0 ? {} : { reasoning_details: joinDetails(this.#details) };
		// Details have the words too.
		const message = this.#details.length === 0 ? Object.fromEntries(words) : details;
		const hasMessage = Object.keys(message).length > 0;
		if (!hasMessage && this.#call === undefined) return {};
		const value: OpenaiSeal = {
			...(hasMessage ? { message } : {}),
			...(this.#call === undefined ? {} : { call: this.#call }),
		};
		return { seal: { maker: "openai" as const, value } };
	}
}

export class CallLinePart extends LinePart {
	readonly index: number | null;
	readonly isCustom: boolean;
	/** As the relay told them. */
	id: string | null = null;
	name: string | null = null;
	#input = "";
	readonly #braces = new BraceCount();

	constructor(candidate: number, index: number | null, isCustom: boolean) {
		super(candidate, null);
		this.index = index;
		this.isCustom = isCustom;
	}

	addInput(text: string): void {
		this.#input += text;
		this.#braces.read(text);
		if (text !== "" && !this.#isWrapped) this.add({ kind: "delta", text });
	}

	get hasInput(): boolean {
		return this.#input !== "";
	}

	/** Whether the input is the whole JSON text of an object, which nothing can follow. */
	get isWhole(): boolean {
		return !this.isCustom && this.#braces.areClosed && isRecord(parseJson(this.#input));
	}

	/** Text that had to go as JSON is known at the end only. */
	get #isWrapped(): boolean {
		return !this.isCustom && this.head?.kind === "toolCall" && this.head.free;
	}

	protected override takePieces(): readonly Piece[] {
		const pieces = super.takePieces();
		if (!this.#isWrapped) return pieces;
		return this.isComplete ? [{ kind: "delta", text: freeInput(this.#input) }] : [];
	}
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Counts the braces of JSON that comes in pieces: to parse all of it with each piece would take too long. */
class BraceCount {
	#depth = 0;
	#isInString = false;
	#isEscaped = false;
	/** The last that was read closed the outermost. */
	areClosed = false;

	read(text: string): void {
		for (let at = 0; at < text.length; at += 1) this.#take(text.charCodeAt(at));
	}

	#take(unit: number): void {
		if (this.#isEscaped) this.#isEscaped = false;
		else if (this.#isInString) {
			if (unit === backslash) this.#isEscaped = true;
			else if (unit === quote) this.#isInString = false;
		} else if (unit === quote) this.#isInString = true;
		else if (unit === openBrace) {
			this.#depth += 1;
			this.areClosed = false;
		} else if (unit === closeBrace) {
			this.#depth -= 1;
			this.areClosed = this.#depth === 0;
		}
	}
}

import { randomUUID } from "node:crypto";
import { freeInput } from "../freeTools.ts";
import type { PartHead, ReplyEvent } from "../replyEvents.ts";
import type { ReaderContext } from "../translation.ts";
import { type SealedBlock, sealOf } from "./sealedBlocks.ts";
import { readCitation } from "./textReader.ts";

type Block = Readonly<Record<string, unknown>>;

/** The block that is open. Thinking is kept, since its seal is the whole block. */
type Open =
	| { readonly kind: "text"; hasBegun: boolean }
	| { readonly kind: "thinking"; readonly pieces: string[]; signature: string }
	| { readonly kind: "redacted"; readonly data: string }
	| {
			readonly kind: "call";
			readonly free: boolean;
			readonly pieces: string[];
			readonly input: unknown;
			hasInput: boolean;
	  }
	/** Work of Anthropic's own tools. What comes of it stands in the texts, with citations. */
	| { readonly kind: "other" };

/** The only reply that Anthropic gives to a request. */
const candidate = 0;

/** Content blocks, one after the other, as parts of a reply. */
export class BlockReader {
	readonly #context: ReaderContext;
	#open: Open | null = null;
	#hasCalls = false;

	constructor(context: ReaderContext) {
		this.#context = context;
	}

	/** Whether there was a call for the client so far. */
	get hasCalls(): boolean {
		return this.#hasCalls;
	}

	/** A block, with what it holds from the beginning: all of it where the reply is whole. */
	start(block: Block): readonly ReplyEvent[] {
		const before = this.stop();
		switch (block["type"]) {
			case "text": {
				this.#open = { kind: "text", hasBegun: false };
				const citations = Array.isArray(block["citations"]) ? block["citations"] : [];
				return [...before, ...this.#text(block["text"]), ...citations.flatMap((citation) => this.#citation(citation))];
			}
			case "thinking":
				this.#open = { kind: "thinking", pieces: [], signature: textOf(block["signature"]) };
				return [...before, opened({ kind: "reasoning" }), ...this.#thinking(block["thinking"])];
			case "redacted_thinking":
				this.#open = { kind: "redacted", data: textOf(block["data"]) };
				return [...before, opened({ kind: "reasoning" })];
			case "tool_use":
				return [...before, this.#call(block)];
			default:
				this.#open = { kind: "other" };
				return before;
		}
	}

	delta(delta: Block): readonly ReplyEvent[] {
		switch (delta["type"]) {
			case "text_delta":
				this.#open ??= { kind: "text", hasBegun: false };
				return this.#text(delta["text"]);
			case "citations_delta":
				return this.#citation(delta["citation"]);
			case "thinking_delta": {
				const begun = this.#open === null ? this.start({ type: "thinking" }) : [];
				return [...begun, ...this.#thinking(delta["thinking"])];
			}
			case "signature_delta":
				if (this.#open?.kind === "thinking") this.#open.signature = textOf(delta["signature"]);
				return [];
			case "input_json_delta":
				return this.#input(textOf(delta["partial_json"]));
			default:
				return [];
		}
	}

	/** Closes what is open. */
	stop(): readonly ReplyEvent[] {
		const open = this.#open;
		this.#open = null;
		switch (open?.kind) {
			case "text":
				return open.hasBegun ? [{ kind: "close", candidate }] : [];
			case "thinking":
				return [closed({ type: "thinking", thinking: open.pieces.join(""), signature: open.signature })];
			case "redacted":
				return [closed({ type: "redacted_thinking", data: open.data })];
			case "call": {
				const json = open.hasInput ? open.pieces.join("") : JSON.stringify(open.input ?? {});
				const rest = open.free ? freeInput(json) : open.hasInput ? "" : json;
				return [...said(rest), { kind: "close", candidate }];
			}
			default:
				return [];
		}
	}

	/** Opened by its first piece: relays send texts that stay empty. */
	#text(piece: unknown): readonly ReplyEvent[] {
		return textOf(piece) === "" || this.#open?.kind !== "text" ? [] : [...this.#beginText(), ...said(textOf(piece))];
	}

	#beginText(): readonly ReplyEvent[] {
		if (this.#open?.kind !== "text" || this.#open.hasBegun) return [];
		this.#open.hasBegun = true;
		return [opened({ kind: "text" })];
	}

	#citation(citation: unknown): readonly ReplyEvent[] {
		if (this.#open?.kind !== "text") return [];
		const told = readCitation(citation).map((one): ReplyEvent => ({ kind: "citation", candidate, citation: one }));
		return told.length === 0 ? [] : [...this.#beginText(), ...told];
	}

	#thinking(piece: unknown): readonly ReplyEvent[] {
		if (this.#open?.kind !== "thinking") return [];
		this.#open.pieces.push(textOf(piece));
		return said(textOf(piece));
	}

	#call(block: Block): ReplyEvent {
		const tool = this.#context.names.fromWire({ name: textOf(block["name"]) });
		const { name, namespace, free } = tool;
		const id = textOf(block["id"]) || `call_${randomUUID().replaceAll("-", "")}`;
		this.#hasCalls = true;
		this.#open = { kind: "call", free, pieces: [], input: block["input"], hasInput: false };
		return opened({ kind: "toolCall", id, name, ...(namespace === undefined ? {} : { namespace }), free });
	}

	/** The text of a tool that takes text stands in the JSON, so that all of it has to be there. */
	#input(piece: string): readonly ReplyEvent[] {
		if (this.#open?.kind !== "call" || piece === "") return [];
		this.#open.hasInput = true;
		if (!this.#open.free) return said(piece);
		this.#open.pieces.push(piece);
		return [];
	}
}

function opened(part: PartHead): ReplyEvent {
	return { kind: "open", candidate, part };
}

function said(text: string): readonly ReplyEvent[] {
	return text === "" ? [] : [{ kind: "delta", candidate, text }];
}

function closed(block: SealedBlock): ReplyEvent {
	const seal = sealOf(block);
	return { kind: "close", candidate, ...(seal === undefined ? {} : { seal }) };
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : "";
}

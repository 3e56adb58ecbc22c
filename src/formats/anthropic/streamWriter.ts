import type { ContentBlock, RawContentBlockDelta, RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import { fitCallId } from "../callIds.ts";
import type { PartHead, ReplyEvent, ReplyUsage } from "../replyEvents.ts";
import { type TextFrame, textFrame } from "../textFrame.ts";
import type { StreamWriter, WriterContext } from "../translation.ts";
import { deltaUsage } from "./replyUsage.ts";
import {
	emptyMessage,
	hidesThinking,
	mediaNote,
	noThinking,
	owesThinking,
	writeCitation,
	writeStop,
} from "./replyWriter.ts";
import { ownBlock, shownSeal } from "./sealedBlocks.ts";
import { anthropicStream } from "./stream.ts";

type Finish = Extract<ReplyEvent, { kind: "finish" }>;
type Good = Exclude<ReplyEvent, { kind: "error" }>;

export function streamWriter(context: WriterContext): StreamWriter {
	const writer = new MessageStreamWriter(context);
	return {
		push: (event) => writer.push(event),
		fail: anthropicStream.errorEvent,
		heartbeat: 'event: ping\ndata: {"type": "ping"}\n\n',
	};
}

/** What is open for the client, or will be with its first characters. */
type Open =
	| { readonly kind: "text"; hasBegun: boolean }
	| { readonly kind: "reasoning"; hasBegun: boolean }
	| { readonly kind: "call" }
	/** The input of a tool that takes text: JSON once it is whole. */
	| { readonly kind: "freeCall"; readonly pieces: string[] };

class MessageStreamWriter {
	readonly #context: WriterContext;
	#index = -1;
	#open: Open | null = null;
	/** Writes some more of the block that is open. */
	#more: TextFrame | null = null;
	#usage: ReplyUsage | null = null;
	#finish: Pick<Finish, "reason" | "stopSequence" | "detail"> = { reason: "stop" };
	#hasRefused = false;
	/** Whether thinking is still to stand before the first call. */
	#owesThinking: boolean;

	constructor(context: WriterContext) {
		this.#context = context;
		this.#owesThinking = owesThinking(context);
	}

	push(event: Good): string {
		// A message is one reply, whatever others there are.
		if ("candidate" in event && event.candidate !== 0) return "";
		switch (event.kind) {
			case "begin":
				return written({ type: "message_start", message: emptyMessage(this.#context) });
			case "open":
				return this.#openPart(event.part);
			case "delta":
				return this.#delta(event.text);
			case "citation":
				return writeCitation(event.citation)
					.map((citation) => this.#beginText() + this.#write({ type: "citations_delta", citation }))
					.join("");
			case "close":
				return this.#close(event);
			case "usage":
				this.#usage = event.usage;
				return "";
			case "finish":
				this.#finish = event;
				return "";
			case "end":
				return this.#end();
		}
	}

	#openPart(part: PartHead): string {
		switch (part.kind) {
			case "text":
			case "refusal":
				this.#hasRefused ||= part.kind === "refusal";
				this.#open = { kind: "text", hasBegun: false };
				return "";
			case "reasoning":
				this.#open = { kind: "reasoning", hasBegun: false };
				return "";
			case "toolCall": {
				const owed = this.#owesThinking ? this.#start(noThinking()) + this.#stop() : "";
				this.#open = part.free ? { kind: "freeCall", pieces: [] } : { kind: "call" };
				const caller = { type: "direct" as const };
				return owed + this.#start({ type: "tool_use", id: fitCallId(part.id), name: part.name, input: {}, caller });
			}
			default: {
				this.#open = { kind: "text", hasBegun: false };
				return this.#delta(mediaNote(part.kind, part.mediaType));
			}
		}
	}

	#delta(text: string): string {
		const open = this.#open;
		switch (open?.kind) {
			case "text":
				return this.#beginText() + this.#say(text, (words) => ({ type: "text_delta", text: words }));
			case "reasoning":
				if (hidesThinking(this.#context)) return this.#beginThinking(open);
				return this.#beginThinking(open) + this.#say(text, (thinking) => ({ type: "thinking_delta", thinking }));
			case "call":
				return this.#say(text, (partial_json) => ({ type: "input_json_delta", partial_json }));
			case "freeCall":
				open.pieces.push(text);
				return "";
			default:
				return "";
		}
	}

	#close({ seal }: Extract<ReplyEvent, { kind: "close" }>): string {
		const open = this.#open;
		this.#open = null;
		switch (open?.kind) {
			case "text":
				return open.hasBegun ? this.#stop() : "";
			case "reasoning": {
				const hidden = hidesThinking(this.#context);
				if (!open.hasBegun && seal === undefined) return "";
				const own = ownBlock(seal);
				const isThinking = open.hasBegun || (hidden && own?.type !== "redacted_thinking") || own?.type === "thinking";
				if (!isThinking) return this.#start({ type: "redacted_thinking", data: shownSeal(seal) }) + this.#stop();
				const begun = this.#beginThinking(open);
				return begun + this.#write({ type: "signature_delta", signature: shownSeal(seal) }) + this.#stop();
			}
			case "call":
				return this.#stop();
			case "freeCall": {
				const partial_json = JSON.stringify({ input: open.pieces.join("") });
				return this.#write({ type: "input_json_delta", partial_json }) + this.#stop();
			}
			default:
				return "";
		}
	}

	#end(): string {
		const delta = { container: null, ...writeStop(this.#finish, this.#hasRefused) };
		const told = written({ type: "message_delta", delta, usage: deltaUsage(this.#usage) });
		return told + written({ type: "message_stop" });
	}

	#beginText(): string {
		if (this.#open?.kind !== "text" || this.#open.hasBegun) return "";
		this.#open.hasBegun = true;
		return this.#start({ type: "text", text: "", citations: null });
	}

	#beginThinking(open: { hasBegun: boolean }): string {
		if (open.hasBegun) return "";
		open.hasBegun = true;
		return this.#start({ type: "thinking", thinking: "", signature: "" });
	}

	#start(content_block: ContentBlock): string {
		if (content_block.type !== "text") this.#owesThinking = false;
		this.#index += 1;
		this.#more = null;
		return written({ type: "content_block_start", index: this.#index, content_block });
	}

	/** @param delta what a piece of such a block is. */
	#say(text: string, delta: (text: string) => RawContentBlockDelta): string {
		this.#more ??= textFrame((words) => this.#write(delta(words)));
		return this.#more(text);
	}

	#write(delta: RawContentBlockDelta): string {
		return written({ type: "content_block_delta", index: this.#index, delta });
	}

	#stop(): string {
		return written({ type: "content_block_stop", index: this.#index });
	}
}

function written(event: RawMessageStreamEvent): string {
	return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

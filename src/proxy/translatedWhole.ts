import type { Usage } from "../bridge/protocol.ts";
import { answerHeld } from "./answer.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { Exchange } from "./exchange.ts";
import type { PipeEars, PipeEnd, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { type EventSource, type GoodEvent, ReplyTranslator } from "./replyTranslator.ts";

/** What a whole reply is made of its events by. */
export interface WholeWriter {
	readonly push: (event: GoodEvent) => void;
	readonly body: () => object;
}

/** Bytes that are held for one reply: more than any reply has, pictures included. */
const longest = 256 * 1024 * 1024;

const jsonType = ["content-type", "application/json; charset=utf-8"];

/** Translates a reply into one JSON body for the client: nothing goes out before all of it has come. */
export class TranslatedWhole implements ReplyPipe {
	readonly isHeld = true;
	readonly #exchange: Exchange;
	readonly #isCompressed: boolean;
	readonly #writer: WholeWriter;
	readonly #translator: ReplyTranslator;
	#length = 0;
	/** Once it is whole. */
	#body = Buffer.alloc(0);

	constructor(
		exchange: Exchange,
		{ isCompressed }: PipeKind,
		source: EventSource,
		writer: WholeWriter,
		{ onOver }: Pick<PipeEars, "onOver">,
	) {
		this.#exchange = exchange;
		this.#isCompressed = isCompressed;
		this.#writer = writer;
		this.#translator = new ReplyTranslator(source, writer.push, onOver);
	}

	start(_: ReplyHead): void {}

	push(chunk: Buffer): void {
		if (!this.#isCompressed) this.#take(chunk);
	}

	watch(clear: Buffer): void {
		if (this.#isCompressed) this.#take(clear);
	}

	finish(_isCut: boolean): PipeEnd {
		this.#translator.end();
		if (this.#translator.isWhole) {
			this.#translator.guard(() => {
				this.#body = Buffer.from(JSON.stringify(this.#writer.body()));
			});
		}
		const { error, isWhole, usage } = this.#translator;
		if (error !== null) return { kind: "relayError", error, usage };
		return isWhole ? { kind: "whole", usage } : { kind: "broken", usage };
	}

	end(): void {
		answerHeld(this.#exchange, { status: 200, reason: undefined, headers: jsonType }, [this.#body]);
	}

	breakOff(_message: string): void {
		this.#exchange.response.destroy();
	}

	drop(): Usage | null {
		return this.finish(true).usage;
	}

	#take(bytes: Buffer): void {
		this.#length += bytes.length;
		if (this.#length <= longest) this.#translator.push(bytes);
		else this.#translator.giveUp("it has more than 256 MiB");
	}
}

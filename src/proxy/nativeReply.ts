import type { NativeAccount } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import { saidItems } from "../formats/codex/saidItems.ts";
import { isRecord } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { EventReader } from "../formats/sse.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { PipeEnd, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { withMarkedTurnState } from "./turnState.ts";

const itemDone = "response.output_item.done";

/** A reply of a ChatGPT account on its way to a Codex client, with what is to be done for the client beside it. */
export class NativeReply implements ReplyPipe {
	readonly #pipe: ReplyPipe;
	readonly #account: NativeAccount;
	readonly #isCompressed: boolean;
	/** Of a client that counts on it that its account keeps what it says; null for any other. */
	readonly #events: EventReader | null;

	/** @param isKept whether the client counts on it that its account keeps the reply. */
	constructor(pipe: ReplyPipe, account: NativeAccount, { isCompressed, isEventStream }: PipeKind, isKept: boolean) {
		this.#pipe = pipe;
		this.#account = account;
		this.#isCompressed = isCompressed;
		this.#events = isKept && isEventStream ? new EventReader() : null;
	}

	get isHeld(): boolean {
		return this.#pipe.isHeld;
	}

	start(head: ReplyHead): void {
		this.#pipe.start({ ...head, headers: withMarkedTurnState(head.headers, this.#account) });
	}

	push(chunk: Buffer): void {
		if (!this.#isCompressed) this.#remember(chunk);
		this.#pipe.push(chunk);
	}

	watch(clear: Buffer): void {
		if (this.#isCompressed) this.#remember(clear);
		this.#pipe.watch(clear);
	}

	finish(isCut: boolean): PipeEnd {
		return this.#pipe.finish(isCut);
	}

	end(): void {
		this.#pipe.end();
	}

	breakOff(message: string): void {
		this.#pipe.breakOff(message);
	}

	drop(): Usage | null {
		return this.#pipe.drop();
	}

	#remember(bytes: Buffer): void {
		for (const { name, data } of this.#events?.push(bytes) ?? []) {
			if (name !== itemDone && (name !== "" || !data.includes(itemDone))) continue;
			const event = parseJson(data);
			const item = isRecord(event) && event["type"] === itemDone ? event["item"] : undefined;
			if (!isRecord(item)) continue;
			const { id } = item;
			if (typeof id === "string" && id !== "") saidItems.keep({ ...item, id }, null);
		}
	}
}

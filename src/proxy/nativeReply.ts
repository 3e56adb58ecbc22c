import type { NativeAccount } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import { saidItems } from "../formats/codex/saidItems.ts";
import type { ReplyHead } from "./clientReply.ts";
import { FilledOutput } from "./filledOutput.ts";
import type { PipeEnd, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { withMarkedTurnState } from "./turnState.ts";

/** What a client of the Responses API expects of its account, beside what the backend gives. */
export type Expectations =
	/** It is made for the backend, as Codex is, or gets the reply collected. */
	| "none"
	/** All the output stands at the end of its stream. */
	| "filled"
	/** The same, and its account keeps what it has said. */
	| "filledAndKept";

/** A reply of a ChatGPT account on its way to a Codex client, with what is to be done for the client beside it. */
export class NativeReply implements ReplyPipe {
	readonly #pipe: ReplyPipe;
	readonly #account: NativeAccount;
	readonly #isCompressed: boolean;
	readonly #filled: FilledOutput | null;

	constructor(
		pipe: ReplyPipe,
		account: NativeAccount,
		{ isCompressed }: Pick<PipeKind, "isCompressed">,
		expectations: Expectations,
	) {
		this.#pipe = pipe;
		this.#isCompressed = isCompressed;
		this.#account = account;
		const onItem = expectations === "filledAndKept" ? remember : () => {};
		this.#filled = expectations === "none" ? null : new FilledOutput(onItem);
	}

	get isHeld(): boolean {
		return this.#pipe.isHeld;
	}

	start(head: ReplyHead): void {
		this.#pipe.start({ ...head, headers: withMarkedTurnState(head.headers, this.#account) });
	}

	push(chunk: Buffer): void {
		const bytes = this.#filled === null || this.#isCompressed ? chunk : this.#filled.push(chunk);
		if (bytes !== null) this.#pipe.push(bytes);
	}

	watch(clear: Buffer): void {
		// Nothing can be put into what is compressed; what is said in it is remembered all the same.
		if (this.#isCompressed) this.#filled?.push(clear);
		this.#pipe.watch(clear);
	}

	finish(isCut: boolean): PipeEnd {
		const rest = this.#isCompressed ? undefined : this.#filled?.takeRest();
		if (rest !== undefined && rest.length > 0) this.#pipe.push(rest);
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
}

function remember(item: Readonly<Record<string, unknown>>): void {
	const { id } = item;
	if (typeof id === "string" && id !== "") saidItems.keep({ ...item, id }, null);
}

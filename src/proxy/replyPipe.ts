import type { Format } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";
import type { ReplyHead } from "./clientReply.ts";

/** What passes through, and what of it can be looked at. */
export interface PipeKind {
	/** Of the account. */
	readonly format: Format;
	readonly isEventStream: boolean;
	/** The relay compresses: nothing can be put in, and the bytes in clear come beside. */
	readonly isCompressed: boolean;
	/** Whether a stream without its format's end has failed. */
	readonly needsEnd: boolean;
	/** Tokens told by bytes that were looked at before. */
	readonly known: Usage | null;
	/** Whether those were all of the reply. */
	readonly isKnown: boolean;
	/** Milliseconds between comments in a silent stream. */
	readonly keepAlive: number;
}

/** Who is told of a reply on its way. */
export interface PipeEars {
	/** The client does not read fast enough, or does again. */
	readonly onFull: (isFull: boolean) => void;
	/** The reply has ended, or failed, by its own word, though the connection may stay open. Not told by bytes that pass unread. */
	readonly onOver: () => void;
}

/** How a reply stands when the relay's side of it is over. */
export type PipeEnd =
	| { readonly kind: "whole"; readonly usage: Usage | null }
	/** The relay ended its stream with an error event of its own. */
	| { readonly kind: "relayError"; readonly error: UpstreamError; readonly usage: Usage | null }
	/** The client has to be told. */
	| { readonly kind: "broken"; readonly usage: Usage | null };

/** A committed reply on its way from the account to the client. */
export interface ReplyPipe {
	/** Nothing goes to the client before the reply is whole: another account can still answer. */
	readonly isHeld: boolean;
	/** The commit. */
	start(head: ReplyHead): void;
	/** Bytes as the relay sent them. */
	push(chunk: Buffer): void;
	/** The same bytes in clear, of a relay that compresses. */
	watch(clear: Buffer): void;
	/** The relay's side is over. @param isCut it did not end by itself. */
	finish(isCut: boolean): PipeEnd;
	/** Ends the reply as the relay did: well, or with its error. */
	end(): void;
	/** Ends a broken reply of which something has gone out, so that nobody takes it for whole. */
	breakOff(message: string): void;
	/** The client is gone. @returns what the reply had told by then. */
	drop(): Usage | null;
}

import type { UpstreamError } from "../formats/upstreamError.ts";
import type { HeldReply } from "./attemptEnd.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { PipeEars, PipeKind, ReplyPipe } from "./replyPipe.ts";

/** What a relay's refusal says. */
export type Told =
	| { readonly kind: "body" /** In clear, as much as was read. */; readonly text: string }
	| { readonly kind: "event"; readonly error: UpstreamError };

/** What goes to one account for a request, and how its reply comes back. */
export interface UpstreamCall {
	readonly origin: string;
	/** With its query. */
	readonly path: string;
	/** Names and values in turn. */
	readonly headers: string[];
	readonly body: Buffer;
	/** Whether a stream without its format's end has failed. */
	readonly needsEnd: boolean;
	/** What of the request could not be said, in the client's words. */
	readonly dropped: readonly string[];
	/** The way of a reply that is good. */
	readonly openPipe: (kind: PipeKind, ears: PipeEars) => ReplyPipe;
	/** A refusal in the client's own terms; null where the client can read it as it is. */
	readonly translateRefusal: ((head: ReplyHead, told: Told) => HeldReply) | null;
}

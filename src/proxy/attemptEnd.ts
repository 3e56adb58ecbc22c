import type { Usage } from "../bridge/protocol.ts";
import type { Failure } from "../pool/cooldown.ts";
import type { ReplyHead } from "./clientReply.ts";

/** A reply that has not gone to the client, whole. */
export interface HeldReply {
	readonly head: ReplyHead;
	readonly body: readonly Buffer[];
}

export type AttemptEnd =
	/** The reply went through to its end. */
	| { readonly kind: "answered"; readonly status: number; readonly usage: Usage | null }
	/** So did an error that is the client's own. */
	| { readonly kind: "passedOn"; readonly status: number }
	/** Nothing has gone to the client. */
	| {
			readonly kind: "failed";
			readonly status: number | null;
			readonly failure: Failure;
			readonly held: HeldReply | null;
	  }
	/** Some of the reply had gone to the client, who has been told. */
	| {
			readonly kind: "broken";
			readonly status: number;
			readonly failure: Failure;
			readonly usage: Usage | null;
	  }
	/** The client went away; the upstream request is cancelled. */
	| { readonly kind: "clientGone"; readonly status: number | null; readonly usage: Usage | null };

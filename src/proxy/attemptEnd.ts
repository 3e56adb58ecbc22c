import type { Usage } from "../bridge/protocol.ts";
import type { Failure } from "../pool/cooldown.ts";
import type { ReplyHead } from "./clientReply.ts";

/** A reply that has not gone to the client, whole. */
export interface HeldReply {
	readonly head: ReplyHead;
	readonly body: readonly Buffer[];
}

/** An attempt that made no call. */
export type Uncalled =
	/** This account cannot be asked for it; one of another format may be. */
	| { readonly kind: "unsuited"; readonly message: string }
	/** The request is not what its own format asks for. */
	| { readonly kind: "malformed"; readonly message: string };

/** How a call ended. */
export type CallEnd =
	/** The reply went through to its end. */
	| { readonly kind: "answered"; readonly status: number; readonly usage: Usage | null }
	/** So did an error that is the client's own. */
	| { readonly kind: "passedOn"; readonly status: number }
	/** Nothing has gone to the client: the account cannot read what others have encrypted in the conversation. */
	| { readonly kind: "sealsRefused"; readonly status: number; readonly held: HeldReply | null }
	/** Nothing has gone to the client. */
	| {
			readonly kind: "failed";
			readonly status: number | null;
			readonly failure: Failure;
			readonly held: HeldReply | null;
	  }
	/** Nor has it here: a good reply, held until its end, has broken off. */
	| { readonly kind: "cutShort"; readonly status: number; readonly failure: Failure }
	/** Some of the reply had gone to the client, who has been told. */
	| {
			readonly kind: "broken";
			readonly status: number;
			readonly failure: Failure;
			readonly usage: Usage | null;
	  }
	/** The client went away; the upstream request is cancelled. */
	| { readonly kind: "clientGone"; readonly status: number | null; readonly usage: Usage | null };

export type AttemptEnd = CallEnd | Uncalled;

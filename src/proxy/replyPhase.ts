import type { ReplyHead } from "./clientReply.ts";
import type { HeldBytes } from "./heldBytes.ts";
import type { Inspector } from "./inspector.ts";
import type { ReplyIntake } from "./replyIntake.ts";
import type { ReplyPipe } from "./replyPipe.ts";

/** A reply that the client has seen nothing of. */
export interface Holding {
	readonly kind: "holding";
	readonly head: ReplyHead;
	readonly intake: ReplyIntake;
	readonly isEventStream: boolean;
	readonly inspector: Inspector;
	readonly bytes: HeldBytes;
	/** The same in clear, where they came compressed. */
	readonly clear: HeldBytes;
}

/** A committed reply. */
export interface Piping {
	readonly kind: "piping";
	readonly head: ReplyHead;
	readonly intake: ReplyIntake;
	readonly isEventStream: boolean;
	readonly pipe: ReplyPipe;
	/** An error that is the client's own. */
	readonly passesOn: boolean;
}

/** How far a reply has come. */
export type ReplyPhase = { readonly kind: "asked" } | Holding | Piping | { readonly kind: "over" };

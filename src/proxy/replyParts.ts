import type { Clocks } from "../bridge/protocol.ts";
import type { Lease } from "../pool/accountPool.ts";
import type { CallEnd } from "./attemptEnd.ts";
import type { Exchange } from "./exchange.ts";
import type { CallEar } from "./nativeEars.ts";
import type { Timing } from "./timing.ts";
import type { UpstreamCall } from "./upstreamCall.ts";

/** What a reply is waited for with. */
export interface ReplyParts {
	readonly exchange: Exchange;
	readonly lease: Lease;
	readonly clocks: Clocks;
	readonly timing: Timing;
	readonly call: UpstreamCall;
	/** Listens in on the reply, good or not; null where nobody does. */
	readonly ear: Pick<CallEar, "head" | "clear"> | null;
	/** Told at once, before the reply is ended: what it notes is there when the client's response closes. */
	readonly settle: (end: CallEnd) => void;
}

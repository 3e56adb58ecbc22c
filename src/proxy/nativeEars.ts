import type { Failure } from "../pool/cooldown.ts";
import type { KeyedNative } from "../pool/usable.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { Renewals } from "./renewals.ts";

/** What is listened to in the replies of ChatGPT accounts, beside what all replies tell. */
export interface NativeEars {
	readonly renewals: Renewals;
	/** The models of an account as soon as they are known, within a client's patience; null where that was too short. */
	modelsOf(keyed: KeyedNative): Promise<readonly string[] | null>;
	/** For one call. @param model the account's own name of the one that is asked. */
	listenTo(keyed: KeyedNative, model: string): CallEar;
}

export interface CallEar {
	readonly head: (head: ReplyHead) => void;
	/** Told the reply's bytes in clear, in order; of one in an unknown encoding none. */
	readonly clear: (chunk: Buffer) => void;
	/** Told how the call failed. @returns the same with what the account's plan says to it. */
	failed(failure: Failure): Failure;
}

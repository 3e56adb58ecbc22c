import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * How a window finds out whether the port is held by another window of ours: both can read the control token in the
 * extension's storage folder, and prove it to each other without sending it. Bound to the port, so that a program in the
 * middle cannot pass a proof on to another port.
 */

/** Carries the question: `nonce.proof`. */
export const windowProofHeader = "x-relay-accounts-window";

/** The owner's answer. */
export interface OwnerAnswer {
	readonly proof: string;
	/** What clients must show to this port. */
	readonly localKey: string;
}

export interface OwnerQuestion {
	readonly nonce: string;
	/** The header's value. */
	readonly header: string;
}

export function askOwner(controlToken: string, port: number): OwnerQuestion {
	const nonce = randomBytes(16).toString("hex");
	return { nonce, header: `${nonce}.${proofOf(controlToken, "ask", port, nonce)}` };
}

/** @returns null where the asker does not know the token. */
export function answerAsOwner(
	controlToken: string,
	port: number,
	header: string,
	localKey: string,
): OwnerAnswer | null {
	const [nonce = "", proof = ""] = header.split(".");
	if (!sameText(proof, proofOf(controlToken, "ask", port, nonce))) return null;
	return { proof: proofOf(controlToken, "own", port, nonce), localKey };
}

/** The local key of the window that holds the port, or null where the answer is not one of ours. */
export function readOwnerAnswer(controlToken: string, port: number, nonce: string, answer: unknown): string | null {
	if (typeof answer !== "object" || answer === null) return null;
	const { proof, localKey } = answer as Partial<OwnerAnswer>;
	if (typeof proof !== "string" || typeof localKey !== "string") return null;
	return sameText(proof, proofOf(controlToken, "own", port, nonce)) ? localKey : null;
}

function proofOf(controlToken: string, role: "ask" | "own", port: number, nonce: string): string {
	return createHmac("sha256", controlToken).update(`${role}:${port}:${nonce}`).digest("hex");
}

function sameText(a: string, b: string): boolean {
	const left = Buffer.from(a);
	const right = Buffer.from(b);
	return left.length === right.length && timingSafeEqual(left, right);
}

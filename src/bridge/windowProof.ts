import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * How a window finds out whether the port is held by another window of ours, and learns that window's local key. Both can
 * read the control token in the extension's storage folder, and neither sends it: the asker proves that it knows it, the
 * owner answers with the local key sealed by it. A question that a stranger has overheard and asks again gets it a sealed
 * answer, which is of no use to it. Bound to the port, so that an answer cannot be passed on for another port's.
 */

/** Carries the question: `nonce.proof`. */
export const windowProofHeader = "x-relay-accounts-window";

/** The owner's answer. */
interface OwnerAnswer {
	/** Base64 of initialisation vector (12 bytes), tag (16 bytes) and the local key by AES-256-GCM. */
	readonly sealed: string;
}

interface OwnerQuestion {
	readonly nonce: string;
	/** The header's value. */
	readonly header: string;
}

export function askOwner(controlToken: string, port: number): OwnerQuestion {
	return questionFor("ask", controlToken, port);
}

/** The question of a window that wants to stay attached; what comes of it is sealed by `controlSeal.ts`. */
export function askToAttach(controlToken: string, port: number): OwnerQuestion {
	return questionFor("attach", controlToken, port);
}

/** @returns the asker's nonce; null where the asker does not know the token. */
export function readAttachQuestion(controlToken: string, port: number, header: string): string | null {
	return provenNonce("attach", controlToken, port, header);
}

/** @returns null where the asker does not know the token. */
export function answerAsOwner(
	controlToken: string,
	port: number,
	header: string,
	localKey: string,
): OwnerAnswer | null {
	const nonce = provenNonce("ask", controlToken, port, header);
	if (nonce === null) return null;
	const vector = randomBytes(12);
	const cipher = createCipheriv("aes-256-gcm", digest(controlToken, "seal", port, nonce), vector);
	const text = Buffer.concat([cipher.update(localKey, "utf8"), cipher.final()]);
	return { sealed: Buffer.concat([vector, cipher.getAuthTag(), text]).toString("base64") };
}

/** The local key of the window that holds the port, or null where the answer is not one of ours. */
export function readOwnerAnswer(controlToken: string, port: number, nonce: string, answer: unknown): string | null {
	if (typeof answer !== "object" || answer === null) return null;
	const { sealed } = answer as Partial<OwnerAnswer>;
	if (typeof sealed !== "string") return null;
	const bytes = Buffer.from(sealed, "base64");
	try {
		const decipher = createDecipheriv("aes-256-gcm", digest(controlToken, "seal", port, nonce), bytes.subarray(0, 12));
		decipher.setAuthTag(bytes.subarray(12, 28));
		return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
	} catch {
		// Sealed with another token, for another port or question, or no seal at all.
		return null;
	}
}

function questionFor(role: "ask" | "attach", controlToken: string, port: number): OwnerQuestion {
	const nonce = randomBytes(16).toString("hex");
	return { nonce, header: `${nonce}.${digest(controlToken, role, port, nonce).toString("hex")}` };
}

function provenNonce(role: "ask" | "attach", controlToken: string, port: number, header: string): string | null {
	const [nonce = "", proof = ""] = header.split(".");
	const expected = digest(controlToken, role, port, nonce);
	const given = Buffer.from(proof, "hex");
	return given.length === expected.length && timingSafeEqual(given, expected) ? nonce : null;
}

/** 32 bytes. */
function digest(controlToken: string, role: "ask" | "attach" | "seal", port: number, nonce: string): Buffer {
	return createHmac("sha256", controlToken).update(`${role}:${port}:${nonce}`).digest();
}

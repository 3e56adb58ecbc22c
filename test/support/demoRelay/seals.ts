import { createHmac } from "node:crypto";

/**
 * What only the demo itself can make and read, as each API has it: signatures and encrypted thinking. They are checked against
 * what they stand beside, so that a foreign or altered one is noticed.
 */
const secret = "what the demo keeps to itself";

/** Base64; `kind` tells the formats apart. */
export function sealOf(kind: string, content: string): string {
	const mac = createHmac("sha256", secret)
		.update(JSON.stringify([kind, content]))
		.digest("base64url");
	return Buffer.from(`demo ${kind} ${mac}`).toString("base64");
}

export function isSealOf(kind: string, content: string, seal: unknown): boolean {
	return seal === sealOf(kind, content);
}

/** Encrypted text with the name of the item that it belongs to. */
export function encrypted(itemId: string, text: string): string {
	return `${Buffer.from(JSON.stringify([itemId, text])).toString("base64")}.${sealOf("encrypted", itemId + text)}`;
}

/** The item that the text was encrypted for; null where it is not the demo's own. */
export function itemOfEncrypted(content: unknown): string | null {
	if (typeof content !== "string") return null;
	const [payload = "", seal = ""] = content.split(".");
	try {
		const [itemId, text] = JSON.parse(Buffer.from(payload, "base64").toString()) as [unknown, unknown];
		return typeof itemId === "string" && isSealOf("encrypted", itemId + String(text), seal) ? itemId : null;
	} catch {
		return null;
	}
}

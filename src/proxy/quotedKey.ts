import { replyHeaders } from "./headers.ts";
import { HeldBytes } from "./heldBytes.ts";
import type { Holding } from "./replyPhase.ts";

/** Characters. Shorter ones are made up for relays that want none, and would be found in any text. */
const shortestSecret = 8;
const asterisk = "*";

/**
 * A refusal as the client may read it: relays quote the key that they refuse, and it is no business of the client's. Each of its
 * bytes is replaced by one, so that the length stays what was announced; a compressed body that quotes it goes in clear.
 */
export function withoutQuotedKey(holding: Holding, apiKey: string): Holding {
	if (apiKey.length < shortestSecret) return holding;
	const key = Buffer.from(apiKey);
	const stars = asterisk.repeat(key.length);
	const { intake } = holding;
	const headers = holding.head.headers.map((text) => text.replaceAll(apiKey, stars));
	const head = { ...holding.head, headers };
	if (!intake.isCompressed) return { ...holding, head, bytes: masked(holding.bytes, key) };
	// What is still to come could not follow in clear.
	if (!intake.isReceived || !holding.clear.text().includes(apiKey)) return { ...holding, head };
	const clearHeaders = replyHeaders(headers, ["content-encoding", "content-length"]);
	const bytes = masked(holding.clear, key);
	return { ...holding, head: { ...head, headers: clearHeaders }, bytes, clear: new HeldBytes() };
}

/** A copy of what is taken. */
function masked(taken: HeldBytes, key: Buffer): HeldBytes {
	const bytes = Buffer.concat(taken.take());
	for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + key.length)) {
		bytes.fill(asterisk, at, at + key.length);
	}
	const held = new HeldBytes();
	if (bytes.length > 0) held.push(bytes);
	return held;
}

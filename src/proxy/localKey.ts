import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The headers in which a client may show the local key, all of them removed before a request goes on. */
export const keyHeaders = ["authorization", "x-api-key", "x-goog-api-key"] as const;

/** Whether one of the four places holds the local key. Some clients fill two of them, one with a key of their own. */
export function showsLocalKey(request: IncomingMessage, localKey: string): boolean {
	return shownKeys(request).some((shown) => sameKey(shown, localKey));
}

function shownKeys({ headers, url = "" }: IncomingMessage): readonly string[] {
	const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
	const mark = url.indexOf("?");
	const inQuery = mark < 0 ? [] : new URLSearchParams(url.slice(mark)).getAll("key");
	return [bearer, headers["x-api-key"], headers["x-goog-api-key"], ...inQuery].filter(
		(shown) => typeof shown === "string",
	);
}

/** Compares digests, so that neither the length nor the first wrong character shows in the time taken. */
function sameKey(shown: string, localKey: string): boolean {
	const digest = (text: string) => createHash("sha256").update(text).digest();
	return timingSafeEqual(digest(shown), digest(localKey));
}

import { timingSafeEqual } from "node:crypto";
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

/** The first wrong character does not show in the time taken; the length may: it is the same for all that were ever made. */
function sameKey(shown: string, localKey: string): boolean {
	const given = Buffer.from(shown);
	const expected = Buffer.from(localKey);
	return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected);
}

import { formats } from "../accounts/account.ts";
import type { Seal } from "./conversation.ts";
import { parseJson } from "./probe.ts";

/**
 * What an account has sealed travels through a client of another format in the field that the client's own format has for
 * such things, with its maker's name in it. Fifteen bytes, so that its Base64 is whole characters; Base64, because SDKs
 * decode the signatures of Gemini.
 */
const mark = "relay-accounts:";

/** How every sealed text begins: what is searched for in bodies that go on untouched. */
export const sealMark: string = Buffer.from(mark).toString("base64");

/** The seal as text for a client of another format. */
export function sealText({ maker, value }: Seal): string {
	return Buffer.from(`${mark}${JSON.stringify([maker, value])}`).toString("base64");
}

/** @returns null where the text is no seal of ours: it was made by the format in which it stands. */
export function openSeal(text: string): Seal | null {
	if (!text.startsWith(sealMark)) return null;
	const told = parseJson(Buffer.from(text, "base64").toString().slice(mark.length));
	if (!Array.isArray(told)) return null;
	const maker = formats.find((format) => format === told[0]);
	return maker === undefined ? null : { maker, value: told[1] };
}

/** Of a seal that may be anybody's what `maker` can read. */
export function ownSeal(seal: Seal | undefined, maker: Seal["maker"]): unknown {
	return seal?.maker === maker ? seal.value : undefined;
}

import type { Seal } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { openSeal, ownSeal, sealText } from "../seals.ts";
import type { WirePart } from "./wireParts.ts";

/**
 * What Google's guide to thought signatures gives for calls that no Gemini made: the third generation refuses a call in the
 * history that has no signature at all. The second is its older name.
 */
const placeholders: ReadonlySet<string> = new Set([
	"skip_thought_signature_validator",
	"context_engineering_is_the_way_to_go",
]);
export const placeholder = "skip_thought_signature_validator";

/** The first call of a turn has to bear a signature; those beside it need none. */
export function withPlaceholder(parts: readonly WirePart[]): WirePart[] {
	const first = parts.findIndex(({ functionCall }) => functionCall !== undefined);
	return parts.map((part, place) =>
		place === first && part.thoughtSignature === undefined ? { ...part, thoughtSignature: placeholder } : part,
	);
}

/**
 * What Gemini seals: a signature; or a part of its own that is to come back as it was, such as a call of a tool on Google's
 * side and its result.
 */
export type GeminiSeal =
	| { readonly kind: "signature"; readonly signature: string }
	| { readonly kind: "part"; readonly part: WirePart };

/** The parts that only Gemini reads. */
export const ownParts = ["toolCall", "toolResponse", "executableCode", "codeExecutionResult"] as const;

/** @param signature as it stands in `thoughtSignature`. @returns undefined where it seals nothing. */
export function sealOfSignature(signature: string | undefined): Seal | undefined {
	if (signature === undefined || signature === "" || placeholders.has(signature)) return undefined;
	return openSeal(signature) ?? { maker: "gemini", value: signature };
}

/** What anybody's parts may hold. */
const sharedParts = ["text", "inlineData", "fileData", "functionCall", "functionResponse"];

export function sealOfPart(part: Readonly<Record<string, unknown>>): Seal {
	return { maker: "gemini", value: { part } };
}

/** @returns null where it was made by somebody else, or is none. */
export function ownGeminiSeal(seal: Seal | undefined): GeminiSeal | null {
	const value = ownSeal(seal, "gemini");
	if (typeof value === "string" && value !== "") return { kind: "signature", signature: value };
	const part = isRecord(value) ? value["part"] : undefined;
	return isRecord(part) && isOwn(part) ? { kind: "part", part } : null;
}

/** The seal travels through clients, and other accounts could have written it: it is to bring in nothing but what was sealed. */
function isOwn(part: Readonly<Record<string, unknown>>): boolean {
	return ownParts.some((name) => isRecord(part[name])) && sharedParts.every((name) => part[name] === undefined);
}

/** For a client of this format: what Gemini made as it is, the rest as sealed text. */
export function clientSeal(seal: Seal): GeminiSeal {
	return ownGeminiSeal(seal) ?? { kind: "signature", signature: sealText(seal) };
}

import { isRecord } from "../modelList.ts";
import { openSeal, sealMark } from "../seals.ts";
import { clientSeal, placeholder } from "./thoughtSeals.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

const fields = ["thoughtSignature", "thought_signature"] as const;

/**
 * A body of this format without signatures that other makers have sealed. A call keeps the placeholder in their place, since
 * newer models refuse calls without any signature.
 */
export function withoutForeignSeals(body: unknown): unknown {
	if (!isRecord(body)) return body;
	const { contents } = body;
	if (Array.isArray(contents)) return { ...body, contents: contents.flatMap(cleanContent) };
	return isRecord(contents) ? { ...body, contents: cleanContent(contents) } : body;
}

/** Nothing is left of a content that only bore a seal. */
function cleanContent(content: unknown): readonly unknown[] {
	if (!isRecord(content)) return [content];
	const { parts } = content;
	if (!Array.isArray(parts)) return [isRecord(parts) ? { ...content, parts: cleanPart(parts) } : content];
	const clean = parts.flatMap(cleanPart);
	return clean.length === 0 && parts.length > 0 ? [] : [{ ...content, parts: clean }];
}

function cleanPart(part: unknown): readonly unknown[] {
	if (!isRecord(part)) return [part];
	const field = fields.find((name) => isSealed(part[name]));
	if (field === undefined) return [part];
	const { [field]: signature, ...rest } = part;
	const seal = typeof signature === "string" ? openSeal(signature) : null;
	if (seal?.maker === "gemini") {
		const own = clientSeal(seal);
		return own.kind === "signature" ? [{ ...rest, [field]: own.signature }] : [own.part, ...withContent(rest)];
	}
	const isCall = "functionCall" in rest || "function_call" in rest;
	return isCall ? [{ ...rest, [field]: placeholder }] : withContent(rest);
}

function isSealed(value: unknown): boolean {
	return typeof value === "string" && value.startsWith(sealMark);
}

/** A text that was there for the seal alone is empty, and would be refused. */
function withContent(part: JsonRecord): readonly JsonRecord[] {
	const { text, ...rest } = part;
	return text === "" && Object.keys(rest).length === 0 ? [] : [part];
}

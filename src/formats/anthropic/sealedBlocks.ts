import type { RedactedThinkingBlock, ThinkingBlock } from "@anthropic-ai/sdk/resources/messages";
import type { Seal } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import { openSeal, ownSeal, sealText } from "../seals.ts";

/** A block of thinking as Anthropic sends it, and wants it back. */
export type SealedBlock = ThinkingBlock | RedactedThinkingBlock;

/**
 * Stands for thinking that nobody has sealed. Anthropic refuses thinking without a signature, so it bears one that tells it
 * from Anthropic's own when the conversation goes on directly.
 */
const unsealed: Seal = { maker: "openai", value: null };

/**
 * The seal is the whole block: Anthropic wants it back letter for letter, and not every client gives the text back.
 * @returns undefined for thinking without a signature.
 */
export function sealOf(block: SealedBlock): Seal | undefined {
	if (block.type === "thinking" && block.signature === "") return undefined;
	return { maker: "anthropic", value: block };
}

/** The block in a seal of Anthropic's; null where it is somebody else's. */
export function ownBlock(seal: Seal | undefined): SealedBlock | null {
	const value = ownSeal(seal, "anthropic");
	if (!isRecord(value)) return null;
	const { type, thinking, signature, data } = value;
	if (type === "thinking" && typeof thinking === "string" && typeof signature === "string") {
		return { type, thinking, signature };
	}
	return type === "redacted_thinking" && typeof data === "string" ? { type, data } : null;
}

/** The signature, or the data of a redacted block, that a client of this format is shown. */
export function shownSeal(seal: Seal | undefined): string {
	const own = ownBlock(seal);
	if (own !== null) return own.type === "thinking" ? own.signature : own.data;
	return sealText(seal ?? unsealed);
}

/** The seal of a block that a client has sent back. */
export function clientSeal(block: SealedBlock): Seal | undefined {
	const told = openSeal(block.type === "thinking" ? block.signature : block.data);
	if (told === null) return sealOf(block);
	return told.value === null ? undefined : told;
}

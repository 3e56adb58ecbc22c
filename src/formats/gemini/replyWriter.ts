import type { Candidate, Reply, ReplyPart } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import { type CitedText, writeGrounding } from "./citations.ts";
import { writeLogprobs } from "./logprobs.ts";
import { callPart, ending, heading, mediaPart, showsThoughts } from "./replyParts.ts";
import { writeUsage } from "./replyUsage.ts";
import { SignedParts } from "./signedParts.ts";
import { clientSeal, withPlaceholder } from "./thoughtSeals.ts";
import { said } from "./wireNames.ts";

/** Writes the reply of `generateContent`. */
export function writeReply({ candidates, usage }: Reply, context: WriterContext): object {
	return {
		candidates: candidates.map((candidate) => writeCandidate(candidate, context)),
		...(usage === null ? {} : { usageMetadata: writeUsage(usage) }),
		...heading(context),
	};
}

function writeCandidate({ index, parts, reason, detail }: Candidate, context: WriterContext): object {
	const signed = new SignedParts();
	const cited: CitedText[] = [];
	for (const part of parts) {
		const partIndex = writePart(part, signed, showsThoughts(context));
		if (part.citations.length > 0) cited.push({ text: part.text, citations: part.citations, partIndex });
	}
	const logprobs = context.conversation.logprobs === undefined ? [] : parts.flatMap((part) => part.logprobs);
	return {
		content: { parts: withPlaceholder(signed.end()), role: "model" },
		...ending(reason, detail),
		index,
		...said({ logprobsResult: writeLogprobs(logprobs), groundingMetadata: writeGrounding(cited) }),
	};
}

/** @returns the part's place in the content. */
function writePart(part: ReplyPart, signed: SignedParts, showsThought: boolean): number {
	switch (part.kind) {
		case "reasoning":
			return signed.addThought(showsThought ? part.text : "", part.seal === undefined ? null : clientSeal(part.seal));
		case "text":
		case "refusal":
			return part.text === "" ? 0 : signed.add({ text: part.text });
		case "toolCall":
			return signed.add(callPart(part, part.text));
		case "image":
		case "audio":
			return signed.add(mediaPart(part));
	}
}

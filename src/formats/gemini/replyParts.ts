import { objectInput } from "../freeTools.ts";
import type { FinishReason, PartHead } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import { finishReason } from "./finishReasons.ts";
import type { WirePart } from "./wireParts.ts";

/** Clients see thoughts only where they have asked for them. */
export function showsThoughts({ conversation }: WriterContext): boolean {
	const shown = conversation.reasoning?.shown;
	return shown !== undefined && shown !== "no";
}

export function callPart({ id, name, free }: Extract<PartHead, { kind: "toolCall" }>, input: string): WirePart {
	return { functionCall: { id, name, args: objectInput({ kind: free ? "free" : "json", text: input }) } };
}

export function mediaPart({ mediaType, data }: Extract<PartHead, { kind: "image" | "audio" }>): WirePart {
	return { inlineData: { mimeType: mediaType, data } };
}

/** Members of a candidate that has ended. */
export function ending(reason: FinishReason, detail: string | undefined): object {
	return { finishReason: finishReason(reason), ...(detail === undefined ? {} : { finishMessage: detail }) };
}

/** Members of a reply, and of each chunk of a stream. */
export function heading({ model, id }: WriterContext): object {
	return { modelVersion: model, responseId: id };
}

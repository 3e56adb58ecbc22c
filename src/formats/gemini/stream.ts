import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { isVoid, saysSomething } from "../saying.ts";
import type { StreamRules } from "../stream.ts";
import type { EventSign } from "../upstreamError.ts";
import { geminiError, readGeminiError } from "./errors.ts";
import { geminiStreamUsage } from "./usage.ts";

/** Members of a part, and of chunks without candidates, that a person could not see. */
const silentInPart = ["thought", "thoughtSignature"];
const silentInChunk = ["usageMetadata", "modelVersion", "responseId", "createTime", "promptFeedback", "candidates"];

/** generateContent as server-sent events. */
export const geminiStream: StreamRules = {
	sign: (name, data) => {
		const chunk = parseJson(data);
		if (name === "error" || hasError(chunk)) return { kind: "error", error: readErrorEvent(chunk ?? data) };
		if (isVoid(data)) return { kind: "opening" };
		return isRecord(chunk) ? signOf(chunk) : signOfOther(chunk);
	},
	errorEvent: (problem) => `data: ${JSON.stringify(geminiError(problem))}\n\n`,
	usage: geminiStreamUsage,
};

function signOf(chunk: Readonly<Record<string, unknown>>): EventSign {
	const { candidates, promptFeedback: feedback } = chunk;
	const all = Array.isArray(candidates) ? candidates.filter(isRecord) : [];
	// Whatever the reason, `OTHER` and a malformed call too: the model has said all that it will say.
	const isEnd = all.some((candidate) => isSaid(candidate["finishReason"]));
	if (isEnd || (isRecord(feedback) && isSaid(feedback["blockReason"]))) return { kind: "end" };
	if (all.length === 0) return signOfOther(chunk);
	return { kind: all.some(({ content }) => saysSomething(content, silentInPart)) ? "content" : "opening" };
}

/** The protobuf's zero value is what a relay writes where nothing is set. */
function isSaid(reason: unknown): boolean {
	return typeof reason === "string" && reason !== "" && !reason.endsWith("_UNSPECIFIED");
}

function signOfOther(chunk: unknown): EventSign {
	const error = readGeminiError(chunk);
	if (error !== null) return { kind: "error", error };
	return { kind: saysSomething(chunk ?? "text", silentInChunk) ? "content" : "opening" };
}

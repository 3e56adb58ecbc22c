import type { Candidate, FinishReason, GenerateContentResponse, GroundingMetadata, Part } from "@google/genai";
import { pixelPng } from "../fixtures.ts";
import { likelihoods, type Script, type ScriptPart, type ScriptUsage, source } from "./script.ts";
import { sealOf } from "./seals.ts";

/** The fields of a reply as they travel; the SDK's class adds getters. */
export type GeminiReply = Pick<
	GenerateContentResponse,
	"candidates" | "usageMetadata" | "modelVersion" | "responseId" | "promptFeedback"
>;

export interface GeminiHead {
	readonly responseId: string;
	readonly modelVersion: string;
	readonly usage: ScriptUsage;
	readonly thoughtsShown: boolean;
}

const finishReasons: Readonly<Record<string, string>> = {
	length: "MAX_TOKENS",
	filter: "SAFETY",
	refusal: "SAFETY",
	malformed: "MALFORMED_FUNCTION_CALL",
};

/** Parts of a candidate as they arrive, one chunk each. */
function playedParts(parts: readonly ScriptPart[], thoughtsShown: boolean): readonly (readonly Part[])[] {
	// A thought's signature stands on what follows it: the first call, else the end of the text.
	let thought = parts.some(({ kind }) => kind === "reasoning");
	const chunks: (readonly Part[])[] = [];
	for (const part of parts) {
		if (part.kind === "text") chunks.push(...part.pieces.map((text) => [{ text }]));
		if (part.kind === "reasoning" && thoughtsShown) {
			chunks.push(...part.pieces.map((text) => [{ text, thought: true }]));
		}
		if (part.kind === "image") chunks.push([{ inlineData: { mimeType: "image/png", data: pixelPng } }]);
		if (part.kind === "call") {
			const args = JSON.parse(part.input) as Record<string, unknown>;
			const { name } = part.tool;
			chunks.push([{ functionCall: { name, args }, ...(thought && { thoughtSignature: callSeal(name, args) }) }]);
			thought = false;
		}
	}
	if (thought) chunks.push([{ text: "", thoughtSignature: sealOf("thought", "") }]);
	return chunks.length === 0 ? [[]] : chunks;
}

export function callSeal(name: string, args: unknown): string {
	return sealOf("thought", JSON.stringify([name, args]));
}

export function geminiWhole(head: GeminiHead, script: Script): GeminiReply {
	const candidates = script.candidates.map((parts, index) =>
		wholeCandidate(index, playedParts(parts, head.thoughtsShown).flat(), parts, script),
	);
	return reply(head, script, candidates);
}

function wholeCandidate(
	index: number,
	pieces: readonly Part[],
	script: readonly ScriptPart[],
	whole: Script,
): Candidate {
	return { ...lastCandidate(index, joined(pieces), script, whole), ...told(pieces, whole) };
}

/** A whole reply has one part where a stream has many pieces of it. */
function joined(parts: readonly Part[]): Part[] {
	const whole: Part[] = [];
	for (const part of parts) {
		const last = whole.at(-1);
		if (last?.text !== undefined && part.text !== undefined && last.thought === part.thought) {
			whole[whole.length - 1] = { ...last, ...part, text: last.text + part.text };
		} else {
			whole.push(part);
		}
	}
	return whole;
}

/** A finish reason stands in the last chunk of a candidate only. @param ends false: it never comes. */
export function* geminiChunks(head: GeminiHead, script: Script, ends = true): Generator<GeminiReply> {
	const streams = script.candidates.map((parts, index) => {
		const chunks = playedParts(parts, head.thoughtsShown);
		return chunks.map((chunk, place) =>
			ends && place === chunks.length - 1
				? lastCandidate(index, [...chunk], parts, script)
				: { ...candidate(index, [...chunk]), ...told(chunk, script) },
		);
	});
	const longest = Math.max(...streams.map(({ length }) => length));
	for (let place = 0; place < longest; place += 1) {
		yield reply(
			head,
			script,
			streams.flatMap((chunks) => chunks.slice(place, place + 1)),
		);
	}
}

function candidate(index: number, parts: Part[]): Candidate {
	return { content: { role: "model", parts }, index };
}

function lastCandidate(index: number, parts: Part[], script: readonly ScriptPart[], whole: Script): Candidate {
	const { end } = whole;
	const refused = script.find((part) => part.kind === "refusal");
	const asked = end.kind === "asked" ? (finishReasons[end.word] ?? end.word) : undefined;
	const word = asked ?? (refused ? "SAFETY" : "STOP");
	const known = /^[A-Z_]+$/.test(word) ? word : "STOP";
	return {
		...candidate(index, parts),
		// The SDK's enum exists at run time only; on the wire it is this word.
		finishReason: known as FinishReason,
		...(refused && { finishMessage: refused.pieces.join("") }),
		...told(parts, whole),
		...grounding(script),
	};
}

function told(parts: readonly Part[], { logprobs }: Script): Pick<Candidate, "logprobsResult"> {
	const texts = parts.flatMap(({ text, thought }) => (text && thought !== true ? [text] : []));
	if (logprobs === null || texts.length === 0) return {};
	const tokenOf = ({ token, logprob }: { token: string; logprob: number }) => ({ token, logProbability: logprob });
	return {
		logprobsResult: {
			chosenCandidates: texts.map((token) => ({ token, logProbability: -0.25 })),
			...(logprobs > 0 && {
				topCandidates: texts.map((piece) => ({ candidates: likelihoods(piece, logprobs).map(tokenOf) })),
			}),
		},
	};
}

function grounding(parts: readonly ScriptPart[]): { groundingMetadata?: GroundingMetadata } {
	const search = parts.find((part) => part.kind === "search");
	let startIndex = 0;
	const supports: NonNullable<GroundingMetadata["groundingSupports"]> = [];
	for (const part of parts) {
		if (part.kind !== "text") continue;
		const text = part.pieces.join("");
		// Counted in UTF-8.
		const endIndex = startIndex + Buffer.byteLength(text);
		if (part.cited) supports.push({ segment: { startIndex, endIndex, text }, groundingChunkIndices: [0] });
		startIndex = endIndex;
	}
	if (supports.length === 0 && !search) return {};
	return {
		groundingMetadata: {
			...(search && { webSearchQueries: [search.query] }),
			groundingChunks: [{ web: { uri: source.url, title: source.title, domain: source.domain } }],
			groundingSupports: supports,
		},
	};
}

function reply({ usage, modelVersion, responseId }: GeminiHead, { end }: Script, candidates: Candidate[]): GeminiReply {
	const { input, cached, output, reasoning } = usage;
	const blocked = end.kind === "asked" && end.word === "blocked";
	return {
		...(blocked ? { promptFeedback: { blockReason: "SAFETY" as never } } : { candidates }),
		usageMetadata: {
			promptTokenCount: input,
			candidatesTokenCount: output - reasoning,
			totalTokenCount: input + output,
			...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
			...(cached > 0 && { cachedContentTokenCount: cached }),
		},
		modelVersion,
		responseId,
	};
}

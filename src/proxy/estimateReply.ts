import type { Format } from "../accounts/account.ts";
import type { MediaPart } from "../formats/conversation.ts";
import { isRecord } from "../formats/modelList.ts";
import { Malformed, Untranslatable } from "../formats/translation.ts";
import { translations } from "../formats/translations.ts";
import {
	type Countable,
	countableOf,
	estimateTokens,
	type Modality,
	type TokenEstimate,
	totalOf,
} from "./tokenEstimate.ts";
import type { CountTokens } from "./tokenizerThread.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** The formats in which a client can ask for a count. */
export type CountingFormat = Extract<Format, "anthropic" | "gemini">;

export interface EstimatedReply {
	/** Names and values in turn. */
	readonly headers: readonly string[];
	readonly body: object;
}

interface CountFormat {
	/** The body of the request for a reply that is to be counted. */
	readonly counted: (body: JsonRecord) => JsonRecord;
	readonly reply: (estimate: TokenEstimate, body: JsonRecord) => object;
}

const countFormats: Readonly<Record<CountingFormat, CountFormat>> = {
	anthropic: {
		// A count needs no limit, and a request does.
		counted: (body) => ({ max_tokens: 1_000_000, ...body }),
		reply: (estimate, body) => {
			const tokens = totalOf(estimate);
			const managed = isRecord(body["context_management"]);
			return {
				input_tokens: tokens,
				...(managed ? { context_management: { original_input_tokens: tokens } } : {}),
			};
		},
	},
	gemini: {
		counted: (body) => (isRecord(body["generateContentRequest"]) ? body["generateContentRequest"] : body),
		reply: (estimate) => ({
			totalTokens: totalOf(estimate),
			promptTokensDetails: [...estimate].map(([modality, tokenCount]) => ({
				modality: modalities[modality],
				tokenCount,
			})),
		}),
	},
};

const modalities: Readonly<Record<Modality, string>> = {
	text: "TEXT",
	image: "IMAGE",
	document: "DOCUMENT",
	audio: "AUDIO",
	video: "VIDEO",
};

/**
 * The reply to a request for a count that no account of the client's format can answer. What no account of another format
 * could be told is counted all the same, as the JSON it is.
 * @param body parsed JSON.
 * @throws Malformed
 */
export async function estimateReply(
	format: CountingFormat,
	body: unknown,
	count: CountTokens,
): Promise<EstimatedReply> {
	if (!isRecord(body)) throw new Malformed("The body must be an object.");
	const { counted, reply } = countFormats[format];
	const estimate = await estimateTokens(countableIn(format, counted(body)), format, count);
	return { headers: ["x-relay-estimate", "tokens"], body: reply(estimate, body) };
}

function countableIn(format: CountingFormat, request: JsonRecord): Countable {
	try {
		return countableOf(translations[format].readRequest({ body: request, stream: false }).conversation);
	} catch (error) {
		if (error instanceof Untranslatable) return countableJson(request);
		throw error;
	}
}

/** What only its maker can read is no text of the model's. */
const opaque: ReadonlySet<string> = new Set(["signature", "thoughtSignature", "encrypted_content"]);

function countableJson(request: JsonRecord): Countable {
	const media: MediaPart[] = [];
	const text = JSON.stringify(request, (name, value: unknown) => {
		if (opaque.has(name)) return undefined;
		const part = isRecord(value) ? mediaIn(value) : null;
		if (part === null) return value;
		media.push(part);
		return undefined;
	});
	return { texts: [text], media, around: 0 };
}

/** Anthropic's `{media_type, data}`, Gemini's `{mimeType, data}`; Google's SDKs for other languages write `mime_type`. */
function mediaIn({ data, ...told }: JsonRecord): MediaPart | null {
	const mediaType = told["media_type"] ?? told["mimeType"] ?? told["mime_type"];
	if (typeof data !== "string" || typeof mediaType !== "string") return null;
	const source = { kind: "data", mediaType, data } as const;
	const [kind] = mediaType.split("/", 1);
	return { kind: kind === "image" || kind === "audio" || kind === "video" ? kind : "document", source };
}

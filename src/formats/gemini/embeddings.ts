import type { EmbeddingRequest, EmbeddingTranslation } from "../embeddings.ts";
import { Fields, LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { sum } from "../usageFields.ts";
import { vectorsOf } from "../vectors.ts";
import { readGeminiUsage } from "./usage.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

interface OneRequest {
	readonly input: string;
	readonly dimensions: number | undefined;
}

/** `:embedContent` for one text, `:batchEmbedContents` for several. */
export const geminiEmbeddings: EmbeddingTranslation = {
	readRequest: (body) => {
		const lost = new LostFields();
		const requests = Fields.read(body, "", lost, (fields) =>
			isBatch(body) ? (fields.each("requests", readOne) ?? []) : [readOne(fields)],
		);
		if (requests.length === 0) throw new Malformed("requests must not be empty.");
		return { request: together(requests), losses: lost.paths };
	},
	writeRequest: ({ inputs, dimensions }, { model }) => ({
		path: `/models/${encodeURIComponent(model.toWellFormed())}:batchEmbedContents`,
		body: {
			requests: inputs.map((text) => ({
				model: `models/${model}`,
				content: { parts: [{ text }] },
				...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
			})),
		},
	}),
	readReply: (body, { inputs }) => {
		if (!isRecord(body)) return null;
		const entries = Array.isArray(body["embeddings"]) ? body["embeddings"] : [body["embedding"]];
		const embeddings = entries.filter(isRecord);
		const vectors = vectorsOf(
			embeddings.map(({ values }) => values),
			inputs.length,
		);
		if (vectors === null) return null;
		return { vectors, inputTokens: readGeminiUsage(body)?.input ?? sum(...embeddings.map(tokensOf)) };
	},
	writeReply: ({ vectors, inputTokens }, { body }) => {
		const embeddings = vectors.map((values) => ({ values }));
		const usage = { promptTokenCount: inputTokens, totalTokenCount: inputTokens };
		return {
			...(isBatch(body) ? { embeddings } : { embedding: embeddings[0] }),
			...(inputTokens === null ? {} : { usageMetadata: usage }),
		};
	},
};

/** The path says so too, but always in accord with the body. */
function isBatch(body: unknown): boolean {
	return isRecord(body) && body["requests"] !== undefined;
}

/** What a vector is for (`taskType`), a title and all else is lost: no other format can say it. */
function readOne(fields: Fields): OneRequest {
	fields.skip("model");
	const input = fields.inside("content", readContent) ?? fields.wrong("content", "an object");
	// Google's REST guides write the first, and its own parser takes the second too.
	const dimensions = fields.number("outputDimensionality") ?? fields.number("output_dimensionality");
	return { input, dimensions };
}

function readContent(fields: Fields): string {
	fields.skip("role");
	const texts = fields.each("parts", (part) => {
		const text = part.text("text");
		if (text === undefined) {
			throw new Untranslatable(`Only texts can be embedded by an account of another format, and ${part.path} is none.`);
		}
		return text;
	});
	if (texts === undefined || texts.length === 0) return fields.wrong("parts", "a list with a text in it");
	// One vector stands for all parts of a content.
	return texts.join("\n");
}

function together(requests: readonly OneRequest[]): EmbeddingRequest {
	const [first, ...others] = [...new Set(requests.map(({ dimensions }) => dimensions))];
	if (others.length > 0) {
		throw new Untranslatable("An account of another format makes all vectors of one request equally long.");
	}
	return { inputs: requests.map(({ input }) => input), ...(first === undefined ? {} : { dimensions: first }) };
}

/** Where the sum is not told, each embedding may tell its part. */
function tokensOf({ statistics }: JsonRecord): unknown {
	return isRecord(statistics) ? statistics["tokenCount"] : undefined;
}

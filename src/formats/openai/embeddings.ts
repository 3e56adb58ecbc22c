import type { EmbeddingRequest, EmbeddingTranslation } from "../embeddings.ts";
import { Fields, LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Untranslatable } from "../translation.ts";
import { packVector, unpackVector, vectorsOf } from "../vectors.ts";
import { readOpenaiUsage } from "./usage.ts";

/** `POST /embeddings`. */
export const openaiEmbeddings: EmbeddingTranslation = {
	readRequest: (body) => {
		const lost = new LostFields();
		const request = Fields.read(body, "", lost, readFields);
		return { request, losses: lost.paths };
	},
	writeRequest: ({ inputs, dimensions }, { model }) => ({
		path: "/embeddings",
		body: { model, input: inputs, encoding_format: "float", ...(dimensions === undefined ? {} : { dimensions }) },
	}),
	readReply: (body, { inputs }) => {
		if (!isRecord(body) || !Array.isArray(body["data"])) return null;
		const entries = body["data"].filter(isRecord);
		const vectors = vectorsOf(inOrder(entries).map(valuesOf), inputs.length);
		return vectors === null ? null : { vectors, inputTokens: readOpenaiUsage(body)?.input ?? null };
	},
	writeReply: ({ vectors, inputTokens }, { model, body }) => {
		const packed = isRecord(body) && body["encoding_format"] === "base64";
		const tokens = inputTokens ?? 0;
		return {
			object: "list",
			data: vectors.map((vector, index) => ({
				object: "embedding",
				index,
				embedding: packed ? packVector(vector) : vector,
			})),
			model,
			usage: { prompt_tokens: tokens, total_tokens: tokens },
		};
	},
};

function readFields(fields: Fields): EmbeddingRequest {
	// The form of the reply is its writer's business.
	fields.skip("model");
	fields.oneOf("encoding_format", ["float", "base64"]);
	const dimensions = fields.number("dimensions");
	return { inputs: readInputs(fields), ...(dimensions === undefined ? {} : { dimensions }) };
}

function readInputs(fields: Fields): readonly string[] {
	const given = fields.take("input");
	const inputs = typeof given === "string" ? [given] : given;
	if (!Array.isArray(inputs) || inputs.length === 0) return fields.wrong("input", "a text or a list of texts");
	if (inputs.every(isTokens)) {
		throw new Untranslatable(
			"Lists of token numbers mean something to the model's own maker only. Send texts as input.",
		);
	}
	const texts = inputs.filter((input) => typeof input === "string" && input !== "");
	if (texts.length < inputs.length) fields.wrong("input", "a text or a list of texts, none of them empty");
	return texts;
}

function isTokens(value: unknown): boolean {
	return typeof value === "number" || (Array.isArray(value) && value.every((item) => typeof item === "number"));
}

/** Relays that leave the index out keep the order. */
function inOrder(entries: readonly Readonly<Record<string, unknown>>[]): readonly Readonly<Record<string, unknown>>[] {
	return [...entries].sort((one, other) => Number(one["index"] ?? 0) - Number(other["index"] ?? 0));
}

/** Some relays send Base64 whatever they are asked for. */
function valuesOf({ embedding }: Readonly<Record<string, unknown>>): unknown {
	return typeof embedding === "string" ? unpackVector(embedding) : embedding;
}

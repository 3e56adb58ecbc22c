import type { Conversation, ImagePart, OutputFormat, Sampling, ServiceTier } from "../conversation.ts";
import { Fields, LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { type ClientRequest, type ReadRequest, Untranslatable } from "../translation.ts";
import { detailOf } from "./mediaParts.ts";
import { numberIn } from "./numbers.ts";
import { readSchema } from "./schema.ts";
import { readThinking } from "./thinking.ts";
import { readChoice, readTools } from "./tools.ts";
import { readInstruction, readTurns } from "./turnReader.ts";
import { asList, said, wireNames } from "./wireNames.ts";

type Settings = Pick<Conversation, "sampling" | "stop"> & Partial<Conversation>;

/** What continues something that only Google has. */
const continued: Readonly<Record<string, string>> = {
	cachedContent: "The request builds on `cachedContent`, a cache of Google's own that only a Gemini account can read.",
	continuationToken: "The request goes on with `continuationToken`, which only a Gemini account can read.",
};

const tiers: Readonly<Record<string, ServiceTier>> = { standard: "default", flex: "flex", priority: "priority" };

/** Reads the body of `generateContent` and `streamGenerateContent`. */
export function readRequest({ body, stream }: ClientRequest): ReadRequest {
	const lost = new LostFields();
	const conversation = Fields.read(wireNames(body), "", lost, (fields) => readBody(fields, stream === true, lost));
	return { conversation, losses: lost.paths };
}

function readBody(fields: Fields, stream: boolean, lost: LostFields): Conversation {
	for (const [name, words] of Object.entries(continued)) {
		if (fields.take(name) !== undefined) throw new Untranslatable(words);
	}
	// It is in the path too.
	fields.skip("model");
	let detail: ImagePart["detail"];
	const settings = fields.inside("generationConfig", (config) => {
		detail = readResolution(config);
		return readSettings(config);
	});
	const instruction = readInstruction(fields.take("systemInstruction"), lost);
	const turns = readTurns(fields.take("contents"), lost, detail);
	const tools = asList(fields.take("tools"));
	const lists = (Array.isArray(tools) ? tools : []).map((tool: unknown, index) =>
		Fields.read(tool, `tools[${index}]`, lost, readTools),
	);
	const toolChoice = fields.inside("toolConfig", (config) => {
		// Whether calls of Google's own tools are shown in the reply: there will be none.
		config.skip("includeServerSideToolInvocations");
		return config.inside("functionCallingConfig", readChoice);
	});
	return {
		stream,
		turns: [...instruction, ...turns],
		tools: lists.flat(),
		sampling: {},
		stop: [],
		...settings,
		...said({ toolChoice, serviceTier: readTier(fields), metadata: readLabels(fields) }),
	};
}

function readSettings(fields: Fields): Settings {
	const sampling: Sampling = said({
		temperature: numberIn(fields, "temperature"),
		topP: numberIn(fields, "topP"),
		topK: numberIn(fields, "topK"),
		seed: numberIn(fields, "seed"),
		presencePenalty: numberIn(fields, "presencePenalty"),
		frequencyPenalty: numberIn(fields, "frequencyPenalty"),
	});
	readModalities(fields);
	const reasoning = fields.inside("thinkingConfig", readThinking);
	const candidates = numberIn(fields, "candidateCount");
	return {
		sampling,
		stop: fields.texts("stopSequences") ?? [],
		...said({
			maxTokens: numberIn(fields, "maxOutputTokens"),
			candidates: candidates === 1 ? undefined : candidates,
			logprobs: readLogprobs(fields),
			output: readOutput(fields),
			reasoning: reasoning === undefined || Object.keys(reasoning).length === 0 ? undefined : reasoning,
		}),
	};
}

/** How many alternatives are told counts only where probabilities are asked for. */
function readLogprobs(fields: Fields): number | undefined {
	const alternatives = numberIn(fields, "logprobs");
	return fields.boolean("responseLogprobs") === true ? (alternatives ?? 0) : undefined;
}

function readOutput(fields: Fields): OutputFormat | undefined {
	const told = fields.text("responseMimeType")?.toLowerCase() ?? "";
	const own = fields.take("responseSchema");
	const full = fields.take("responseJsonSchema");
	// Gemini CLI has types in upper case in either.
	const given = isRecord(full) ? full : own;
	const schema = isRecord(given) ? readSchema(given) : undefined;
	if (told === "application/json" || (told === "" && schema !== undefined)) {
		return schema === undefined ? { kind: "json" } : { kind: "schema", schema };
	}
	// One of some words, bare: others write such a word as JSON only.
	if (told !== "" && told !== "text/plain") fields.lose("responseMimeType");
	fields.lose("responseSchema");
	fields.lose("responseJsonSchema");
	return undefined;
}

/** @throws Untranslatable where no text is wanted. */
function readModalities(fields: Fields): void {
	const modalities = (fields.texts("responseModalities") ?? []).map((modality) => modality.toUpperCase());
	const others = modalities.filter((modality) => modality !== "TEXT" && modality !== "MODALITY_UNSPECIFIED");
	if (others.length === 0) return;
	if (!modalities.includes("TEXT")) {
		throw new Untranslatable(
			`The request wants ${others.join(" and ")} in the place of text, which only Gemini makes.`,
		);
	}
	fields.lose("responseModalities");
}

function readResolution(fields: Fields): ImagePart["detail"] {
	const level = fields.take("mediaResolution");
	const detail = detailOf(level);
	const isSaid = typeof level === "string" && !level.toUpperCase().endsWith("_UNSPECIFIED");
	if (detail === undefined && isSaid) fields.lose("mediaResolution");
	return detail;
}

function readTier(fields: Fields): ServiceTier | undefined {
	const told = fields
		.text("serviceTier")
		?.toLowerCase()
		.replace(/^service_tier_/, "");
	if (told === undefined || told === "" || told === "unspecified") return undefined;
	return tiers[told] ?? fields.wrong("serviceTier", "“standard”, “flex” or “priority”");
}

function readLabels(fields: Fields): Readonly<Record<string, string>> | undefined {
	const labels = Object.entries(fields.record("labels") ?? {});
	const texts = labels.filter((label): label is [string, string] => typeof label[1] === "string");
	return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

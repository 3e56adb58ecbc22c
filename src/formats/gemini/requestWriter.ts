import type { GenerateContentConfig } from "@google/genai";
import type { Conversation, OutputFormat, Sampling, ServiceTier } from "../conversation.ts";
import { LossList } from "../losses.ts";
import { ToolNames } from "../toolNames.ts";
import type { Feature, WriteTarget, WrittenRequest } from "../translation.ts";
import { type ModelFamily, modelFamily } from "./modelFamily.ts";
import { writeSchema } from "./schema.ts";
import { writeThinking } from "./thinking.ts";
import { nameRules, writeTools } from "./tools.ts";
import { writeTurns } from "./turnWriter.ts";
import { said } from "./wireNames.ts";

type Settings = Omit<GenerateContentConfig, "thinkingConfig"> & { readonly thinkingConfig?: object };

const mostStops = 5;
const mostCandidates = 8;
const mostLogprobs = 20;
/** Penalties go from -2 up to, but not including, 2. */
const mostPenalty = 1.99;

const tiers: Readonly<Record<ServiceTier, string | undefined>> = {
	auto: undefined,
	default: "standard",
	flex: "flex",
	priority: "priority",
};

/** Writes a request to `generateContent` or `streamGenerateContent`. */
export function writeRequest(conversation: Conversation, { model }: WriteTarget): WrittenRequest {
	const { stream } = conversation;
	const losses = new LossList();
	const names = new ToolNames(conversation, nameRules);
	const family = modelFamily(model);
	const output = family.combines || !conversation.tools.some(isFunction) ? conversation.output : undefined;
	const asked = output === conversation.output ? conversation : withInstruction(conversation, losses);
	const generationConfig = writeSettings(asked, output, family, losses);
	nameUnsaid(conversation, losses);
	const body = {
		...writeTurns(asked, names, family, losses),
		...writeTools(conversation, names, family, losses),
		...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
		...said({ serviceTier: conversation.serviceTier && tiers[conversation.serviceTier] }),
	};
	const name = encodeURIComponent(model.replace(/^models\//, "").toWellFormed());
	return {
		path: `/models/${name}:${stream ? "streamGenerateContent" : "generateContent"}`,
		query: stream ? "?alt=sse" : "",
		headers: [],
		body,
		streams: stream,
		losses: losses.all,
		names,
	};
}

function isFunction({ kind }: Conversation["tools"][number]): boolean {
	return kind !== "webSearch";
}

function writeSettings(
	{ sampling, stop, maxTokens, candidates, logprobs, reasoning }: Conversation,
	output: OutputFormat | undefined,
	family: ModelFamily,
	losses: LossList,
): Settings {
	if (stop.length > mostStops) losses.add("stop", JSON.stringify(stop.slice(0, mostStops)));
	return {
		...writeSampling(sampling, family, losses),
		...said({
			candidateCount: atMost(mostCandidates, candidates, "candidates", losses),
			maxOutputTokens: atMost(family.longestReply, maxTokens, "maxTokens", losses),
			stopSequences: stop.length === 0 ? undefined : stop.slice(0, mostStops),
			responseLogprobs: logprobs === undefined ? undefined : true,
			logprobs: atMost(mostLogprobs, logprobs, "logprobs", losses) || undefined,
			thinkingConfig: writeThinking(reasoning, family.thinking, losses),
		}),
		...writeOutput(output),
	};
}

function writeSampling(
	{ seed, presencePenalty, frequencyPenalty, ...others }: Sampling,
	{ hasPenalties }: ModelFamily,
	losses: LossList,
): Settings {
	const penalty = (name: "presencePenalty" | "frequencyPenalty", value: number | undefined) => {
		if (hasPenalties) return atMost(mostPenalty, value, name, losses);
		if (value !== undefined && value !== 0) losses.add(name);
		return undefined;
	};
	return {
		...others,
		...said({
			seed: seed === undefined ? undefined : fitSeed(seed, losses),
			presencePenalty: penalty("presencePenalty", presencePenalty),
			frequencyPenalty: penalty("frequencyPenalty", frequencyPenalty),
		}),
	};
}

function atMost(limit: number, value: number | undefined, feature: Feature, losses: LossList): number | undefined {
	if (value === undefined || value <= limit) return value;
	losses.add(feature, String(limit));
	return limit;
}

/** Seeds are whole numbers of 32 bits: of others the lowest, so that the same seed stays the same. */
function fitSeed(seed: number, losses: LossList): number {
	const fit = seed | 0;
	if (fit !== seed) losses.add("seed", String(fit));
	return fit;
}

function writeOutput(output: OutputFormat | undefined): Settings {
	if (output === undefined) return {};
	if (output.kind === "json") return { responseMimeType: "application/json" };
	return { responseMimeType: "application/json", responseJsonSchema: writeSchema(describedSchema(output)) };
}

/** What the client calls the output goes into the schema, where nothing else stands. */
function describedSchema({ schema, name, description }: Extract<OutputFormat, { kind: "schema" }>) {
	return { ...said({ title: name, description }), ...schema };
}

/** Models before the third generation refuse JSON output beside functions. */
function withInstruction(conversation: Conversation, losses: LossList): Conversation {
	const { output, turns } = conversation;
	losses.add("output", "an instruction");
	const schema = output?.kind === "schema" ? ` It has to match this JSON Schema: ${JSON.stringify(output.schema)}` : "";
	const text = `When you do not call a function, answer with JSON alone: no other words, no code fence.${schema}`;
	return { ...conversation, turns: [{ role: "system", parts: [{ kind: "text", text }] }, ...turns] };
}

function nameUnsaid({ cacheKey, userId, verbosity, metadata }: Conversation, losses: LossList): void {
	if (cacheKey !== undefined) losses.add("cacheKey");
	if (userId !== undefined) losses.add("userId");
	// Labels are for billing, on Google Cloud.
	if (metadata !== undefined) losses.add("metadata");
	if (verbosity !== undefined) losses.add("verbosity");
}

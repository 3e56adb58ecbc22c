import { createHash } from "node:crypto";
import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions";
import type { Conversation, OutputFormat } from "../conversation.ts";
import { effortOf, nearestEffort } from "../effort.ts";
import { given } from "../given.ts";
import type { LossList } from "../losses.ts";
import type { ModelTraits } from "./modelTraits.ts";
import { fitsStrict, objectSchema } from "./schemas.ts";

type Body = ChatCompletionCreateParamsBase;
type Settings = Partial<Omit<Body, "model" | "messages">>;

const mostStops = 4;
const mostTopLogprobs = 20;
/** Characters of `user` and `prompt_cache_key`. */
const longestKey = 64;

/** Everything but messages and tools. @param hasFunctions whether tools go with the request. */
export function writeSettings(
	conversation: Conversation,
	hasFunctions: boolean,
	traits: ModelTraits,
	losses: LossList,
): Settings {
	const { metadata, output, stop, candidates } = conversation;
	const maxTokens = writeLimit(conversation.maxTokens, traits, losses);
	// Refused but for replies that are stored, and whether they are is not ours to say.
	if (metadata !== undefined) losses.add("metadata");
	const effort = writeEffort(conversation, hasFunctions, traits, losses);
	return {
		...(traits.isOpenai ? given({ max_completion_tokens: maxTokens }) : given({ max_tokens: maxTokens })),
		...writeSampling(conversation, effort, traits, losses),
		...writeStop(stop, traits, losses),
		...given({ n: candidates, reasoning_effort: effort }),
		...(output === undefined ? {} : { response_format: writeOutput(output, traits, losses) }),
		...writeOpenaiOnly(conversation, traits, losses),
	};
}

/** Clients that have to name a limit name that of their own models. */
function writeLimit(
	maxTokens: number | undefined,
	{ longestReply }: ModelTraits,
	losses: LossList,
): number | undefined {
	if (maxTokens === undefined || maxTokens <= longestReply) return maxTokens;
	losses.add("maxTokens", String(longestReply));
	return longestReply;
}

function writeEffort(
	{ reasoning }: Conversation,
	hasFunctions: boolean,
	{ efforts, reasonsWithTools, isOpenai }: ModelTraits,
	losses: LossList,
): Body["reasoning_effort"] {
	const { amount, shown } = reasoning ?? {};
	// Other makers' models show what they think unasked; OpenAI's never do by Chat Completions.
	if (isOpenai && shown !== undefined && shown !== "no") losses.add("reasoningShown");
	const wanted = effortOf(reasoning);
	if (hasFunctions && !reasonsWithTools) {
		const isSaid = amount !== undefined && wanted !== "none";
		if (isSaid) losses.add("reasoning", "none");
		return "none";
	}
	if (wanted === null) return undefined;
	// Most other makers' models do not know the word.
	const cannotBeOff = wanted === "none" && !isOpenai;
	if (efforts === null || cannotBeOff) {
		if (!(isOpenai && wanted === "none")) losses.add("reasoning");
		return undefined;
	}
	const effort = nearestEffort(wanted, efforts);
	if (effort !== wanted || amount?.kind === "budget") losses.add("reasoning", effort);
	return effort;
}

function writeSampling(
	{ sampling, logprobs }: Conversation,
	effort: Body["reasoning_effort"],
	{ samples, isOpenai }: ModelTraits,
	losses: LossList,
): Settings {
	const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty } = sampling;
	if (topK !== undefined) losses.add("topK");
	const isFree = samples === "always" || (samples === "withoutReasoning" && effort === "none");
	/** @param standard what holds where nothing is said, and is taken by all. */
	const kept = <Value>(value: Value | undefined, feature: Parameters<LossList["add"]>[0], standard?: Value) => {
		if (value === undefined || isFree) return value;
		if (value !== standard) losses.add(feature);
		return undefined;
	};
	const top = kept(logprobs, "logprobs");
	if (top !== undefined && top > mostTopLogprobs) losses.add("logprobs", String(mostTopLogprobs));
	return given({
		temperature: kept(temperature, "temperature", 1),
		top_p: kept(topP, "topP", 1),
		presence_penalty: kept(presencePenalty, "presencePenalty", 0),
		frequency_penalty: kept(frequencyPenalty, "frequencyPenalty", 0),
		// Those that do not sample freely have no seed to take either, but ignore it.
		seed: isOpenai && !isFree ? kept(seed, "seed") : seed,
		logprobs: top === undefined ? undefined : true,
		top_logprobs: top ? Math.min(top, mostTopLogprobs) : undefined,
	});
}

function writeStop(stop: readonly string[], { takesStop }: ModelTraits, losses: LossList): Settings {
	if (stop.length === 0) return {};
	if (!takesStop) {
		losses.add("stop");
		return {};
	}
	if (stop.length > mostStops) losses.add("stop", `the first ${mostStops}`);
	return { stop: stop.slice(0, mostStops) };
}

function writeOutput(
	output: OutputFormat,
	{ isOpenai }: ModelTraits,
	losses: LossList,
): NonNullable<Body["response_format"]> {
	if (output.kind === "json") return { type: "json_object" };
	const { description, name } = output;
	const { schema, isLooser } = isOpenai ? objectSchema(output.schema) : { ...output, isLooser: false };
	if (isLooser) losses.add("output", "a wider schema");
	const isStrict = output.strict === true && fitsStrict(schema);
	if (output.strict === true && !isStrict) losses.add("strict");
	const strict = isStrict ? true : output.strict === undefined ? undefined : false;
	const fitName = name?.replace(/[^a-zA-Z0-9_-]/gu, "_").slice(0, 64) || "reply";
	return {
		type: "json_schema",
		json_schema: { name: fitName, schema: { ...schema }, ...given({ description, strict }) },
	};
}

/** Relays of other makers' models refuse what they do not know, or do nothing with it. */
function writeOpenaiOnly(
	{ verbosity, serviceTier, cacheKey, userId }: Conversation,
	{ isOpenai, takesVerbosity }: ModelTraits,
	losses: LossList,
): Settings {
	if (verbosity !== undefined && !takesVerbosity && verbosity !== "medium") losses.add("verbosity");
	if (!isOpenai) {
		if (serviceTier !== undefined && serviceTier !== "auto") losses.add("serviceTier");
		if (cacheKey !== undefined) losses.add("cacheKey");
		if (userId !== undefined) losses.add("userId");
		return {};
	}
	return given({
		verbosity: takesVerbosity ? verbosity : undefined,
		service_tier: serviceTier,
		prompt_cache_key: cacheKey === undefined ? undefined : fitKey(cacheKey),
		user: userId === undefined ? undefined : fitUser(userId, losses),
	});
}

function fitUser(userId: string, losses: LossList): string {
	const fit = fitKey(userId);
	if (fit !== userId) losses.add("userId", "its SHA-256");
	return fit;
}

/** Of one key always the same, so that it serves as well as the key itself. */
function fitKey(key: string): string {
	return key.length <= longestKey ? key : createHash("sha256").update(key).digest("hex");
}

import type { Conversation, OutputFormat, ServiceTier } from "../conversation.ts";
import { Fields, LostFields } from "../fields.ts";
import { given } from "../given.ts";
import { isRecord } from "../modelList.ts";
import { type ClientRequest, type ReadRequest, Untranslatable } from "../translation.ts";
import { readReasoning } from "./reasoningReader.ts";
import { readTools } from "./tools.ts";
import { readTurns } from "./turnReader.ts";

/** The body of `/chat/completions`. */
export function readRequest({ body }: ClientRequest): ReadRequest {
	const lost = new LostFields();
	const conversation = Fields.read(body, "", lost, (fields) => readBody(fields, lost));
	return { conversation, losses: lost.paths };
}

function readBody(fields: Fields, lost: LostFields): Conversation {
	refuseSpeech(fields);
	skipDefaults(fields);
	const stream = fields.boolean("stream") ?? false;
	const candidates = fields.number("n");
	return {
		stream,
		turns: readTurns(fields),
		...readTools(fields, lost),
		sampling: given({
			temperature: fields.number("temperature"),
			topP: fields.number("top_p"),
			// OpenAI has it not; most relays do.
			topK: fields.number("top_k"),
			seed: fields.number("seed"),
			presencePenalty: fields.number("presence_penalty"),
			frequencyPenalty: fields.number("frequency_penalty"),
		}),
		stop: readStop(fields),
		...given({
			output: fields.inside("response_format", readOutput),
			maxTokens: readMaxTokens(fields),
			candidates: candidates === 1 ? undefined : candidates,
			logprobs: readLogprobs(fields),
			reasoning: readReasoning(fields),
			verbosity: fields.oneOf("verbosity", ["low", "medium", "high"]),
			serviceTier: readServiceTier(fields),
			cacheKey: fields.text("prompt_cache_key"),
			userId: readUserId(fields),
			metadata: readMetadata(fields),
		}),
	};
}

/** A client that waits for a voice cannot do with text. */
function refuseSpeech(fields: Fields): void {
	if (fields.texts("modalities")?.includes("audio")) {
		throw new Untranslatable("modalities: accounts of other formats do not answer in speech by Chat Completions.");
	}
	fields.lose("audio");
}

/** What is routed by, what the reply's writer reads for itself, and what is the rule anyway. */
function skipDefaults(fields: Fields): void {
	fields.skip("model");
	fields.inside("stream_options", (options) => options.skip("include_usage", "include_obfuscation"));
	if (fields.boolean("store") === true) fields.lose("store");
	const bias = fields.record("logit_bias");
	if (bias !== undefined && Object.keys(bias).length > 0) fields.lose("logit_bias");
	fields.inside("prompt_cache_options", (options) => {
		if (options.take("mode") !== "implicit") options.lose("mode");
		if (options.take("ttl") !== "30m") options.lose("ttl");
	});
}

function readStop(fields: Fields): readonly string[] {
	const stop = fields.take("stop");
	return typeof stop === "string" ? [stop] : (fields.texts("stop") ?? []);
}

function readMaxTokens(fields: Fields): number | undefined {
	const older = fields.number("max_tokens");
	return fields.number("max_completion_tokens") ?? older;
}

function readLogprobs(fields: Fields): number | undefined {
	const wanted = fields.boolean("logprobs") ?? false;
	const top = fields.number("top_logprobs");
	if (!wanted && top) return fields.wrong("logprobs", "true where top_logprobs is given");
	return wanted ? (top ?? 0) : undefined;
}

function readOutput(format: Fields): OutputFormat | undefined {
	const type = format.oneOf("type", ["text", "json_object", "json_schema"]);
	if (type === "json_object") return { kind: "json" };
	if (type !== "json_schema") return undefined;
	const output = format.inside("json_schema", (wanted): OutputFormat => {
		const schema = wanted.record("schema");
		const rest = given({
			name: wanted.text("name"),
			description: wanted.text("description"),
			strict: wanted.boolean("strict"),
		});
		return schema === undefined ? { kind: "json" } : { kind: "schema", schema, ...rest };
	});
	return output ?? format.wrong("json_schema", "an object with a schema");
}

const serviceTiers: Readonly<Record<string, ServiceTier>> = {
	auto: "auto",
	default: "default",
	flex: "flex",
	priority: "priority",
	fast: "priority",
};

function readServiceTier(fields: Fields): ServiceTier | undefined {
	const told = fields.text("service_tier");
	const tier = told === undefined ? undefined : serviceTiers[told];
	// “scale”, and those of relays.
	if (tier === undefined) fields.lose("service_tier");
	return tier;
}

function readUserId(fields: Fields): string | undefined {
	const older = fields.text("user");
	const id = fields.text("safety_identifier");
	if (id !== undefined && older !== id) fields.lose("user");
	return id ?? older;
}

function readMetadata(fields: Fields): Readonly<Record<string, string>> | undefined {
	const metadata = fields.take("metadata");
	if (metadata === undefined) return undefined;
	return isTexts(metadata) ? metadata : fields.wrong("metadata", "an object of strings");
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
	return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

import type { Conversation, Effort, OutputFormat, Reasoning, ServiceTier } from "../conversation.ts";
import { efforts } from "../effort.ts";
import type { Fields } from "../fields.ts";
import { given } from "../given.ts";
import { isRecord } from "../modelList.ts";

const verbosities = ["low", "medium", "high"] as const;
const summaries = ["auto", "concise", "detailed"] as const;
const tiers: ReadonlyMap<string, ServiceTier> = new Map(
	Object.entries<ServiceTier>({
		auto: "auto",
		default: "default",
		flex: "flex",
		priority: "priority",
		// Another word for the same.
		fast: "priority",
	}),
);

/** What of `include` is there whether it is asked for or not, or is read elsewhere. */
const includedAnyway: ReadonlySet<unknown> = new Set(["reasoning.encrypted_content", "message.output_text.logprobs"]);

type Settings = Pick<
	Conversation,
	| "maxTokens"
	| "sampling"
	| "logprobs"
	| "parallelCalls"
	| "reasoning"
	| "output"
	| "verbosity"
	| "serviceTier"
	| "cacheKey"
	| "userId"
	| "metadata"
>;

/** What a request says beside its talk and its tools. */
export function readSettings(fields: Fields): Settings {
	const logprobs = readLogprobs(fields);
	const { output, verbosity } = fields.inside("text", readTextSettings) ?? {};
	const [temperature, topP] = [fields.number("temperature"), fields.number("top_p")];
	const userId = readUserId(fields);
	return given({
		maxTokens: fields.number("max_output_tokens"),
		sampling: given({ temperature, topP }),
		logprobs,
		parallelCalls: fields.boolean("parallel_tool_calls"),
		reasoning: fields.inside("reasoning", readReasoningSettings) ?? undefined,
		output,
		verbosity,
		serviceTier: readTier(fields),
		cacheKey: fields.text("prompt_cache_key"),
		userId,
		metadata: readMetadata(fields),
	});
}

export function readEffort(fields: Fields): Effort | undefined {
	return fields.oneOf("effort", efforts);
}

/** @param text the member `text`. @returns undefined where plain text is wanted, or nothing is said. */
export function readOutput(text: Fields): OutputFormat | undefined {
	return text.inside("format", (format): OutputFormat | undefined => {
		const type = format.oneOf("type", ["text", "json_object", "json_schema"]);
		if (type === "json_object") return { kind: "json" };
		if (type !== "json_schema") return undefined;
		return {
			kind: "schema",
			schema: format.record("schema") ?? format.wrong("schema", "a JSON Schema"),
			...given({
				name: format.text("name"),
				description: format.text("description"),
				strict: format.boolean("strict"),
			}),
		};
	});
}

function readTextSettings(text: Fields) {
	return { output: readOutput(text), verbosity: text.oneOf("verbosity", verbosities) };
}

function readReasoningSettings(reasoning: Fields): Reasoning | null {
	const effort = readEffort(reasoning);
	const older = reasoning.oneOf("generate_summary", summaries);
	const shown = reasoning.oneOf("summary", summaries) ?? older;
	if (reasoning.take("context") !== "auto") reasoning.lose("context");
	if (reasoning.take("mode") !== "standard") reasoning.lose("mode");
	if (effort === undefined && shown === undefined) return null;
	return given({ amount: effort === undefined ? undefined : { kind: "effort" as const, effort }, shown });
}

/** Both members ask for the same: the one that they come with, the other how many beside it. */
function readLogprobs(fields: Fields): number | undefined {
	const include = fields.list("include") ?? [];
	if (include.some((word) => !includedAnyway.has(word))) fields.lose("include");
	const top = fields.number("top_logprobs");
	return include.includes("message.output_text.logprobs") ? (top ?? 0) : top || undefined;
}

function readTier(fields: Fields): ServiceTier | undefined {
	const tier = fields.text("service_tier");
	if (tier === undefined) return undefined;
	const known = tiers.get(tier);
	if (known === undefined) fields.lose("service_tier");
	return known;
}

/** `user` is the older name, for the cache as well. */
function readUserId(fields: Fields): string | undefined {
	const [id, older] = [fields.text("safety_identifier"), fields.text("user")];
	if (id !== undefined && older !== undefined && id !== older) fields.lose("user");
	return id ?? older;
}

function readMetadata(fields: Fields): Readonly<Record<string, string>> | undefined {
	const metadata = fields.record("metadata");
	if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
	const entries = Object.entries(metadata).map(([name, value]) => [name, isRecord(value) ? "" : String(value)]);
	return Object.fromEntries(entries);
}

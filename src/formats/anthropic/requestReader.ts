import type { Conversation, OutputFormat, Reasoning, Sampling, ServiceTier, TextPart, Turn } from "../conversation.ts";
import { Fields, LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { type ClientRequest, type ReadRequest, Untranslatable } from "../translation.ts";
import { readTools } from "./toolReader.ts";
import { readMessages, readSystemTexts } from "./turnReader.ts";

/** @throws Malformed, Untranslatable */
export function readRequest({ body, stream }: ClientRequest): ReadRequest {
	const lost = new LostFields();
	const conversation = Fields.read(body, "", lost, (fields) => read(fields, stream, lost));
	return { conversation, losses: lost.paths };
}

function read(fields: Fields, stream: boolean | null, lost: LostFields): Conversation {
	refuseStored(fields);
	// A diagnosis of Anthropic's own cache, and where no account of another maker has a choice.
	fields.skip("model", "diagnostics", "betas");
	if (fields.take("speed") === "fast") fields.lose("speed");
	skipThinkingEdits(fields);
	const streams = fields.boolean("stream") ?? false;
	const maxTokens = fields.number("max_tokens");
	const stop = fields.texts("stop_sequences") ?? [];
	const serviceTier = readTier(fields);
	const userId = fields.inside("metadata", (metadata) => metadata.text("user_id"));
	const { effort, output } = readOutput(fields);
	const reasoning = readReasoning(fields, effort);
	return {
		stream: stream ?? streams,
		turns: [...systemTurn(readSystemTexts(fields, "system", lost)), ...readMessages(fields, lost)],
		...readTools(fields, lost),
		...(output === undefined ? {} : { output }),
		...(maxTokens === undefined ? {} : { maxTokens }),
		sampling: readSampling(fields),
		stop,
		...(reasoning === undefined ? {} : { reasoning }),
		...(serviceTier === undefined ? {} : { serviceTier }),
		...(userId === undefined ? {} : { userId }),
	};
}

/** What is with Anthropic and not in the request. */
function refuseStored(fields: Fields): void {
	const thread = fields.record("thread");
	if (thread?.["type"] === "continue") {
		throw new Untranslatable(`${fields.at("thread")} continues a conversation that is stored with Anthropic.`);
	}
	fields.lose("thread");
	if (fields.record("compaction") !== undefined) {
		throw new Untranslatable(`${fields.at("compaction")} asks for a summary of Anthropic's own form.`);
	}
}

/** Thinking never goes to other accounts: to leave some of it out changes nothing there. */
function skipThinkingEdits(fields: Fields): void {
	const edits = fields.record("context_management")?.["edits"] ?? [];
	const isThinking = (edit: unknown) =>
		isRecord(edit) && typeof edit["type"] === "string" && edit["type"].startsWith("clear_thinking_");
	if (!Array.isArray(edits) || !edits.every(isThinking)) fields.lose("context_management");
}

function systemTurn(parts: readonly TextPart[]): readonly Turn[] {
	return parts.length === 0 ? [] : [{ role: "system", parts }];
}

function readSampling(fields: Fields): Sampling {
	const temperature = fields.number("temperature");
	const topP = fields.number("top_p");
	const topK = fields.number("top_k");
	return {
		...(temperature === undefined ? {} : { temperature }),
		...(topP === undefined ? {} : { topP }),
		...(topK === undefined ? {} : { topK }),
	};
}

function readTier(fields: Fields): ServiceTier | undefined {
	const tier = fields.oneOf("service_tier", ["auto", "standard_only"]);
	return tier === "standard_only" ? "default" : tier;
}

type ToldEffort = "low" | "medium" | "high" | "xhigh" | "max";

/** `output_config`, and `output_format`, which the beta had in its place. */
function readOutput(fields: Fields): { readonly effort?: ToldEffort; readonly output?: OutputFormat } {
	const older = fields.inside("output_format", readFormat);
	const told = fields.inside("output_config", (config) => {
		const effort = config.oneOf("effort", ["low", "medium", "high", "xhigh", "max"]);
		const output = config.inside("format", readFormat);
		return { ...(effort === undefined ? {} : { effort }), ...(output === undefined ? {} : { output }) };
	});
	return { ...(older === undefined ? {} : { output: older }), ...told };
}

function readFormat(format: Fields): OutputFormat {
	format.oneOf("type", ["json_schema"]);
	return { kind: "schema", schema: format.record("schema") ?? format.wrong("schema", "an object") };
}

/** A budget says more than the effort beside it, and no thinking more than both. */
function readReasoning(fields: Fields, effort: ToldEffort | undefined): Reasoning | undefined {
	const told = fields.inside("thinking", (thinking) => readThinking(thinking, effort));
	return told ?? (effort === undefined ? undefined : { amount: { kind: "effort", effort } });
}

function readThinking(thinking: Fields, effort: ToldEffort | undefined): Reasoning {
	const type = thinking.oneOf("type", ["enabled", "disabled", "adaptive", "between_tools"]) ?? "enabled";
	// How Anthropic checks its own thinking.
	thinking.skip("block_binding");
	const budget = thinking.number("budget_tokens");
	const display = thinking.text("display");
	const shown = display === "omitted" ? "no" : "auto";
	if (display === "updates") thinking.lose("display");
	switch (type) {
		case "disabled":
			return { amount: { kind: "effort", effort: "none" } };
		case "between_tools":
			thinking.lose("type");
			return { amount: { kind: "effort", effort: "minimal" }, shown };
		case "enabled":
			if (budget !== undefined) return { amount: { kind: "budget", tokens: budget }, shown };
			return { amount: effort === undefined ? { kind: "adaptive" } : { kind: "effort", effort }, shown };
		case "adaptive":
			return { amount: effort === undefined ? { kind: "adaptive" } : { kind: "effort", effort }, shown };
	}
}

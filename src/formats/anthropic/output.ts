import type { JSONOutputFormat } from "@anthropic-ai/sdk/resources/messages";
import type { OutputFormat } from "../conversation.ts";
import type { LossList } from "../losses.ts";
import type { ModelRules } from "./modelRules.ts";
import { strictSchema } from "./strictSchema.ts";

export interface WrittenOutput {
	readonly format?: JSONOutputFormat;
	/** Said to the model where the account cannot hold it to the form. */
	readonly instruction: string | null;
}

const asked = "in words";

export function writeOutput(output: OutputFormat | undefined, rules: ModelRules, losses: LossList): WrittenOutput {
	if (output === undefined) return { instruction: null };
	if (output.kind === "json") {
		losses.add("output", asked);
		return { instruction: "Answer with one JSON object and nothing else." };
	}
	const { name, description, ...told } = output;
	const labelled = {
		...(name === undefined ? {} : { title: name }),
		...(description === undefined ? {} : { description }),
		...told.schema,
	};
	const instruction = `Answer with JSON that fits this JSON Schema, and with nothing else:\n${JSON.stringify(labelled)}`;
	const held = rules.schemas === "no" ? null : strictSchema(labelled);
	if (held === null) {
		losses.add("output", asked);
		return { instruction };
	}
	if (held.isLooser) losses.add("output", "limits in words");
	// Models of others may pass over what they do not know.
	return {
		format: { type: "json_schema", schema: held.schema },
		instruction: rules.schemas === "unsure" ? instruction : null,
	};
}

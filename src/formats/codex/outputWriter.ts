import type { ResponseTextConfig } from "openai/resources/responses/responses";
import type { Conversation, OutputFormat } from "../conversation.ts";
import type { LossList } from "../losses.ts";
import { strictSchema } from "./strictSchema.ts";
import { isObjectSchema, wireSchema } from "./wireSchema.ts";

type SchemaOutput = Extract<OutputFormat, { kind: "schema" }>;

export interface WrittenOutput {
	readonly text?: ResponseTextConfig;
	/** What the model has to be told beside it. */
	readonly instruction?: string;
}

/** What form the reply is to have. */
export function writeOutput(conversation: Conversation, notes: LossList): WrittenOutput {
	const { output, verbosity } = conversation;
	const { instruction, format } = output === undefined ? {} : writeFormat(output, conversation, notes);
	const text = {
		...(format === undefined ? {} : { format }),
		...(verbosity === undefined ? {} : { verbosity }),
	};
	return {
		...(Object.keys(text).length === 0 ? {} : { text }),
		...(instruction === undefined ? {} : { instruction }),
	};
}

interface WrittenFormat {
	readonly format?: NonNullable<ResponseTextConfig["format"]>;
	readonly instruction?: string;
}

function writeFormat(output: OutputFormat, conversation: Conversation, notes: LossList): WrittenFormat {
	if (output.kind === "schema") {
		return isObjectSchema(output.schema) ? { format: writeSchema(output, notes) } : askFor(output, notes);
	}
	const format = { type: "json_object" } as const;
	// The account refuses to answer in JSON where nobody speaks of it, and does not look into the instructions.
	if (speaksOfJson(conversation)) return { format };
	notes.add("output", "json_object with an instruction");
	return { format, instruction: "Reply in JSON." };
}

/** Strict where it was asked for, or where nothing was said and it can be: other formats know no other way. */
function writeSchema({ schema, name, description, strict }: SchemaOutput, notes: LossList) {
	const wire = wireSchema(schema);
	if (wire.isLooser) notes.add("schema", "a wider schema");
	const closed = strict === false ? null : strictSchema(wire.schema);
	if (strict === true && closed === null) notes.add("strict", "false");
	return {
		type: "json_schema" as const,
		name: name?.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "reply",
		...(description === undefined ? {} : { description }),
		schema: { ...(closed ?? wire.schema) },
		strict: closed !== null,
	};
}

/** The account takes schemas of objects only. */
function askFor({ schema, description }: SchemaOutput, notes: LossList): WrittenFormat {
	notes.add("output", "an instruction");
	const about = description === undefined ? "" : ` (${description})`;
	return {
		instruction: `Reply with nothing but JSON, without a code fence, that fits this JSON Schema${about}:\n${JSON.stringify(schema)}`,
	};
}

function speaksOfJson({ turns }: Conversation): boolean {
	const first = turns.findIndex(({ role }) => role !== "system");
	return turns
		.slice(first < 0 ? 0 : first)
		.some(({ parts }) => parts.some((part) => part.kind === "text" && /json/i.test(part.text)));
}

import type { Conversation, OutputFormat, Reasoning, Turn } from "../conversation.ts";
import { Fields, LostFields } from "../fields.ts";
import { type ClientRequest, type ReadRequest, Untranslatable } from "../translation.ts";
import { readSettings } from "./settingsReader.ts";
import { readToolChoice } from "./toolChoice.ts";
import { readTools } from "./tools.ts";
import { type ReadInput, readInput } from "./turnReader.ts";

/** What lives in the store of one account, and how a person can go on without it. */
const stored: Readonly<Record<string, string>> = {
	previous_response_id: "Only the account that gave that reply has it. Send the whole talk as input.",
	conversation: "Only the account that keeps that conversation has it. Send the whole talk as input.",
	prompt: "Only the account that keeps that template has it. Send its text as instructions.",
};

/** @throws Malformed, Untranslatable */
export function readCodexRequest({ body, stream }: ClientRequest): ReadRequest {
	const lost = new LostFields();
	const conversation = Fields.read(body, "", lost, (fields) => readBody(fields, stream, lost));
	return { conversation, losses: lost.paths };
}

function readBody(fields: Fields, stream: boolean | null, lost: LostFields): Conversation {
	for (const [name, words] of Object.entries(stored)) {
		if (fields.take(name) !== undefined) throw new Untranslatable(`${name}: ${words}`);
	}
	if (fields.boolean("background") === true) {
		throw new Untranslatable("background: No other kind of account answers later.");
	}
	skipTheRest(fields);
	const instructions = fields.text("instructions");
	const input = readInput(fields.take("input"), lost);
	const tools = [...readTools(fields.list("tools") ?? [], "tools", lost), ...input.tools];
	const toolChoice = readToolChoice(fields.take("tool_choice"), tools, lost);
	const searches = fields.number("max_tool_calls");
	const { output, reasoning, ...settings } = readSettings(fields);
	return {
		stream: stream ?? fields.boolean("stream") ?? false,
		turns: [...systemTurn(instructions), ...input.turns],
		// The search of the web is the only one of the account's own tools that comes along.
		tools: tools.map((tool) =>
			tool.kind === "webSearch" && searches !== undefined ? { ...tool, maxUses: searches } : tool,
		),
		...(toolChoice === undefined ? {} : { toolChoice }),
		...settings,
		stop: [],
		...outputOf(output, input),
		...reasoningOf(reasoning, input),
	};
}

/** Options of the account's own, and about the form of the reply, which are read where it is written. */
function skipTheRest(fields: Fields): void {
	fields.skip("model", "stream", "stream_options", "client_metadata");
	if (fields.take("store") !== false) fields.lose("store");
	if (fields.take("truncation") !== "disabled") fields.lose("truncation");
}

function systemTurn(instructions: string | undefined): readonly Turn[] {
	return instructions ? [{ role: "system", parts: [{ kind: "text", text: instructions }] }] : [];
}

function outputOf(said: OutputFormat | undefined, { output }: ReadInput): { output?: OutputFormat } {
	const last = output === undefined ? said : output;
	return last === undefined || last === null ? {} : { output: last };
}

function reasoningOf(said: Reasoning | undefined, { effort }: ReadInput): { reasoning?: Reasoning } {
	if (effort !== undefined) return { reasoning: { ...said, amount: { kind: "effort", effort } } };
	return said === undefined ? {} : { reasoning: said };
}

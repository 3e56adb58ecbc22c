import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions";
import type { Conversation, Turn } from "../conversation.ts";
import { LossList } from "../losses.ts";
import { ToolNames } from "../toolNames.ts";
import type { WriteTarget, WrittenRequest } from "../translation.ts";
import { type ModelTraits, modelTraits } from "./modelTraits.ts";
import { isObjectSchema } from "./schemas.ts";
import { writeSettings } from "./settingsWriter.ts";
import { nameRules, writeTools } from "./toolWriter.ts";
import { writeTurns } from "./turnWriter.ts";

/** A request to `/chat/completions`. */
export function writeRequest(asked: Conversation, { model }: WriteTarget): WrittenRequest {
	const traits = modelTraits(model);
	const losses = new LossList();
	const conversation = withWords(asked, traits, losses);
	const names = new ToolNames(conversation, nameRules(traits));
	const tools = writeTools(conversation, names, traits, losses);
	const { stream } = conversation;
	const body: ChatCompletionCreateParamsBase = {
		model,
		messages: [...writeTurns(conversation.turns, { names, traits, losses })],
		...tools,
		...writeSettings(conversation, tools.tools !== undefined, traits, losses),
		stream,
		// The tokens of a stream are told to those alone who ask.
		...(stream ? { stream_options: { include_usage: true } } : {}),
	};
	return {
		path: "/chat/completions",
		query: "",
		headers: [],
		body,
		streams: stream,
		losses: losses.all,
		names,
	};
}

const jsonLine = "Answer with a JSON object.";

/** What of the output's form has to be said in words. */
function withWords(conversation: Conversation, { isOpenai }: ModelTraits, losses: LossList): Conversation {
	const { output, ...rest } = conversation;
	if (output?.kind === "schema" && isOpenai && !isObjectSchema(output.schema)) {
		losses.add("output", "an instruction");
		const about = output.description === undefined ? "" : ` (${output.description})`;
		const line = `Answer with JSON that fits this JSON Schema${about}, and with nothing else:\n${JSON.stringify(output.schema)}`;
		return { ...rest, turns: withLine(rest.turns, line) };
	}
	// `json_object` is refused where no message has the word.
	if (output?.kind !== "json" || rest.turns.some(saysJson)) return conversation;
	losses.add("output", `json_object, and the words “${jsonLine}”`);
	return { ...conversation, turns: withLine(rest.turns, jsonLine) };
}

function withLine(turns: readonly Turn[], text: string): readonly Turn[] {
	const line = { kind: "text", text } as const;
	const [first, ...rest] = turns;
	if (first?.role === "system") return [{ role: "system", parts: [...first.parts, line] }, ...rest];
	return [{ role: "system", parts: [line] }, ...turns];
}

function saysJson(turn: Turn): boolean {
	return turn.parts.some((part) => part.kind === "text" && /json/i.test(part.text));
}

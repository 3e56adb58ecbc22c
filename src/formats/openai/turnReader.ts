import type { AssistantPart, CallInput, Citation, ToolCallPart, ToolResultPart, Turn } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { Untranslatable } from "../translation.ts";
import { readCitations } from "./annotations.ts";
import { CallBook } from "./callBook.ts";
import { readMedia, readSaid, readTexts } from "./contentReader.ts";
import { detailsText } from "./reasoningDetails.ts";

/** The results of calls that follow each other make one turn. */
type ReadMessage = Turn | ToolResultPart;

/** `messages`. What says nothing makes no turn. */
export function readTurns(fields: Fields): readonly Turn[] {
	const book = new CallBook();
	const messages = fields.each("messages", (message): ReadMessage => {
		const role = message.text("role") ?? "";
		const read = roles[role] ?? message.wrong("role", "a role that is known");
		return read(message, book);
	});
	if (messages === undefined) return fields.wrong("messages", "a list");
	return joined(messages);
}

function joined(messages: readonly ReadMessage[]): readonly Turn[] {
	const turns: Turn[] = [];
	let results: ToolResultPart[] | null = null;
	for (const message of messages) {
		if (!("kind" in message)) {
			results = null;
			if (message.parts.length > 0) turns.push(message);
		} else if (results === null) {
			results = [message];
			turns.push({ role: "user", parts: results });
		} else {
			results.push(message);
		}
	}
	return turns;
}

const system = (message: Fields): Turn => ({ role: "system", parts: readTexts(message) });

const roles: Readonly<Record<string, (message: Fields, book: CallBook) => ReadMessage>> = {
	system,
	developer: system,
	user: (message) => ({ role: "user", parts: readMedia(message) }),
	assistant: (message, book) => ({ role: "assistant", parts: readAssistant(message, book) }),
	tool: readResult,
	// The older way: its call is known by its name alone.
	function: (message, book) => {
		const name = message.text("name") ?? message.wrong("name", "the name of the function");
		const call = book.answer(undefined, name) ?? message.wrong("name", "a function that was called before");
		return { kind: "toolResult", callId: call.id, name: call.name, content: readMedia(message) };
	},
};

function readResult(message: Fields, book: CallBook): ToolResultPart {
	// Repeats what the call says.
	message.skip("name");
	const call = book.answer(message.text("tool_call_id"));
	const { id, name } = call ?? message.wrong("tool_call_id", "the id of a call in an earlier message");
	return { kind: "toolResult", callId: id, name, content: readMedia(message) };
}

function readAssistant(message: Fields, book: CallBook): readonly AssistantPart[] {
	const reasoning = readReasoning(message);
	const citations = readCitations(message.take("annotations"));
	const said = withCitations(readSaid(message), citations);
	const refusal = message.text("refusal");
	const calls = message.each("tool_calls", (call) => readCall(call, book)) ?? [];
	const old = message.inside("function_call", (call) => functionCall(call, undefined, book));
	const isVoid = said.length + calls.length === 0 && old === undefined && !refusal;
	if (message.take("audio") !== undefined) {
		if (isVoid) throw new Untranslatable(`${message.at("audio")}: spoken words can only be found by who spoke them.`);
		message.lose("audio");
	}
	return [
		...(reasoning === "" ? [] : [{ kind: "reasoning" as const, text: reasoning }]),
		...said,
		...(refusal ? [{ kind: "refusal" as const, text: refusal }] : []),
		...calls,
		...(old === undefined ? [] : [old]),
	];
}

/** As clients of DeepSeek, vLLM and OpenRouter send it back; OpenAI has no place for it. */
function readReasoning(message: Fields): string {
	const details = message.list("reasoning_details") ?? [];
	const reasoning = message.take("reasoning");
	const text = message.text("reasoning_content") ?? (typeof reasoning === "string" ? reasoning : undefined);
	if (text === undefined && detailsText(details) === "") message.lose("reasoning_details");
	return text ?? detailsText(details);
}

/** All of them tell of the message's whole text, which is one part where there are any. */
function withCitations(parts: readonly AssistantPart[], citations: readonly Citation[]): readonly AssistantPart[] {
	const place = parts.findIndex(({ kind }) => kind === "text");
	if (citations.length === 0) return parts;
	return parts.map((part, index) => (index === place && part.kind === "text" ? { ...part, citations } : part));
}

function readCall(call: Fields, book: CallBook): ToolCallPart {
	call.skip("index");
	const id = call.text("id");
	const type = call.text("type") ?? "function";
	const read =
		type === "custom"
			? call.inside("custom", (inner) => customCall(inner, id, book))
			: call.inside("function", (inner) => functionCall(inner, id, book));
	if (read !== undefined && (type === "function" || type === "custom")) return read;
	throw new Untranslatable(
		`${call.path}: a call of the type “${type}” cannot be sent to an account of another format.`,
	);
}

function functionCall(call: Fields, id: string | undefined, book: CallBook): ToolCallPart {
	const input = call.take("arguments");
	const text = typeof input === "string" ? input : input === undefined ? "" : JSON.stringify(input);
	return toolCall(call, id, { kind: "json", text }, book);
}

function customCall(call: Fields, id: string | undefined, book: CallBook): ToolCallPart {
	return toolCall(call, id, { kind: "free", text: call.text("input") ?? "" }, book);
}

function toolCall(call: Fields, id: string | undefined, input: CallInput, book: CallBook): ToolCallPart {
	const name = call.text("name") ?? call.wrong("name", "the name of a tool");
	return { kind: "toolCall", id: book.open(id, name), name, input };
}

import type {
	AssistantPart,
	CallInput,
	TextPart,
	ToolCallPart,
	ToolResultPart,
	Turn,
	UserPart,
} from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { readDocument, readImage, readSearchResult } from "./mediaReader.ts";
import { clientSeal } from "./sealedBlocks.ts";
import { readText } from "./textReader.ts";
import { readCacheMark } from "./toolReader.ts";

interface Means {
	readonly lost: LostFields;
	/** The names of the calls so far, by their ids. */
	readonly names: Map<string, string>;
}
type BlockReader<Part> = (fields: Fields, means: Means) => readonly Part[];
type BlockReaders<Part> = ReadonlyMap<string, BlockReader<Part>>;

/** A line by which Claude Code tells Anthropic's own billing who asks; it differs with each request. */
const billing = /^x-anthropic-billing-header:/;

/** Blocks of Anthropic's own tools, and notes of its own: no other account can read them, and the talk goes on without them. */
const own =
	/^(?:server_tool_use|mcp_tool_use|mcp_tool_listing|tool_addition|tool_removal|tool_reference|browser_state|fallback|\w+_tool_result)$/;

/** Whose name `name` is where the call is gone. */
const unknownTool = "unknown";

const shared = {
	text: (fields: Fields) => [readText(fields)],
	image: (fields: Fields) => [readImage(fields)],
	document: readDocument,
	search_result: (fields: Fields) => [readSearchResult(fields)],
};
const userBlocks: BlockReaders<UserPart> = new Map<string, BlockReader<UserPart>>([
	...Object.entries<BlockReader<UserPart>>(shared),
	["compaction", readCompaction],
	["tool_result", (fields, means) => [readResult(fields, means)]],
]);
const assistantBlocks: BlockReaders<AssistantPart> = new Map<string, BlockReader<AssistantPart>>([
	["text", (fields) => [readText(fields)]],
	["image", (fields) => [readImage(fields)]],
	["compaction", readCompaction],
	["thinking", readThinking],
	["redacted_thinking", readRedacted],
	["tool_use", (fields, means) => [readCall(fields, means)]],
]);
const resultBlocks = new Map<string, BlockReader<ToolResultPart["content"][number]>>([
	...Object.entries(shared),
	["tool_reference", readReference],
]);
const systemBlocks: BlockReaders<TextPart> = new Map([["text", (fields: Fields) => [readText(fields)]]]);

/** The member `messages` of a request. */
export function readMessages(body: Fields, lost: LostFields): readonly Turn[] {
	const means: Means = { lost, names: new Map() };
	const messages = body.each("messages", (message) => readMessage(message, means));
	if (messages === undefined || messages.length === 0) return body.wrong("messages", "a list that is not empty");
	return messages.filter(({ parts }) => parts.length > 0);
}

/** A text or a list of texts. */
export function readSystemTexts(fields: Fields, name: string, lost: LostFields): readonly TextPart[] {
	const texts = readContent(fields, name, systemBlocks, { lost, names: new Map() });
	return texts.filter(({ text }) => !billing.test(text));
}

function readMessage(message: Fields, means: Means): Turn {
	const role = message.oneOf("role", ["user", "assistant", "system"]) ?? message.wrong("role", "a role");
	switch (role) {
		case "user":
			return { role, parts: readContent(message, "content", userBlocks, means) };
		case "assistant":
			return { role, parts: readContent(message, "content", assistantBlocks, means) };
		case "system":
			return { role, parts: readSystemTexts(message, "content", means.lost) };
	}
}

function readContent<Part>(
	fields: Fields,
	name: string,
	readers: BlockReaders<Part>,
	means: Means,
): readonly (Part | TextPart)[] {
	const content = fields.take(name);
	if (content === undefined) return [];
	if (typeof content === "string") return [{ kind: "text", text: content }];
	if (!Array.isArray(content)) return fields.wrong(name, "a string or a list");
	return content.flatMap((block: unknown, index) => {
		const path = `${fields.at(name)}[${index}]`;
		const type = isRecord(block) ? block["type"] : undefined;
		if (typeof type !== "string") throw new Malformed(`${path} must be an object with a type.`);
		const read = readers.get(type);
		if (read !== undefined) {
			return Fields.read(block, path, means.lost, (inside) => {
				inside.skip("type");
				return read(inside, means);
			});
		}
		if (!own.test(type)) {
			throw new Untranslatable(`${path}: a block of the type “${type}” cannot go to an account of another format.`);
		}
		means.lost.add(`${fields.at(name)}[].${type}`.replace(/\[\d+\]/g, "[]"));
		return [];
	});
}

/** What a search for tools has found: the tool itself is among those of the request. */
function readReference(fields: Fields): readonly TextPart[] {
	const name = fields.text("tool_name") ?? fields.wrong("tool_name", "a string");
	return [{ kind: "text", text: `The tool ${name} can be called now.`, ...readCacheMark(fields) }];
}

/** A summary in the place of what came before it. */
function readCompaction(fields: Fields): readonly TextPart[] {
	fields.skip("signature", "encrypted_content", "tool_changes");
	const text = fields.text("content");
	return text === undefined ? [] : [{ kind: "text", text, ...readCacheMark(fields) }];
}

function readThinking(fields: Fields): readonly AssistantPart[] {
	const thinking = fields.text("thinking") ?? "";
	const signature = fields.text("signature") ?? "";
	return reasoning(thinking, clientSeal({ type: "thinking", thinking, signature }));
}

function readRedacted(fields: Fields): readonly AssistantPart[] {
	const data = fields.text("data") ?? fields.wrong("data", "a string");
	return reasoning("", clientSeal({ type: "redacted_thinking", data }));
}

function reasoning(text: string, seal: ReturnType<typeof clientSeal>): readonly AssistantPart[] {
	if (seal === undefined) return text === "" ? [] : [{ kind: "reasoning", text }];
	return [{ kind: "reasoning", text, seal }];
}

function readCall(fields: Fields, { names }: Means): ToolCallPart {
	const id = fields.text("id") ?? fields.wrong("id", "a string");
	const name = fields.text("name") ?? fields.wrong("name", "a string");
	if (fields.record("caller")?.["type"] !== "direct") fields.lose("caller");
	names.set(id, name);
	return { kind: "toolCall", id, name, input: inputOf(fields.take("input")), ...readCacheMark(fields) };
}

function inputOf(input: unknown): CallInput {
	return { kind: "json", text: typeof input === "string" ? input : JSON.stringify(input ?? {}) };
}

function readResult(fields: Fields, means: Means): ToolResultPart {
	const callId = fields.text("tool_use_id") ?? fields.wrong("tool_use_id", "a string");
	const content = readContent(fields, "content", resultBlocks, means);
	const isError = fields.boolean("is_error");
	return {
		kind: "toolResult",
		callId,
		name: means.names.get(callId) ?? unknownTool,
		content,
		...(isError === undefined ? {} : { isError }),
		...readCacheMark(fields),
	};
}

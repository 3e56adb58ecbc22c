import { objectOf, objectsOf, textOf } from "./answer.ts";
import { type Body, unknownMember } from "./rules.ts";
import { isSealOf } from "./seals.ts";

/** Words of why Messages refuses the talk so far; null where it would answer. */
export function anthropicHistoryRefusal(body: Body): string | null {
	const messages = objectsOf(body["messages"]);
	const system = objectsOf(body["system"]).map((block, index) => blockFault(block, `system.${index}`, ["text"]));
	const fault = system.find((found) => found !== null);
	if (fault) return fault;
	if (messages[0]?.["role"] !== "user") return 'messages: first message must use the "user" role';
	for (const [index, message] of messages.entries()) {
		const broken = messageFault(message, index, messages) ?? pairingFault(message, index, messages);
		if (broken !== null) return broken;
	}
	return thinkingFault(body, messages);
}

/** The blocks that each role may say. */
const blocksOf: Readonly<Record<string, readonly string[]>> = {
	system: ["text"],
	user: ["text", "image", "document", "tool_result", "search_result", "container_upload"],
	assistant: [
		...["text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "web_search_tool_result"],
		...["web_fetch_tool_result", "code_execution_tool_result"],
	],
};

const membersOf: Readonly<Record<string, readonly string[]>> = {
	text: ["text", "citations", "cache_control"],
	thinking: ["thinking", "signature"],
	redacted_thinking: ["data"],
	image: ["source", "cache_control", "transformations"],
	document: ["source", "title", "context", "citations", "cache_control"],
	tool_use: ["id", "name", "input", "cache_control", "caller", "toolset_name"],
	tool_result: ["tool_use_id", "content", "is_error", "cache_control", "toolset_name"],
};

function messageFault(message: Body, index: number, messages: readonly Body[]): string | null {
	const place = `messages.${index}`;
	const { role, content } = message;
	const allowed = blocksOf[textOf(role)];
	if (allowed === undefined) return `${place}.role: Input should be 'user' or 'assistant'`;
	const unknown = unknownMember(message, ["role", "content"]);
	if (unknown !== undefined) return `${place}.${unknown}: Extra inputs are not permitted`;
	const isPrefill = index === messages.length - 1 && role === "assistant";
	if (content === "" || (Array.isArray(content) && content.length === 0)) {
		return isPrefill
			? null
			: `${place}: all messages must have non-empty content except for the optional final assistant message`;
	}
	if (typeof content !== "string" && !Array.isArray(content)) return `${place}.content: Input should be a valid list`;
	const blocks = objectsOf(content);
	const last = typeof content === "string" ? content : textOf(blocks.at(-1)?.["text"]);
	if (isPrefill && /\s$/.test(last)) return `${place}: final assistant content cannot end with trailing whitespace`;
	for (const [at, block] of blocks.entries()) {
		const fault = blockFault(block, `${place}.content.${at}`, allowed);
		if (fault !== null) return fault;
	}
	return null;
}

function blockFault(block: Body, place: string, allowed: readonly string[]): string | null {
	const type = textOf(block["type"]);
	if (!allowed.includes(type))
		return `${place}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${allowed.join(", ")}`;
	const members = membersOf[type];
	const unknown = members === undefined ? undefined : unknownMember(block, ["type", ...members]);
	if (unknown !== undefined) return `${place}.${type}.${unknown}: Extra inputs are not permitted`;
	switch (type) {
		case "text":
			return textOf(block["text"]) === "" ? `${place}: text content blocks must be non-empty` : null;
		case "thinking":
			return isSealOf("thinking", textOf(block["thinking"]), block["signature"])
				? null
				: `${place}: Invalid \`signature\` in \`thinking\` block`;
		case "redacted_thinking":
			return isSealOf("redacted", "", block["data"])
				? null
				: `${place}: Invalid \`data\` in \`redacted_thinking\` block`;
		case "image":
			return sourceFault(block, place, /^image\/(?:jpeg|png|gif|webp)$/);
		case "document":
			return sourceFault(block, place, /^(?:application\/pdf|text\/plain)$/);
		case "tool_use":
			if (!/^[a-zA-Z0-9_-]+$/.test(textOf(block["id"])))
				return `${place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
			return objectOf(block["input"]) === null ? `${place}.tool_use.input: Input should be a valid dictionary` : null;
		case "tool_result":
			return resultFault(block, place);
		default:
			return null;
	}
}

function resultFault({ content, is_error: isError }: Body, place: string): string | null {
	const blocks = objectsOf(content);
	for (const [at, inner] of blocks.entries()) {
		const fault = blockFault(inner, `${place}.tool_result.content.${at}`, [
			"text",
			"image",
			"document",
			"search_result",
		]);
		if (fault !== null) return fault;
	}
	const isOther = blocks.some(({ type }) => type !== "text");
	return isError === true && isOther ? `${place}: all content must be type \`text\` if \`is_error\` is true` : null;
}

function sourceFault(block: Body, place: string, mediaTypes: RegExp): string | null {
	const source = objectOf(block["source"]);
	const type = textOf(source?.["type"]);
	const mediaType = textOf(source?.["media_type"]);
	if (type === "url")
		return /^https:/.test(textOf(source?.["url"])) ? null : `${place}.source.url: Only HTTPS URLs are supported.`;
	if (type === "text" || type === "base64") {
		if (!mediaTypes.test(mediaType)) return `${place}.source.media_type: '${mediaType}' is not supported`;
		const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(textOf(source?.["data"]));
		return type === "base64" && !isBase64 ? `${place}.source.base64.data: Invalid base64 data` : null;
	}
	return type === "content" || type === "file" ? null : `${place}.source: Field required`;
}

/** Calls are answered in the very next message, before anything else in it. */
function pairingFault(message: Body, index: number, messages: readonly Body[]): string | null {
	const idsOf = (other: Body | undefined, type: string, member: string) =>
		objectsOf(other?.["content"])
			.filter((block) => block["type"] === type)
			.map((block) => textOf(block[member]));
	if (message["role"] === "assistant") {
		const calls = idsOf(message, "tool_use", "id");
		const missing = calls.filter((id) => !idsOf(messages[index + 1], "tool_result", "tool_use_id").includes(id));
		const isLast = index === messages.length - 1;
		if (missing.length === 0 || isLast) return null;
		const why = "Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
		return `messages.${index + 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. ${why}`;
	}
	const results = idsOf(message, "tool_result", "tool_use_id");
	const open = idsOf(messages[index - 1], "tool_use", "id");
	const orphan = results.find((id) => !open.includes(id));
	if (orphan !== undefined) {
		return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
	}
	if (new Set(results).size < results.length) return `messages.${index}: each tool_use must have a single result.`;
	const types = objectsOf(message["content"]).map(({ type }) => type);
	return types.slice(0, results.length).some((type) => type !== "tool_result")
		? `messages.${index}: \`tool_result\` blocks must come first in the content.`
		: null;
}

/** Whoever thinks goes on with the thought that led to the calls. */
function thinkingFault(body: Body, messages: readonly Body[]): string | null {
	const type = objectOf(body["thinking"])?.["type"];
	if (type !== "enabled" && type !== "adaptive") return null;
	const place = messages.length - 2;
	const isLoop = objectsOf(messages.at(-1)?.["content"]).some((block) => block["type"] === "tool_result");
	const [first] = objectsOf(messages[place]?.["content"]);
	if (!isLoop || type === "adaptive" || first?.["type"] === "thinking" || first?.["type"] === "redacted_thinking")
		return null;
	const why = "When `thinking` is enabled, a final `assistant` message must start with a thinking block";
	return `messages.${place}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first?.["type"]}\`. ${why}.`;
}

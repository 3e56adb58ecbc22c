import { objectOf, objectsOf, textOf } from "./answer.ts";
import { isOpenais } from "./openaiShared.ts";
import { type Body, firstOf, type Refusal, type Rule, refusal, unknownMember } from "./rules.ts";

/** What each role may say, and the parts its content may have. */
const roles: Readonly<Record<string, { readonly members: readonly string[]; readonly parts: readonly string[] }>> = {
	system: { members: ["name"], parts: ["text"] },
	developer: { members: ["name"], parts: ["text"] },
	user: { members: ["name"], parts: ["text", "image_url", "input_audio", "file"] },
	assistant: {
		members: ["name", "refusal", "tool_calls", "audio", "function_call", "parsed"],
		parts: ["text", "refusal"],
	},
	tool: { members: ["tool_call_id"], parts: ["text"] },
};

const longestId = 40;

/** What Chat Completions refuses in the messages. */
export const openaiHistoryRules: readonly Rule[] = [
	({ model, messages }) => {
		const extra = isOpenais(textOf(model)) ? [] : ["reasoning_content"];
		return firstOf(objectsOf(messages), (message, index) => messageRefusal(message, index, extra));
	},
	pairing,
];

function messageRefusal(message: Body, index: number, extra: readonly string[]): Refusal | null {
	const place = `messages[${index}]`;
	const role = roles[textOf(message["role"])];
	if (role === undefined) {
		return refusal(
			`Invalid value: '${message["role"]}'. Supported values are: ${Object.keys(roles).join(", ")}.`,
			`${place}.role`,
		);
	}
	const unknown = unknownMember(message, ["role", "content", ...role.members, ...extra]);
	if (unknown !== undefined) {
		return refusal(`Additional properties are not allowed ('${unknown}' was unexpected) - '${place}'`, null, null);
	}
	const { content, tool_calls: calls, refusal: refused } = message;
	if (content === undefined || content === null) {
		const has = message["role"] === "assistant" && (Array.isArray(calls) || typeof refused === "string");
		return has ? null : refusal(`Invalid value for 'content': expected a string, got null.`, `${place}.content`, null);
	}
	if (Array.isArray(content) && content.length === 0) {
		return refusal(
			`Invalid '${place}.content': empty array. Expected an array with minimum length 1.`,
			`${place}.content`,
		);
	}
	return firstOf(objectsOf(content), (part, at) =>
		partRefusal(part, `${place}.content[${at}]`, textOf(message["role"]), role.parts),
	);
}

const partMembers: Readonly<Record<string, string>> = {
	text: "text",
	image_url: "image_url",
	input_audio: "input_audio",
	file: "file",
	refusal: "refusal",
};

function partRefusal(part: Body, place: string, role: string, allowed: readonly string[]): Refusal | null {
	const type = textOf(part["type"]);
	const member = partMembers[type];
	if (member === undefined) return refusal(`Invalid value: '${type}'.`, `${place}.type`);
	if (type === "image_url" && role !== "user") {
		const why = "Image URLs are only allowed for messages with role 'user'";
		return refusal(`Invalid '${place}'. ${why}, but this message with role '${role}' contains an image URL.`, place);
	}
	if (!allowed.includes(type))
		return refusal(`Invalid value: '${type}'. Supported values are: ${allowed.join(", ")}.`, `${place}.type`);
	const unknown = unknownMember(part, ["type", member, "prompt_cache_breakpoint"]);
	if (unknown !== undefined) return refusal(`Unknown parameter: '${place}.${unknown}'.`, place, "unknown_parameter");
	if (type === "image_url" && !/^(?:https?:|data:image\/)/.test(textOf(objectOf(part["image_url"])?.["url"]))) {
		return refusal("Invalid image URL.", place, "invalid_image_url");
	}
	if (type === "input_audio" && !/^(?:wav|mp3)$/.test(textOf(objectOf(part["input_audio"])?.["format"]))) {
		return refusal(`Invalid value. Supported values are: 'wav' and 'mp3'.`, `${place}.input_audio.format`);
	}
	if (
		type === "file" &&
		!/^data:application\/pdf;base64,/.test(
			textOf(objectOf(part["file"])?.["file_data"]) || "data:application/pdf;base64,",
		)
	) {
		return refusal(`Invalid file data: '${place}.file.file_data'. Expected a base64-encoded data URL of a PDF.`, place);
	}
	return null;
}

/** Every call is answered at once, and nothing else is. */
function pairing({ messages }: Body): Refusal | null {
	let open: string[] = [];
	for (const [index, message] of objectsOf(messages).entries()) {
		if (message["role"] === "tool") {
			const id = textOf(message["tool_call_id"]);
			if (!open.includes(id)) {
				const why = "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
				return refusal(`Invalid parameter: ${why}`, `messages.[${index}].role`, null);
			}
			open = open.filter((other) => other !== id);
			continue;
		}
		if (open.length > 0) return unanswered(open);
		open = objectsOf(message["tool_calls"]).map(({ id }) => textOf(id));
		const long = open.find((id) => id.length > longestId);
		if (long !== undefined) {
			const why = `string too long. Expected a string with maximum length ${longestId}, but got a string with length ${long.length} instead.`;
			return refusal(`Invalid 'messages[${index}].tool_calls[0].id': ${why}`, "messages", "string_above_max_length");
		}
	}
	return open.length > 0 ? unanswered(open) : null;
}

function unanswered(ids: readonly string[]): Refusal {
	const why =
		"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
	return refusal(
		`${why} The following tool_call_ids did not have response messages: ${ids.join(", ")}`,
		"messages",
		null,
	);
}

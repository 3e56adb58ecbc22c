import { objectsOf, textOf } from "./answer.ts";
import { type Body, firstOf, type Refusal, type Rule, refusal } from "./rules.ts";
import { itemOfEncrypted } from "./seals.ts";

/** What Responses refuses in the input. */
export const codexHistoryRules: readonly Rule[] = [({ input }) => firstOf(objectsOf(input), itemRefusal), pairing];

const idPrefixes: Readonly<Record<string, string>> = {
	message: "msg",
	function_call: "fc",
	custom_tool_call: "ctc",
	reasoning: "rs",
};

const partTypes: Readonly<Record<string, readonly string[]>> = {
	assistant: ["output_text", "refusal"],
	user: ["input_text", "input_image", "input_file", "input_audio"],
	developer: ["input_text", "input_image", "input_file"],
	system: ["input_text", "input_image", "input_file"],
};

const longestId = 64;

function itemRefusal(item: Body, index: number): Refusal | null {
	const place = `input[${index}]`;
	const role = textOf(item["role"]);
	const type = textOf(item["type"]) || (role === "" ? "" : "message");
	const prefix = idPrefixes[type];
	const id = item["id"];
	if (prefix !== undefined && typeof id === "string" && !id.startsWith(prefix)) {
		return refusal(`Invalid '${place}.id': '${id}'. Expected an ID that begins with '${prefix}'.`, `${place}.id`);
	}
	if (textOf(item["call_id"]).length > longestId) {
		return refusal(
			`Invalid '${place}.call_id': string too long. Expected a string with maximum length ${longestId}.`,
			`${place}.call_id`,
			"string_above_max_length",
		);
	}
	switch (type) {
		case "message":
			return messageRefusal(item, place, role);
		case "reasoning":
			return reasoningRefusal(item, place);
		case "function_call":
			return typeof item["arguments"] === "string" ? null : missing(`${place}.arguments`);
		case "custom_tool_call":
			return typeof item["input"] === "string" ? null : missing(`${place}.input`);
		case "function_call_output":
		case "custom_tool_call_output":
			return outputRefusal(item["output"], place);
		case "":
			return refusal(
				`Invalid value: ''. Supported values are: 'message', 'function_call' and others.`,
				`${place}.type`,
			);
		default:
			return null;
	}
}

function missing(param: string): Refusal {
	return refusal(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

function messageRefusal({ content }: Body, place: string, role: string): Refusal | null {
	const allowed = partTypes[role];
	if (allowed === undefined) {
		return refusal(
			`Invalid value: '${role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
			`${place}.role`,
		);
	}
	if (typeof content === "string") return null;
	if (!Array.isArray(content)) return missing(`${place}.content`);
	return firstOf(objectsOf(content), (part, at) => partRefusal(part, `${place}.content[${at}]`, allowed));
}

function partRefusal(part: Body, place: string, allowed: readonly string[]): Refusal | null {
	const type = textOf(part["type"]);
	if (!allowed.includes(type)) {
		return refusal(
			`Invalid value: '${type}'. Supported values are: ${allowed.map((one) => `'${one}'`).join(" and ")}.`,
			place,
		);
	}
	if (
		type === "input_image" &&
		!/^(?:https?:|data:image\/)/.test(textOf(part["image_url"])) &&
		part["file_id"] === undefined
	) {
		return refusal(`Invalid '${place}.image_url'. Expected a valid URL.`, `${place}.image_url`);
	}
	if (type === "input_file" && part["file_data"] !== undefined && part["filename"] === undefined)
		return missing(`${place}.filename`);
	return null;
}

function outputRefusal(output: unknown, place: string): Refusal | null {
	if (typeof output === "string") return null;
	if (!Array.isArray(output)) return missing(`${place}.output`);
	return firstOf(objectsOf(output), (part, at) =>
		partRefusal(part, `${place}.output[${at}]`, ["input_text", "input_image", "input_file"]),
	);
}

/** Encrypted thinking is for the item that it was made for, and for nobody else. */
function reasoningRefusal(item: Body, place: string): Refusal | null {
	if (!Array.isArray(item["summary"])) return missing(`${place}.summary`);
	const content = item["encrypted_content"];
	const id = textOf(item["id"]);
	if (content === undefined || content === null) {
		const why = "Items are not persisted when `store` is set to false.";
		return refusal(
			`Item with id '${id}' not found. ${why} Try again with \`store\` set to true, or remove this item from your input.`,
			"input",
			null,
		);
	}
	const owner = itemOfEncrypted(content);
	if (owner === null) {
		return refusal(
			`The encrypted content ${String(content).slice(0, 8)}... could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
			null,
			"invalid_encrypted_content",
		);
	}
	return id === "" || owner === id
		? null
		: refusal("Encrypted content item_id did not match the target item id.", null, "invalid_encrypted_content");
}

const calls: Readonly<Record<string, string>> = {
	function_call: "function_call_output",
	custom_tool_call: "custom_tool_call_output",
};

/** Every call has an output somewhere after it, and every output a call before it. */
function pairing({ input }: Body): Refusal | null {
	const items = objectsOf(input);
	const open = new Map<string, string>();
	for (const item of items) {
		const type = textOf(item["type"]);
		const id = textOf(item["call_id"]);
		const answer = calls[type];
		if (answer !== undefined) open.set(id, answer);
		if (!Object.values(calls).includes(type)) continue;
		if (open.get(id) !== type) {
			const what = type === "function_call_output" ? "function call output" : "custom tool call output";
			return refusal(`No tool call found for ${what} with call_id ${id}.`, "input", null);
		}
		open.delete(id);
	}
	const [unanswered] = open.keys();
	return unanswered === undefined
		? null
		: refusal(`No tool output found for function call ${unanswered}.`, "input", null);
}

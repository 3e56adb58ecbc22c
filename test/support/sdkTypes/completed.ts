import type { Format } from "../../../src/accounts/account.ts";
import { isRecord } from "../../../src/formats/modelList.ts";

type Body = Readonly<Record<string, unknown>>;

/** A sample of a request with what real clients send beside the field: what its type leaves open, and its makers ask for. */
export function completed(format: Format, body: unknown): unknown {
	const whole = deepMapped(body, (object) => filled(format, object));
	return isRecord(whole) ? completions[format](whole) : whole;
}

const fills: Readonly<Record<Format, (object: Body) => Body>> = {
	openai: (object) => ({
		...object,
		...(isRecord(object["file"]) ? { file: { ...withFile(object["file"]), ...object["file"] } } : {}),
		...(object["mode"] !== undefined && Array.isArray(object["tools"])
			? { tools: [{ type: "function", function: { name: "x" } }] }
			: {}),
	}),
	codex: (object) => {
		if (object["type"] === "allowed_tools") return { ...object, tools: [{ type: "function", name: "x" }] };
		if (object["type"] === "input_file") return { ...withFile(object), ...object };
		if (object["type"] !== "input_image" || "file_id" in object) return object;
		return { image_url: "https://files.example/a.png", ...object };
	},
	anthropic: (object) => object,
	gemini: (object) => ({
		...object,
		...insideOf(object, "fileData", { fileUri: "https://files.example/a.png" }),
		...insideOf(object, "inlineData", { mimeType: "image/png", data: "AAAA" }),
		...insideOf(object, "functionCall", { name: "x" }),
		...insideOf(object, "functionResponse", { name: "x", response: { output: "x" } }, withMedia),
		...(Array.isArray(object["functionDeclarations"])
			? { functionDeclarations: object["functionDeclarations"].map((tool) => ({ name: "x", ...tool })) }
			: {}),
	}),
};

function filled(format: Format, object: Body): Body {
	return fills[format](object);
}

function withFile(object: Body): Body {
	const isTold = ["file_data", "file_id", "file_url"].some((name) => name in object);
	return isTold ? {} : { file_data: "data:application/pdf;base64,AAAA" };
}

function insideOf(object: Body, name: string, members: Body, change = (inner: Body) => inner): Body {
	const inner = object[name];
	return isRecord(inner) ? { [name]: change({ ...members, ...inner }) } : {};
}

/** The result of a function holds nothing but media beside its response. */
function withMedia(result: Body): Body {
	if (!Array.isArray(result["parts"])) return result;
	const parts = listOf(result["parts"]).map((part) =>
		"fileData" in part ? part : { inlineData: { mimeType: "image/png", data: "AAAA" }, ...part },
	);
	return { ...result, parts };
}

const completions: Readonly<Record<Format, (body: Body) => Body>> = {
	openai: (body) => ({
		...body,
		...("top_logprobs" in body ? { logprobs: true } : {}),
		messages: listOf(body["messages"]).flatMap((message) => [...openaiCalls(message), message]),
	}),
	codex: (body) => ({
		...body,
		input: Array.isArray(body["input"])
			? body["input"].filter(isRecord).flatMap(codexItems)
			: (body["input"] ?? "Hello."),
	}),
	anthropic: (body) => ({ ...body, messages: listOf(body["messages"]).flatMap(anthropicMessages) }),
	gemini: (body) => ({ ...body, contents: listOf(body["contents"]).flatMap(geminiContents) }),
};

function listOf(value: unknown): readonly Body[] {
	return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The calls that a message answers. */
function openaiCalls(message: Body): readonly Body[] {
	if (message["role"] === "function") {
		return [{ role: "assistant", function_call: { name: message["name"], arguments: "{}" } }];
	}
	if (message["role"] !== "tool") return [];
	const call = { id: message["tool_call_id"], type: "function", function: { name: "x", arguments: "{}" } };
	return [{ role: "assistant", tool_calls: [call] }];
}

/** The items of calls, by the items of their results. */
const codexCalls: Readonly<Record<string, Body>> = {
	function_call_output: { type: "function_call", name: "x", arguments: "{}" },
	custom_tool_call_output: { type: "custom_tool_call", name: "x", input: "x" },
	shell_call_output: { type: "shell_call", action: { commands: ["x"] } },
	local_shell_call_output: {
		type: "local_shell_call",
		id: "x",
		status: "completed",
		action: { type: "exec", command: ["x"], env: {} },
	},
	apply_patch_call_output: {
		type: "apply_patch_call",
		status: "completed",
		operation: { type: "delete_file", path: "x" },
	},
};

function codexItems(item: Body): readonly Body[] {
	const call = codexCalls[String(item["type"])];
	const callId = item["call_id"] ?? item["id"] ?? "x";
	return call === undefined
		? [item]
		: [
				{ ...call, call_id: callId },
				{ ...item, call_id: callId },
			];
}

const anthropicAssistants = ["tool_use", "thinking", "redacted_thinking"];

function anthropicMessages(message: Body): readonly Body[] {
	const blocks = listOf(message["content"]);
	const results = blocks.filter(({ type }) => type === "tool_result");
	const calls = results.map((block) => ({ type: "tool_use", id: block["tool_use_id"], name: "x", input: {} }));
	const isAssistant = blocks.some(({ type }) => anthropicAssistants.includes(String(type)));
	return [
		...(calls.length === 0 ? [] : [{ role: "assistant", content: calls }]),
		isAssistant ? { ...message, role: "assistant" } : message,
	];
}

const geminiModels = ["functionCall", "thought", "thoughtSignature", "executableCode", "codeExecutionResult"];

function geminiContents(content: Body): readonly Body[] {
	const parts = listOf(content["parts"]);
	const isModel = parts.some((part) => geminiModels.some((name) => name in part));
	const hasResult = parts.some((part) => "functionResponse" in part);
	const words = (part: Body): Body => ("thought" in part || "thoughtSignature" in part ? { text: "x", ...part } : part);
	return [
		...(hasResult ? [{ role: "model", parts: [{ functionCall: { name: "x", id: "x", args: {} } }] }] : []),
		{ ...content, role: isModel ? "model" : "user", ...(parts.length === 0 ? {} : { parts: parts.map(words) }) },
	];
}

function deepMapped(value: unknown, map: (object: Body) => Body): unknown {
	if (Array.isArray(value)) return value.map((item) => deepMapped(item, map));
	if (!isRecord(value)) return value;
	return map(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deepMapped(inner, map)])));
}

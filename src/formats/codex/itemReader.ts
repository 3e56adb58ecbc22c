import { randomUUID } from "node:crypto";
import type { AssistantPart, CallInput, UserPart } from "../conversation.ts";
import type { Fields, LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { openSeal } from "../seals.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { type ContentPart, readContent } from "./contentReader.ts";
import { readEffort, readOutput } from "./settingsReader.ts";
import type { Talk } from "./talk.ts";
import { readTools } from "./tools.ts";

type ReadItem = (fields: Fields, talk: Talk, lost: LostFields) => void;

/** Members that say nothing about the talk itself. `phase` is a word between OpenAI's models and themselves. */
const labels = ["type", "id", "status", "phase", "created_by"];
const roles = ["user", "assistant", "system", "developer"] as const;

/** By the type of the item. Those that are not here would change the meaning if they were left out. */
export const itemReaders: ReadonlyMap<string, ReadItem> = new Map(
	Object.entries<ReadItem>({
		message: readMessage,
		reasoning: readReasoning,
		function_call: (fields, talk) => {
			// Some relays give an object.
			const given = fields.take("arguments");
			const text = typeof given === "object" ? JSON.stringify(given) : (fields.text("arguments") ?? "");
			readCall(fields, talk, { kind: "json", text: text.trim() === "" ? "{}" : text });
		},
		custom_tool_call: (fields, talk) => readCall(fields, talk, { kind: "free", text: fields.text("input") ?? "" }),
		function_call_output: readOutputItem,
		custom_tool_call_output: readOutputItem,
		// What the client itself has run stays in the talk, as calls of tools of that name.
		local_shell_call: (fields, talk) => readAction(fields, talk, "local_shell", "action"),
		local_shell_call_output: readOutputItem,
		shell_call: (fields, talk) => readAction(fields, talk, "shell", "action"),
		shell_call_output: readShellOutput,
		apply_patch_call: (fields, talk) => readAction(fields, talk, "apply_patch", "operation"),
		apply_patch_call_output: readPatchOutput,
		mcp_call: readMcpCall,
		image_generation_call: readImageCall,
		additional_tools: readToolsItem,
		tool_search_output: readToolsItem,
		configuration_update: readUpdate,
	}),
);

const calls: ReadonlySet<unknown> = new Set([
	...["function_call", "custom_tool_call", "local_shell_call", "shell_call", "apply_patch_call"],
]);

/** What the account itself has looked up or run: its words, which follow, are made of it, and do without it. */
export const lostItems: ReadonlySet<string> = new Set([
	"web_search_call",
	"file_search_call",
	"code_interpreter_call",
	"mcp_list_tools",
	"tool_search_call",
]);

/** The ids of all calls, as their results have them. */
export function callIds(items: readonly unknown[]): ReadonlySet<string> {
	return new Set(
		items.flatMap((item) => {
			if (!isRecord(item) || typeof item["call_id"] !== "string") return [];
			return calls.has(item["type"]) ? [item["call_id"]] : [];
		}),
	);
}

function readMessage(fields: Fields, talk: Talk, lost: LostFields): void {
	fields.skip(...labels);
	const role = fields.oneOf("role", roles) ?? fields.wrong("role", "a string");
	const parts = readContent(fields, "content", lost);
	if (role === "assistant") talk.say(...parts);
	else if (role === "user") talk.ask(parts.map(asUserPart));
	else
		talk.instruct(
			parts.map((part) => {
				if (part.kind === "text") return part;
				throw new Untranslatable(`${fields.at("content")} has a part for the model that is no text.`);
			}),
		);
}

function asUserPart(part: ContentPart): Extract<UserPart, ContentPart> {
	return part.kind === "refusal" ? { kind: "text", text: part.text } : part;
}

function readReasoning(fields: Fields, talk: Talk): void {
	fields.skip("type", "status", "created_by");
	const texts = [...(fields.each("summary", pieceOf) ?? []), ...(fields.each("content", pieceOf) ?? [])];
	const text = texts.filter((piece) => piece !== "").join("\n\n");
	const [id, encrypted] = [fields.text("id"), fields.text("encrypted_content")];
	if (encrypted === undefined) {
		// The account that made it would have it in its store.
		if (text === "") fields.lose("id");
		else talk.say({ kind: "reasoning", text });
		return;
	}
	const value = { ...(id === undefined ? {} : { id }), encrypted_content: encrypted };
	talk.say({ kind: "reasoning", text, seal: openSeal(encrypted) ?? { maker: "codex", value } });
}

function pieceOf(fields: Fields): string {
	fields.skip("type");
	return fields.text("text") ?? "";
}

function readCall(fields: Fields, talk: Talk, input: CallInput): void {
	fields.skip(...labels);
	dropDirectCaller(fields);
	if (fields.take("async") !== false) fields.lose("async");
	const id = fields.text("call_id") ?? fields.wrong("call_id", "a string");
	const name = fields.text("name") ?? fields.wrong("name", "a string");
	const namespace = fields.text("namespace");
	talk.call(id, { name, ...(namespace === undefined ? {} : { namespace }), input });
}

function readAction(fields: Fields, talk: Talk, name: string, member: string): void {
	fields.skip(...labels);
	dropDirectCaller(fields);
	const id = fields.text("call_id") ?? fields.wrong("call_id", "a string");
	const action = fields.record(member) ?? fields.wrong(member, "an object");
	talk.call(id, { name, input: { kind: "json", text: JSON.stringify(action) } });
}

function readOutputItem(fields: Fields, talk: Talk, lost: LostFields): void {
	const content = readContent(fields, "output", lost).map(asUserPart);
	readAnswer(fields, talk, { content });
}

/** What each command has put out, and how it ended: JSON, as tools have it. */
function readShellOutput(fields: Fields, talk: Talk): void {
	const output = fields.list("output") ?? [];
	fields.skip("max_output_length");
	readAnswer(fields, talk, { content: [{ kind: "text", text: JSON.stringify(output) }] });
}

function readPatchOutput(fields: Fields, talk: Talk): void {
	const status = fields.oneOf("status", ["completed", "failed"]) ?? "completed";
	const text = fields.text("output") || status;
	readAnswer(fields, talk, {
		content: [{ kind: "text", text }],
		...(status === "failed" ? { isError: true } : {}),
	});
}

function readAnswer(
	fields: Fields,
	talk: Talk,
	said: { readonly content: readonly Extract<UserPart, ContentPart>[]; readonly isError?: boolean },
): void {
	fields.skip("type", "status", "created_by", "name", "namespace");
	dropDirectCaller(fields);
	// The local shell's output has the id of the call as its own.
	const id = fields.text("id");
	const callId = fields.text("call_id") ?? id ?? fields.wrong("call_id", "a string");
	if (!talk.answer(callId, said)) throw new Malformed(`${fields.at("call_id")} names no call of the input.`);
}

/** The account has called and been answered within one reply. */
function readMcpCall(fields: Fields, talk: Talk): void {
	fields.skip("type", "status", "approval_request_id", "created_by");
	const id = fields.text("id") ?? `call_${randomUUID()}`;
	const name = fields.text("name") ?? fields.wrong("name", "a string");
	const namespace = fields.text("server_label");
	const input = { kind: "json", text: fields.text("arguments") || "{}" } as const;
	const error = fields.take("error");
	const output = fields.text("output") ?? (error === undefined ? "" : JSON.stringify(error));
	talk.call(id, { name, ...(namespace === undefined ? {} : { namespace }), input });
	talk.answer(id, {
		content: output === "" ? [] : [{ kind: "text", text: output }],
		...(error === undefined ? {} : { isError: true }),
	});
}

function readImageCall(fields: Fields, talk: Talk, lost: LostFields): void {
	const data = fields.text("result");
	const format = fields.text("output_format") ?? "png";
	loseDetails(fields);
	// A drawing in SVG is no image to any model.
	if (data === undefined || format === "svg") {
		lost.add("input[].image_generation_call");
		return;
	}
	const image: AssistantPart = {
		kind: "image",
		source: { kind: "data", mediaType: `image/${format}`, data },
	};
	talk.say(image);
}

function loseDetails(fields: Fields): void {
	fields.skip(...labels, "action", "background", "error", "quality", "revised_prompt", "size", "svg_usage");
}

/** Tools that come up in the midst of the talk are offered from its beginning. */
function readToolsItem(fields: Fields, talk: Talk, lost: LostFields): void {
	fields.skip(...labels, "role", "call_id", "execution");
	talk.tools.push(...readTools(fields.list("tools") ?? [], fields.at("tools"), lost));
}

function readUpdate(fields: Fields, talk: Talk): void {
	fields.skip("type", "id");
	const effort = fields.inside("reasoning", readEffort);
	if (effort !== undefined) talk.effort = effort;
	const output = fields.inside("text", (text) => readOutput(text) ?? null);
	if (output !== undefined) talk.output = output;
}

/** Called by the model itself is the rule; called by a program of the model's is not to be told. */
function dropDirectCaller(fields: Fields): void {
	const caller = fields.take("caller");
	if (!isRecord(caller) || caller["type"] !== "direct") fields.lose("caller");
}

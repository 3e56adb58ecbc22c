import { objectOf, objectsOf, textOf } from "./answer.ts";
import { callSeal } from "./geminiReply.ts";
import type { Body } from "./rules.ts";
import { isSealOf } from "./seals.ts";

/** What Google documents for calls that its models did not make. */
const passes = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

/** Words of why generateContent refuses the talk so far; null where it would answer. */
export function geminiHistoryRefusal(body: Body, model: string): string | null {
	const contents = objectsOf(body["contents"]);
	const system = objectOf(body["systemInstruction"]);
	if (system !== null && objectsOf(system["parts"]).some(({ text }) => typeof text !== "string")) {
		return "* GenerateContentRequest.system_instruction.parts: only text is supported.";
	}
	for (const [index, content] of contents.entries()) {
		const broken = contentFault(content, index) ?? orderFault(content, index, contents);
		if (broken !== null) return broken;
	}
	return /gemini-3/.test(model) ? unsignedFault(contents) : null;
}

const kinds = [
	"text",
	"inlineData",
	"fileData",
	"functionCall",
	"functionResponse",
	"executableCode",
	"codeExecutionResult",
];

function contentFault({ role, parts }: Body, index: number): string | null {
	const place = `* GenerateContentRequest.contents[${index}]`;
	if (role !== undefined && role !== "user" && role !== "model") return "Please use a valid role: user, model.";
	const given = objectsOf(parts);
	if (given.length === 0) return `${place}.parts: contents.parts must not be empty.`;
	for (const [at, part] of given.entries()) {
		const held = kinds.filter((kind) => part[kind] !== undefined);
		if (held.length === 0) {
			return `${place}.parts[${at}].data: required oneof field 'data' must have one initialized field`;
		}
		if (held.length > 1)
			return `Invalid value at 'contents[${index}].parts[${at}]' (oneof), oneof field 'data' is already set.`;
		const fault = partFault(part, `${place}.parts[${at}]`) ?? sealFault(part);
		if (fault !== null) return fault;
	}
	return null;
}

function partFault({ inlineData, functionCall, functionResponse }: Body, place: string): string | null {
	const data = objectOf(inlineData);
	if (data !== null) {
		if (!/^\w+\/[\w.+-]+$/.test(textOf(data["mimeType"]))) return `Unsupported MIME type: ${data["mimeType"]}`;
		if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(textOf(data["data"])))
			return "Invalid value (TYPE_BYTES), Base64 decoding failed";
	}
	const call = objectOf(functionCall);
	if (call !== null && textOf(call["name"]) === "") return `${place}.function_call.name: Name cannot be empty.`;
	const result = objectOf(functionResponse);
	if (result === null) return null;
	if (textOf(result["name"]) === "") return `${place}.function_response.name: Name cannot be empty.`;
	return objectOf(result["response"]) === null
		? "Invalid value at 'function_response.response' (type.googleapis.com/google.protobuf.Struct)"
		: null;
}

function sealFault({ thoughtSignature: seal, functionCall }: Body): string | null {
	if (
		seal === undefined ||
		passes.includes(textOf(seal)) ||
		passes.includes(Buffer.from(textOf(seal), "base64").toString())
	) {
		return null;
	}
	const call = objectOf(functionCall);
	const isOwn =
		call === null ? isSealOf("thought", "", seal) : seal === callSeal(textOf(call["name"]), call["args"] ?? {});
	return isOwn ? null : "Thought signature is not valid.";
}

function namesIn(content: Body | undefined, member: "functionCall" | "functionResponse"): readonly string[] {
	return objectsOf(content?.["parts"])
		.map((part) => objectOf(part[member]))
		.filter((found) => found !== null)
		.map(({ name }) => textOf(name));
}

function orderFault(content: Body, index: number, contents: readonly Body[]): string | null {
	const before = contents[index - 1];
	const calls = namesIn(content, "functionCall");
	if (calls.length > 0 && (before === undefined || before["role"] === "model")) {
		return "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
	}
	const asked = namesIn(before, "functionCall");
	const results = namesIn(content, "functionResponse");
	if (results.length > 0 && asked.length === 0) {
		return "Please ensure that function response turn comes immediately after a function call turn.";
	}
	if (asked.length > 0 && results.length !== asked.length) {
		return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
	}
	return [...results].sort().join() === [...asked].sort().join()
		? null
		: "Please ensure that the function responses have the names of the function calls.";
}

/** Since the user last said something, the first call of each step has to be signed. */
function unsignedFault(contents: readonly Body[]): string | null {
	const said = contents.findLastIndex(
		(content) => content["role"] !== "model" && namesIn(content, "functionResponse").length === 0,
	);
	for (const content of contents.slice(said + 1)) {
		const first = objectsOf(content["parts"]).find(({ functionCall }) => functionCall !== undefined);
		if (first !== undefined && first["thoughtSignature"] === undefined) {
			return `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${objectOf(first["functionCall"])?.["name"]}\`.`;
		}
	}
	return null;
}

import { objectOf, objectsOf, textOf } from "../demoRelay/answer.ts";
import {
	type Body,
	dataOf,
	flagOf,
	inside,
	numberOf,
	parsed,
	type Reading,
	type ReceivedTool,
	type Role,
	type Said,
	some,
	wordOf,
	wordsOf,
} from "./receivedParts.ts";

/** What a request of Chat Completions says. */
export function receivedByOpenai(body: Body): Reading {
	const messages = objectsOf(body["messages"]);
	const first = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
	const format = objectOf(body["response_format"]);
	const stop = body["stop"];
	return {
		model: textOf(body["model"]),
		system: messages.slice(0, first).flatMap(({ content }) => textsOf(content)),
		talk: messages.slice(first).flatMap(saidIn),
		tools: objectsOf(body["tools"]).map(toolIn),
		webSearch: body["web_search_options"] !== undefined,
		stream: body["stream"] === true,
		cacheMarks: (JSON.stringify(body).match(/"prompt_cache_breakpoint"/g) ?? []).length,
		...some({
			toolChoice: choiceIn(body["tool_choice"]),
			parallel: flagOf(body["parallel_tool_calls"]),
			output:
				format?.["type"] === "json_schema"
					? { schema: inside(format["json_schema"], "schema") }
					: format?.["type"] === "json_object"
						? ("json" as const)
						: undefined,
			maxTokens: numberOf(body["max_completion_tokens"] ?? body["max_tokens"]),
			temperature: numberOf(body["temperature"]),
			topP: numberOf(body["top_p"]),
			seed: numberOf(body["seed"]),
			presencePenalty: numberOf(body["presence_penalty"]),
			frequencyPenalty: numberOf(body["frequency_penalty"]),
			stop: typeof stop === "string" ? [stop] : wordsOf(stop),
			logprobs: body["logprobs"] === true ? (numberOf(body["top_logprobs"]) ?? 0) : undefined,
			candidates: numberOf(body["n"]),
			effort: wordOf(body["reasoning_effort"]),
			verbosity: wordOf(body["verbosity"]),
			serviceTier: wordOf(body["service_tier"]),
			cacheKey: wordOf(body["prompt_cache_key"]),
			user: wordOf(body["safety_identifier"] ?? body["user"]),
			metadata: body["metadata"],
		}),
	};
}

function textsOf(content: unknown): readonly string[] {
	return typeof content === "string" ? [content] : objectsOf(content).map(({ text }) => textOf(text));
}

function saidIn(message: Body): readonly Said[] {
	const { content, tool_calls: calls, tool_call_id: id } = message;
	switch (message["role"]) {
		case "tool":
			return [
				{ kind: "result", role: "user", id: textOf(id), text: textsOf(content).join("\n"), images: [], isError: false },
			];
		case "assistant":
			return [...contentIn(content, "assistant"), ...objectsOf(calls).map(callIn)];
		case "user":
			return contentIn(content, "user");
		default:
			return contentIn(content, "system");
	}
}

function contentIn(content: unknown, role: Role): readonly Said[] {
	if (typeof content === "string") return [{ kind: "text", role, text: content }];
	return objectsOf(content).map((part): Said => {
		switch (part["type"]) {
			case "image_url":
				return { kind: "image", role, source: dataOf(inside(part["image_url"], "url")) };
			case "file":
				return { kind: "pdf", role, data: dataOf(inside(part["file"], "file_data")) };
			case "input_audio":
				return { kind: "audio", role, data: dataOf(inside(part["input_audio"], "data")) };
			default:
				return { kind: "text", role, text: textOf(part["text"] ?? part["refusal"]) };
		}
	});
}

function callIn(call: Body): Said {
	const custom = objectOf(call["custom"]);
	const made = custom ?? objectOf(call["function"]) ?? {};
	const input = custom === null ? parsed(made["arguments"]) : made["input"];
	return { kind: "call", role: "assistant", id: textOf(call["id"]), name: textOf(made["name"]), input };
}

function toolIn(tool: Body): ReceivedTool {
	const custom = objectOf(tool["custom"]);
	const made = custom ?? objectOf(tool["function"]) ?? {};
	return {
		name: textOf(made["name"]),
		free: custom !== null,
		...some({
			description: wordOf(made["description"]),
			schema: made["parameters"],
			strict: flagOf(made["strict"]),
			grammar: inside(custom?.["format"], "grammar"),
		}),
	};
}

/** @param choice in the shape of Chat Completions or of Responses. */
export function choiceIn(choice: unknown): Reading["toolChoice"] {
	if (choice === "auto" || choice === "none" || choice === "required") return choice;
	const given = objectOf(choice);
	if (given === null) return undefined;
	const allowed = objectOf(given["allowed_tools"]) ?? given;
	const nameIn = (one: Body) => textOf((objectOf(one["function"]) ?? objectOf(one["custom"]) ?? one)["name"]);
	if (given["type"] === "allowed_tools") return { names: objectsOf(allowed["tools"]).map(nameIn) };
	return { names: [nameIn(given)] };
}

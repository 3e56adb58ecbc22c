import { objectOf, objectsOf, textOf } from "../demoRelay/answer.ts";
import { choiceIn } from "./receivedByOpenai.ts";
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
} from "./receivedParts.ts";

/** What a request of Responses says. */
export function receivedByCodex(body: Body): Reading {
	const items = objectsOf(body["input"]);
	const isSystem = ({ role }: Body) => role === "developer" || role === "system";
	const first = items.findIndex((item) => !isSystem(item));
	const format = objectOf(inside(body["text"], "format"));
	const tools = objectsOf(body["tools"]);
	const instructions = textOf(body["instructions"]);
	return {
		model: textOf(body["model"]),
		system: [
			...(instructions === "" ? [] : [instructions]),
			...items
				.slice(0, first)
				.flatMap(({ content }) => contentIn(content, "system").map((said) => ("text" in said ? said.text : ""))),
		],
		talk: items.slice(first).flatMap(saidIn),
		tools: tools.flatMap((tool) => toolsIn(tool)),
		webSearch: tools.some(({ type }) => type === "web_search"),
		stream: body["stream"] === true,
		cacheMarks: 0,
		...some({
			toolChoice: choiceIn(body["tool_choice"]),
			parallel: flagOf(body["parallel_tool_calls"]),
			output:
				format?.["type"] === "json_schema"
					? { schema: format["schema"] }
					: format?.["type"] === "json_object"
						? ("json" as const)
						: undefined,
			maxTokens: numberOf(body["max_output_tokens"]),
			temperature: numberOf(body["temperature"]),
			topP: numberOf(body["top_p"]),
			logprobs: numberOf(body["top_logprobs"]),
			effort: wordOf(inside(body["reasoning"], "effort")),
			thoughts: inside(body["reasoning"], "summary") === undefined ? undefined : true,
			verbosity: wordOf(inside(body["text"], "verbosity")),
			serviceTier: wordOf(body["service_tier"]),
			cacheKey: wordOf(body["prompt_cache_key"]),
			user: wordOf(body["safety_identifier"]),
			metadata: body["metadata"],
		}),
	};
}

function saidIn(item: Body): readonly Said[] {
	const id = textOf(item["call_id"]);
	switch (item["type"]) {
		case "function_call":
			return [{ kind: "call", role: "assistant", id, name: textOf(item["name"]), input: parsed(item["arguments"]) }];
		case "custom_tool_call":
			return [{ kind: "call", role: "assistant", id, name: textOf(item["name"]), input: item["input"] }];
		case "function_call_output":
		case "custom_tool_call_output": {
			const said = contentIn(item["output"], "user");
			const texts = said.flatMap((part) => (part.kind === "text" ? [part.text] : []));
			const images = said.flatMap((part) => (part.kind === "image" ? [part.source] : []));
			return [{ kind: "result", role: "user", id, text: texts.join("\n"), images, isError: false }];
		}
		case "reasoning":
			return [{ kind: "reasoning", role: "assistant" }];
		default:
			return contentIn(item["content"], roleIn(item["role"]));
	}
}

function roleIn(role: unknown): Role {
	return role === "user" || role === "assistant" ? role : "system";
}

function contentIn(content: unknown, role: Role): readonly Said[] {
	if (typeof content === "string") return [{ kind: "text", role, text: content }];
	return objectsOf(content).map((part): Said => {
		switch (part["type"]) {
			case "input_image":
				return { kind: "image", role, source: dataOf(part["image_url"]) };
			case "input_file":
				return { kind: "pdf", role, data: dataOf(part["file_data"] ?? part["file_url"]) };
			default:
				return { kind: "text", role, text: textOf(part["text"] ?? part["refusal"]) };
		}
	});
}

function toolsIn(tool: Body, namespace?: string): readonly ReceivedTool[] {
	if (tool["type"] === "namespace")
		return objectsOf(tool["tools"]).flatMap((inner) => toolsIn(inner, textOf(tool["name"])));
	if (tool["type"] !== "function" && tool["type"] !== "custom") return [];
	return [
		{
			name: textOf(tool["name"]),
			free: tool["type"] === "custom",
			...some({
				namespace,
				description: wordOf(tool["description"]),
				schema: tool["parameters"],
				strict: flagOf(tool["strict"]),
				grammar: tool["format"],
			}),
		},
	];
}

import { objectOf, objectsOf, textOf } from "../demoRelay/answer.ts";
import {
	type Body,
	flagOf,
	inside,
	numberOf,
	type Reading,
	type Role,
	type Said,
	some,
	wordOf,
	wordsOf,
} from "./receivedParts.ts";

/** What a request of Messages says. */
export function receivedByAnthropic(body: Body): Reading {
	const { system } = body;
	const tools = objectsOf(body["tools"]);
	const thinking = objectOf(body["thinking"]);
	const choice = objectOf(body["tool_choice"]);
	const format = objectOf(inside(body["output_config"], "format"));
	const parallel = flagOf(choice?.["disable_parallel_tool_use"]);
	return {
		model: textOf(body["model"]),
		system: typeof system === "string" ? [system] : objectsOf(system).map(({ text }) => textOf(text)),
		talk: objectsOf(body["messages"]).flatMap(({ role, content }) => contentIn(content, roleIn(role))),
		tools: tools
			.filter((tool) => tool["input_schema"] !== undefined)
			.map((tool) => ({
				name: textOf(tool["name"]),
				free: false,
				...some({
					description: wordOf(tool["description"]),
					schema: tool["input_schema"],
					strict: flagOf(tool["strict"]),
				}),
			})),
		webSearch: tools.some(({ type }) => textOf(type).startsWith("web_search")),
		stream: body["stream"] === true,
		cacheMarks: (JSON.stringify(body).match(/"cache_control"/g) ?? []).length,
		...some({
			toolChoice: choiceIn(choice),
			parallel: parallel === undefined ? undefined : !parallel,
			output: format === null ? undefined : { schema: format["schema"] },
			maxTokens: numberOf(body["max_tokens"]),
			temperature: numberOf(body["temperature"]),
			topP: numberOf(body["top_p"]),
			topK: numberOf(body["top_k"]),
			stop: wordsOf(body["stop_sequences"]),
			effort: wordOf(inside(body["output_config"], "effort")),
			budget: numberOf(thinking?.["budget_tokens"]),
			thoughts: thinking === null ? undefined : thinking["type"] !== "disabled" && thinking["display"] !== "omitted",
			serviceTier: wordOf(body["service_tier"]),
			user: wordOf(inside(body["metadata"], "user_id")),
		}),
	};
}

function roleIn(role: unknown): Role {
	return role === "user" || role === "assistant" ? role : "system";
}

function choiceIn(choice: Body | null): Reading["toolChoice"] {
	switch (choice?.["type"]) {
		case "tool":
			return { names: [textOf(choice["name"])] };
		case "any":
			return "required";
		case "auto":
		case "none":
			return choice["type"];
		default:
			return undefined;
	}
}

function contentIn(content: unknown, role: Role): readonly Said[] {
	if (typeof content === "string") return [{ kind: "text", role, text: content }];
	return objectsOf(content).map((block): Said => {
		const source = objectOf(block["source"]);
		switch (block["type"]) {
			case "image":
				return { kind: "image", role, source: textOf(source?.["data"] ?? source?.["url"]) };
			case "document":
				return { kind: "pdf", role, data: textOf(source?.["data"] ?? source?.["url"]) };
			case "thinking":
			case "redacted_thinking":
				return { kind: "reasoning", role: "assistant" };
			case "tool_use":
				return {
					kind: "call",
					role: "assistant",
					id: textOf(block["id"]),
					name: textOf(block["name"]),
					input: block["input"],
				};
			case "tool_result": {
				const said = contentIn(block["content"], "user");
				return {
					kind: "result",
					role: "user",
					id: textOf(block["tool_use_id"]),
					text: said.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("\n"),
					images: said.flatMap((part) => (part.kind === "image" ? [part.source] : [])),
					isError: block["is_error"] === true,
				};
			}
			default:
				return { kind: "text", role, text: textOf(block["text"]) };
		}
	});
}

import { objectOf, objectsOf, textOf } from "./answer.ts";
import { contentText, describeImageUrl, type OfferedTool, type Turn, type TurnSettings } from "./turn.ts";

type Body = Readonly<Record<string, unknown>>;

/** What a request of Chat Completions comes down to. */
export function openaiTurn(body: Body, model: string): Turn {
	const messages = objectsOf(body["messages"]);
	const last = messages.at(-1);
	const user = messages.findLast(({ role }) => role === "user");
	const parts = objectsOf(user?.["content"]);
	return {
		model,
		text: textOf(user?.["content"]) || parts.map(({ text }) => textOf(text)).join(" "),
		images: parts
			.map(({ image_url: image }) => textOf(objectOf(image)?.["url"]))
			.filter(Boolean)
			.map(describeImageUrl),
		toolResult: last?.["role"] === "tool" ? contentText(last["content"]) : null,
		tools: offered(body),
		settings: settings(body),
	};
}

function offered(body: Body): readonly OfferedTool[] {
	return objectsOf(body["tools"]).flatMap(({ function: offeredFunction, custom }) => {
		const tool = objectOf(offeredFunction);
		const free = objectOf(custom);
		if (tool) return [{ name: textOf(tool["name"]), schema: tool["parameters"] }];
		return free ? [{ name: textOf(free["name"]), schema: null, free: true }] : [];
	});
}

function settings(body: Body): TurnSettings {
	const { tool_choice: choice, stop, n, response_format: format, logprobs, top_logprobs: alternatives } = body;
	const formatObject = objectOf(format);
	return {
		toolChoice: toolChoice(choice),
		parallel: body["parallel_tool_calls"] !== false,
		stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop.map(textOf) : [],
		jsonSchema:
			formatObject?.["type"] === "json_schema"
				? objectOf(formatObject["json_schema"])?.["schema"]
				: formatObject?.["type"] === "json_object"
					? { properties: { answer: { type: "string" } } }
					: null,
		candidates: typeof n === "number" ? n : 1,
		logprobs: logprobs === true ? Number(alternatives ?? 0) : null,
	};
}

/** @param choice in the shape of Chat Completions or of Responses. */
export function toolChoice(choice: unknown): TurnSettings["toolChoice"] {
	if (choice === "none" || choice === "required") return choice;
	const given = objectOf(choice);
	if (given === null) return "auto";
	const allowed = objectOf(given["allowed_tools"]) ?? given;
	if (given["type"] === "allowed_tools") return allowed["mode"] === "required" ? "required" : "auto";
	const name = textOf((objectOf(given["function"]) ?? objectOf(given["custom"]) ?? given)["name"]);
	return name === "" ? "auto" : { name };
}

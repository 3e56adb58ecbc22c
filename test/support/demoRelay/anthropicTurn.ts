import { objectOf, objectsOf, textOf } from "./answer.ts";
import { contentText, describeImage, type OfferedTool, type Turn, type TurnSettings } from "./turn.ts";

type Body = Readonly<Record<string, unknown>>;

/** What a request of Messages comes down to. */
export function anthropicTurn(body: Body, model: string): Turn {
	const last = objectsOf(body["messages"]).findLast(({ role }) => role === "user");
	const blocks = objectsOf(last?.["content"]);
	const result = blocks.findLast(({ type }) => type === "tool_result");
	return {
		model,
		text: textOf(last?.["content"]) || blocks.map(({ text }) => textOf(text)).join(" "),
		images: blocks.filter(({ type }) => type === "image").map(({ source }) => describeSource(objectOf(source))),
		toolResult: result ? contentText(result["content"]) : null,
		tools: offered(body),
		settings: settings(body),
	};
}

/** Whether thinking is shown; null where there is none. */
export function thinkingShown(body: Body): boolean | null {
	const thinking = objectOf(body["thinking"]);
	if (thinking === null || thinking["type"] === "disabled") return null;
	return thinking["display"] !== "omitted";
}

function offered(body: Body): readonly OfferedTool[] {
	return objectsOf(body["tools"])
		.filter(({ name, input_schema: schema }) => textOf(name) && objectOf(schema))
		.map((tool) => ({ name: textOf(tool["name"]), schema: tool["input_schema"] }));
}

function settings(body: Body): TurnSettings {
	const choice = objectOf(body["tool_choice"]);
	const named = textOf(choice?.["name"]);
	const format = objectOf(objectOf(body["output_config"])?.["format"]);
	return {
		toolChoice:
			choice?.["type"] === "tool"
				? { name: named }
				: choice?.["type"] === "any"
					? "required"
					: choice?.["type"] === "none"
						? "none"
						: "auto",
		parallel: choice?.["disable_parallel_tool_use"] !== true,
		stop: Array.isArray(body["stop_sequences"]) ? body["stop_sequences"].map(textOf) : [],
		jsonSchema: format?.["schema"] ?? null,
		candidates: 1,
		logprobs: null,
	};
}

function describeSource(source: Body | null): string {
	return source?.["type"] === "base64"
		? describeImage(textOf(source["media_type"]), textOf(source["data"]))
		: `image at ${textOf(source?.["url"])}`;
}

import { objectOf, objectsOf, textOf } from "./answer.ts";
import { toolChoice } from "./openaiTurn.ts";
import { contentText, describeImageUrl, type OfferedTool, type Turn, type TurnSettings } from "./turn.ts";

type Body = Readonly<Record<string, unknown>>;

/** What a request of Responses comes down to. */
export function codexTurn(body: Body, model: string): Turn {
	const items = objectsOf(body["input"]);
	const last = items.at(-1);
	const user = items.findLast(({ role }) => role === "user");
	const parts = objectsOf(user?.["content"]);
	const images = parts.filter(({ type }) => type === "input_image");
	const isToolResult = last?.["type"] === "function_call_output" || last?.["type"] === "custom_tool_call_output";
	return {
		model,
		text: textOf(body["input"]) || contentText(user?.["content"]),
		images: images.map(({ image_url: url }) => describeImageUrl(textOf(url))),
		toolResult: isToolResult ? contentText(last["output"]) : null,
		// Codex offers models that it knows their tools in the input.
		tools: [body, ...items.filter(({ type }) => type === "additional_tools")]
			.flatMap(({ tools }) => objectsOf(tools))
			.flatMap((tool) => offered(tool)),
		settings: settings(body),
	};
}

/** What of its reasoning a request wants to have. */
export function wantedReasoning(body: Body): { readonly summary: boolean; readonly encrypted: boolean } {
	const summary = objectOf(body["reasoning"])?.["summary"];
	const include = body["include"];
	return {
		summary: typeof summary === "string" && summary !== "none",
		encrypted: Array.isArray(include) && include.includes("reasoning.encrypted_content"),
	};
}

function offered(tool: Body, namespace?: string): readonly OfferedTool[] {
	const name = textOf(tool["name"]);
	const inside = namespace === undefined ? {} : { namespace };
	switch (tool["type"]) {
		case "function":
			return [{ name, schema: objectOf(tool["parameters"]), ...inside }];
		case "custom":
			return [{ name, schema: null, free: true, ...inside }];
		case "namespace":
			return objectsOf(tool["tools"]).flatMap((inner) => offered(inner, name));
		default:
			return [];
	}
}

function settings(body: Body): TurnSettings {
	const format = objectOf(objectOf(body["text"])?.["format"]);
	const alternatives = body["top_logprobs"];
	return {
		toolChoice: toolChoice(body["tool_choice"]),
		parallel: body["parallel_tool_calls"] !== false,
		stop: [],
		jsonSchema:
			format?.["type"] === "json_schema"
				? format["schema"]
				: format?.["type"] === "json_object"
					? { properties: { answer: { type: "string" } } }
					: null,
		candidates: 1,
		logprobs: typeof alternatives === "number" ? alternatives : null,
	};
}

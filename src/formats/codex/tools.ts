import type { JsonSchema, Namespace, Tool, ToolName } from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";

export type WebSearch = Extract<Tool, { kind: "webSearch" }>;
type FunctionTool = Extract<Tool, { kind: "function" }>;
type FreeTool = Extract<Tool, { kind: "free" }>;

const webSearches: ReadonlySet<string> = new Set([
	"web_search",
	"web_search_2025_08_26",
	"web_search_preview",
	"web_search_preview_2025_03_11",
]);

function isWebSearch(type: unknown): boolean {
	return typeof type === "string" && webSearches.has(type);
}

/** Tools that only their maker can run are lost by their type: agents list them always, and seldom need them. */
export function readTools(list: readonly unknown[], path: string, lost: LostFields): readonly Tool[] {
	const tools = list.flatMap((tool, index) => readTool(tool, `${path}[${index}]`, lost));
	// A second search of the web says no more than the first.
	const firstSearch = tools.find(({ kind }) => kind === "webSearch");
	return tools.filter((tool) => tool.kind !== "webSearch" || tool === firstSearch);
}

function readTool(tool: unknown, path: string, lost: LostFields): readonly Tool[] {
	const type = isRecord(tool) ? tool["type"] : undefined;
	if (type === "namespace") return readNamespace(tool, path, lost);
	if (type === "function") return [Fields.read(tool, path, lost, (fields) => readFunction(fields))];
	if (type === "custom") return [Fields.read(tool, path, lost, (fields) => readFree(fields))];
	if (isWebSearch(type)) return [Fields.read(tool, path, lost, readWebSearch)];
	return Fields.read(tool, path, lost, (fields) => {
		const hosted = fields.text("type") ?? fields.wrong("type", "a string");
		fields.skip(...Object.keys(isRecord(tool) ? tool : {}));
		lost.add(`tools[].${hosted}`);
		return [];
	});
}

function readNamespace(tool: unknown, path: string, lost: LostFields): readonly Tool[] {
	return Fields.read(tool, path, lost, (fields) => {
		fields.skip("type");
		const description = fields.text("description");
		const namespace: Namespace = {
			name: fields.text("name") ?? fields.wrong("name", "a string"),
			...(description ? { description } : {}),
		};
		const tools = fields.list("tools") ?? fields.wrong("tools", "a list");
		return tools.map((inner, index) =>
			Fields.read(inner, `${path}.tools[${index}]`, lost, (innerFields) => {
				const type = innerFields.oneOf("type", ["function", "custom"]);
				return type === "custom" ? readFree(innerFields, namespace) : readFunction(innerFields, namespace);
			}),
		);
	});
}

function readFunction(fields: Fields, namespace?: Namespace): FunctionTool {
	const name = readHead(fields);
	const description = fields.text("description");
	const parameters: JsonSchema | undefined = fields.record("parameters");
	const strict = fields.boolean("strict");
	return {
		kind: "function",
		name,
		...(namespace === undefined ? {} : { namespace }),
		...(description ? { description } : {}),
		...(parameters === undefined ? {} : { parameters }),
		...(strict === undefined ? {} : { strict }),
	};
}

function readFree(fields: Fields, namespace?: Namespace): FreeTool {
	const name = readHead(fields);
	const description = fields.text("description");
	const grammar = fields.inside("format", (format) => {
		if (format.oneOf("type", ["text", "grammar"]) !== "grammar") return null;
		return {
			syntax: format.oneOf("syntax", ["lark", "regex"]) ?? format.wrong("syntax", "“lark” or “regex”"),
			definition: format.text("definition") ?? format.wrong("definition", "a string"),
		};
	});
	return {
		kind: "free",
		name,
		...(namespace === undefined ? {} : { namespace }),
		...(description ? { description } : {}),
		...(grammar ? { grammar } : {}),
	};
}

/** What function and custom tools have in common. A tool that would be loaded later is there at once. */
function readHead(fields: Fields): string {
	fields.skip("type", "defer_loading");
	const callers = fields.take("allowed_callers");
	if (!(Array.isArray(callers) && callers.includes("direct"))) fields.lose("allowed_callers");
	if (fields.take("async") !== false) fields.lose("async");
	return fields.text("name") ?? fields.wrong("name", "a string");
}

function readWebSearch(fields: Fields): WebSearch {
	fields.skip("type");
	// Where it may not leave the maker's own store of pages, another maker's search does.
	if (fields.take("external_web_access") !== true) fields.lose("external_web_access");
	const contextSize = fields.oneOf("search_context_size", ["low", "medium", "high"]);
	const allowedDomains = fields.inside("filters", (filters) => filters.texts("allowed_domains"));
	const location = fields.inside("user_location", (place) => {
		place.skip("type");
		const entries = (["city", "region", "country", "timezone"] as const).map((name) => [name, place.text(name)]);
		return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
	});
	return {
		kind: "webSearch",
		...(contextSize === undefined ? {} : { contextSize }),
		...(allowedDomains === undefined ? {} : { allowedDomains }),
		...(location === undefined || Object.keys(location).length === 0 ? {} : { location }),
	};
}

export function nameOf(tool: Exclude<Tool, WebSearch>): ToolName {
	const { name, namespace } = tool;
	return namespace === undefined ? { name } : { name, namespace: namespace.name };
}

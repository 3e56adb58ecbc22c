import type { CacheMark, Tool, ToolChoice } from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Untranslatable } from "../translation.ts";

/** What a request says about tools. */
export interface ReadTools {
	readonly tools: readonly Tool[];
	readonly toolChoice?: ToolChoice;
	readonly parallelCalls?: boolean;
}

/** Hosted search, in its versions. */
const searchType = /^web_search_\d+$/;
const likeType = /^[\w.-]{1,64}$/;

/** The members `tools` and `tool_choice` of a request. */
export function readTools(body: Fields, lost: LostFields): ReadTools {
	const { tools, unknown } = readList(body, lost);
	const choice = body.inside("tool_choice", (fields) => readChoice(fields, unknown, tools.length));
	return { tools, ...choice };
}

export function readCacheMark(fields: Fields): { readonly cache?: CacheMark } {
	const cache = fields.inside("cache_control", (mark) => {
		mark.skip("type");
		// Beta: whether a cache is kept for an organisation or longer; no other account has a say in that.
		const lifetime = mark.oneOf("ttl", ["5m", "1h"]);
		return lifetime === undefined ? {} : { lifetime };
	});
	return cache === undefined ? {} : { cache };
}

/** `unknown`: the names of Anthropic's own tools, which no other account has. */
function readList(
	body: Fields,
	lost: LostFields,
): { readonly tools: readonly Tool[]; readonly unknown: ReadonlySet<unknown> } {
	const unknown = new Set<unknown>();
	const tools = (body.list("tools") ?? []).flatMap((item, index): readonly Tool[] => {
		if (isPlaceholder(item)) return [];
		const path = `${body.at("tools")}[${index}]`;
		const type = isRecord(item) ? (item["type"] ?? "custom") : "custom";
		if (typeof type === "string" && searchType.test(type)) return [Fields.read(item, path, lost, readSearch)];
		if (!isRecord(item) || type === "custom") return [Fields.read(item, path, lost, readFunction)];
		lost.add(typeof type === "string" && likeType.test(type) ? `tools[].${type}` : "tools[]");
		unknown.add(item["name"]);
		return [];
	});
	return { tools, unknown };
}

/** By this tool, which nobody is to call, Claude Code keeps Anthropic from forgetting that others may come later. */
function isPlaceholder(item: unknown): boolean {
	return isRecord(item) && item["name"] === "DeferredToolPlaceholder" && item["defer_loading"] === true;
}

function readFunction(fields: Fields): Tool {
	// Whether inputs come eagerly is the account's own affair, and these callers are the rule.
	fields.skip("type", "eager_input_streaming");
	const callers = fields.list("allowed_callers");
	if (callers?.some((caller) => caller !== "direct")) fields.lose("allowed_callers");
	if (fields.boolean("defer_loading")) fields.lose("defer_loading");
	const name = fields.text("name") ?? fields.wrong("name", "a string");
	const description = fields.text("description");
	const parameters = fields.record("input_schema");
	const strict = fields.boolean("strict");
	return {
		kind: "function",
		name,
		...(description === undefined ? {} : { description }),
		...(parameters === undefined ? {} : { parameters }),
		...(strict === undefined ? {} : { strict }),
		...readCacheMark(fields),
	};
}

function readSearch(fields: Fields): Tool {
	fields.skip("type", "name", "response_inclusion", "strict");
	const callers = fields.list("allowed_callers");
	if (callers?.some((caller) => caller !== "direct")) fields.lose("allowed_callers");
	if (fields.boolean("defer_loading")) fields.lose("defer_loading");
	const allowedDomains = fields.texts("allowed_domains");
	const blockedDomains = fields.texts("blocked_domains");
	const maxUses = fields.number("max_uses");
	const location = fields.inside("user_location", (place) => {
		place.skip("type");
		const told = (["city", "region", "country", "timezone"] as const).map((name) => [name, place.text(name)] as const);
		return Object.fromEntries(told.filter(([, value]) => value !== undefined));
	});
	return {
		kind: "webSearch",
		...(allowedDomains === undefined ? {} : { allowedDomains }),
		...(blockedDomains === undefined ? {} : { blockedDomains }),
		...(maxUses === undefined ? {} : { maxUses }),
		...(location === undefined ? {} : { location }),
	};
}

function readChoice(fields: Fields, unknown: ReadonlySet<unknown>, known: number): Omit<ReadTools, "tools"> {
	const type = fields.oneOf("type", ["auto", "any", "tool", "none"]) ?? fields.wrong("type", "a string");
	const disabled = fields.boolean("disable_parallel_tool_use");
	const name = fields.text("name");
	if (type === "tool" && unknown.has(name)) {
		throw new Untranslatable(`The tool “${name}”, which the request demands, is one of Anthropic's own.`);
	}
	if (type === "any" && known === 0 && unknown.size > 0) {
		throw new Untranslatable("The request demands a tool, and all of its tools are Anthropic's own.");
	}
	return {
		toolChoice: choiceOf(type, name ?? (type === "tool" ? fields.wrong("name", "a string") : "")),
		...(disabled === undefined ? {} : { parallelCalls: !disabled }),
	};
}

function choiceOf(type: "auto" | "any" | "tool" | "none", name: string): ToolChoice {
	switch (type) {
		case "any":
			return { kind: "required" };
		case "tool":
			return { kind: "named", tool: { name } };
		default:
			return { kind: type };
	}
}

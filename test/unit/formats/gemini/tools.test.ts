import assert from "node:assert/strict";
import type { Conversation, Tool, ToolChoice } from "../../../../src/formats/conversation.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { bareConversation } from "./replyFixtures.ts";

const contents = [{ parts: [{ text: "Hi" }] }];
const read = (body: object) => geminiTranslation.readRequest({ body: { contents, ...body }, stream: false });
const write = (conversation: Partial<Conversation>, model = "gemini-3-pro-preview") => {
	const whole: Conversation = {
		...bareConversation,
		turns: [{ role: "user", parts: [{ kind: "text", text: "Hi" }] }],
		...conversation,
	};
	const { body, losses, names } = geminiTranslation.writeRequest(whole, { model });
	const { tools, toolConfig } = body as { tools?: unknown; toolConfig?: unknown };
	return { tools, toolConfig, losses, names };
};
const tool = (name: string, more: object = {}): Tool => ({ kind: "function", name, ...more });

describe("Gemini's tools", () => {
	it("are read from every list, with parameters in either dialect", () => {
		const { conversation, losses } = read({
			tools: [
				{ functionDeclarations: [{ name: "a", description: "A.", parameters: { type: "OBJECT", properties: {} } }] },
				{
					function_declarations: [
						{ name: "b", parametersJsonSchema: { $ref: "#/$defs/x", $defs: { x: {} } } },
						{ name: "c", parametersJsonSchema: { type: "OBJECT" } },
						{ name: "d" },
					],
				},
			],
		});
		assert.deepEqual(conversation.tools, [
			{ kind: "function", name: "a", description: "A.", parameters: { type: "object", properties: {} } },
			{ kind: "function", name: "b", parameters: { $ref: "#/$defs/x", $defs: { x: {} } } },
			{ kind: "function", name: "c", parameters: { type: "object" } },
			{ kind: "function", name: "d" },
		]);
		assert.deepEqual(losses, []);
	});

	it("name what a function says beyond that", () => {
		const declaration = { name: "a", behavior: "NON_BLOCKING", response: { type: "STRING" }, responseJsonSchema: {} };
		assert.deepEqual(read({ tools: [{ functionDeclarations: [declaration] }] }).losses.toSorted(), [
			"tools[].functionDeclarations[].behavior",
			"tools[].functionDeclarations[].response",
			"tools[].functionDeclarations[].responseJsonSchema",
		]);
		assert.deepEqual(read({ tools: [{ functionDeclarations: [{ name: "a", behavior: "BLOCKING" }] }] }).losses, []);
	});

	it("search the web under any of the search's names", () => {
		for (const name of ["googleSearch", "google_search", "googleSearchRetrieval", "enterpriseWebSearch"]) {
			assert.deepEqual(read({ tools: [{ [name]: {} }] }).conversation.tools, [{ kind: "webSearch" }]);
		}
		const limited = read({ tools: [{ googleSearch: { excludeDomains: ["a.example"], timeRangeFilter: {} } }] });
		assert.deepEqual(limited.conversation.tools, [{ kind: "webSearch", blockedDomains: ["a.example"] }]);
		assert.deepEqual(limited.losses, ["tools[].googleSearch.timeRangeFilter"]);
	});

	it("are chosen by mode and names", () => {
		const choice = (mode?: string, allowedFunctionNames?: readonly string[]) =>
			read({ toolConfig: { functionCallingConfig: { mode, allowedFunctionNames } } }).conversation.toolChoice;
		assert.deepEqual(choice("AUTO"), { kind: "auto" });
		assert.deepEqual(choice("validated"), { kind: "auto" });
		assert.deepEqual(choice("none"), { kind: "none" });
		assert.deepEqual(choice("ANY"), { kind: "required" });
		assert.deepEqual(choice("ANY", ["a"]), { kind: "named", tool: { name: "a" } });
		assert.deepEqual(choice("ANY", ["a", "b"]), {
			kind: "allowed",
			mode: "required",
			tools: [{ name: "a" }, { name: "b" }],
		});
		assert.deepEqual(choice("VALIDATED", ["a"]), { kind: "allowed", mode: "auto", tools: [{ name: "a" }] });
		assert.equal(choice(), undefined);
	});

	it("are written with whole JSON Schema, which cleaning would cut", () => {
		const parameters = { type: "object", properties: { a: { type: ["string", "null"] } }, additionalProperties: false };
		assert.deepEqual(write({ tools: [tool("a", { description: "A.", parameters }), tool("b")] }).tools, [
			{ functionDeclarations: [{ name: "a", description: "A.", parametersJsonSchema: parameters }, { name: "b" }] },
		]);
	});

	it("get names that Gemini takes, and know them again", () => {
		const long = "x".repeat(80);
		const { tools, names } = write({ tools: [tool("get weather"), tool("get:weather"), tool(long), tool("1st")] });
		const [{ functionDeclarations }] = tools as [{ functionDeclarations: { name: string }[] }];
		const wire = functionDeclarations.map(({ name }) => name);
		assert.deepEqual(wire, ["get_weather", "get_weather_2", "x".repeat(64), "_1st"]);
		assert.deepEqual(
			wire.map((name) => names.fromWire({ name }).name),
			["get weather", "get:weather", long, "1st"],
		);
	});

	it("carry tools of namespaces and tools whose input is text", () => {
		const namespace = { name: "files", description: "About files." };
		const { tools, losses } = write({
			tools: [
				{ kind: "free", name: "patch", description: "Patches.", grammar: { syntax: "regex", definition: "a+" } },
				tool("read", { namespace, description: "Reads." }),
				tool("write", { namespace }),
			],
		});
		assert.deepEqual(tools, [
			{
				functionDeclarations: [
					{
						name: "patch",
						description: "Patches.\n\nThe input must match this regex grammar:\na+",
						parametersJsonSchema: {
							type: "object",
							properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
							required: ["input"],
							additionalProperties: false,
						},
					},
					{ name: "files__read", description: "About files.\n\nReads." },
					{ name: "files__write" },
				],
			},
		]);
		assert.deepEqual(losses, [{ feature: "grammar", sentAs: "description" }]);
	});

	it("are chosen as the conversation says", () => {
		const config = (toolChoice: ToolChoice) => write({ tools: [tool("a b"), tool("c")], toolChoice }).toolConfig;
		const calling = (mode: string, ...names: readonly string[]) => ({
			functionCallingConfig: { mode, ...(names.length === 0 ? {} : { allowedFunctionNames: names }) },
		});
		assert.deepEqual(config({ kind: "auto" }), calling("AUTO"));
		assert.deepEqual(config({ kind: "none" }), calling("NONE"));
		assert.deepEqual(config({ kind: "required" }), calling("ANY"));
		assert.deepEqual(config({ kind: "named", tool: { name: "a b" } }), calling("ANY", "a_b"));
		const tools = [{ name: "a b" }, { name: "c" }];
		assert.deepEqual(config({ kind: "allowed", mode: "required", tools }), calling("ANY", "a_b", "c"));
		assert.deepEqual(config({ kind: "allowed", mode: "auto", tools }), calling("VALIDATED", "a_b", "c"));
		assert.equal(write({ tools: [tool("a")] }).toolConfig, undefined);
	});

	it("are not chosen where there is none", () => {
		assert.deepEqual(write({ toolChoice: { kind: "required" } }), {
			...write({}),
			losses: [{ feature: "toolChoice" }],
			names: write({ toolChoice: { kind: "required" } }).names,
		});
		assert.deepEqual(write({ toolChoice: { kind: "none" } }).losses, []);
	});

	it("search beside functions from the third generation on, and alone before", () => {
		const tools: readonly Tool[] = [tool("a"), { kind: "webSearch" }];
		assert.deepEqual(write({ tools }).tools, [{ functionDeclarations: [{ name: "a" }] }, { googleSearch: {} }]);
		assert.deepEqual(write({ tools }).toolConfig, {
			functionCallingConfig: { mode: "VALIDATED" },
			includeServerSideToolInvocations: true,
		});
		const older = write({ tools }, "gemini-2.5-pro");
		assert.deepEqual(older.tools, [{ functionDeclarations: [{ name: "a" }] }]);
		assert.equal(older.toolConfig, undefined);
		assert.deepEqual(older.losses, [{ feature: "webSearch" }]);
		const alone = write({ tools: [{ kind: "webSearch" }] }, "gemini-2.5-pro");
		assert.deepEqual([alone.tools, alone.losses], [[{ googleSearch: {} }], []]);
	});

	it("name what of them cannot be said", () => {
		const { losses } = write({
			tools: [tool("a", { strict: true, cache: {} }), { kind: "webSearch", allowedDomains: ["a.example"] }],
			parallelCalls: false,
		});
		assert.deepEqual(losses, [
			{ feature: "strict" },
			{ feature: "cacheMarks" },
			{ feature: "webSearch", sentAs: "googleSearch" },
			{ feature: "parallelCalls" },
		]);
		assert.deepEqual(write({ tools: [tool("a", { strict: false })], parallelCalls: true }).losses, []);
	});
});

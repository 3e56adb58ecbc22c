import { objectOf, textOf } from "../demoRelay/answer.ts";
import type { ScriptPart } from "../demoRelay/script.ts";
import type { OfferedTool } from "../demoRelay/turn.ts";

type Call = Extract<ScriptPart, { kind: "call" }>;

/** Best first: a tool that reads one file, then one that runs a command. */
const preferred: readonly RegExp[] = [
	/(?:^|_)read(?:_?file)?$/i,
	/(?:^|_)(?:exec_command|shell_command|run_shell_command|shell|bash)$/i,
	/(?:^|_)exec$/i,
];

const pathNames = /^(?:file_?path|absolute_path|path)$/i;

/** What runs a command takes it by one of these names; what runs scripts, an `input`. */
const inputs: Readonly<Record<string, (file: string) => string>> = { command: catOf, cmd: catOf, input: scriptOf };

/** A call that reads the file, of whichever tool the agent offers for it; null where it offers none. */
export function readingCall(tools: readonly OfferedTool[], file: string): Call | null {
	for (const form of preferred) {
		const tool = tools.find(({ name }) => form.test(name));
		if (tool === undefined) continue;
		const input = tool.free === true ? scriptOf(file) : JSON.stringify(argumentsFor(objectOf(tool.schema) ?? {}, file));
		return { kind: "call", tool, input };
	}
	return null;
}

function catOf(file: string): string {
	return `cat '${file}'`;
}

/** Codex's only tool that reads files, for models that it knows, runs JavaScript that calls its other tools. */
function scriptOf(file: string): string {
	const command = JSON.stringify(catOf(file));
	return `const result = await tools.exec_command({ cmd: ${command} });\ntext(result.output);\n`;
}

/** The path or the command in its place, and something fitting for whatever else is required. */
function argumentsFor(schema: Readonly<Record<string, unknown>>, file: string): Readonly<Record<string, unknown>> {
	const required = Array.isArray(schema["required"]) ? schema["required"].map(textOf) : [];
	const entries = Object.entries(objectOf(schema["properties"]) ?? {}).flatMap(([name, property]) => {
		if (pathNames.test(name)) return [[name, file] as const];
		const input = inputs[name]?.(file);
		if (input !== undefined) return [[name, input] as const];
		return required.includes(name) ? [[name, filler(objectOf(property) ?? {})] as const] : [];
	});
	return Object.fromEntries(entries);
}

const fillers: Readonly<Record<string, unknown>> = { number: 1, integer: 1, boolean: false, array: [], object: {} };

function filler(property: Readonly<Record<string, unknown>>): unknown {
	const { enum: choices, type } = property;
	if (Array.isArray(choices) && choices.length > 0) return choices[0];
	return fillers[String(Array.isArray(type) ? type[0] : type).toLowerCase()] ?? "Read the file";
}

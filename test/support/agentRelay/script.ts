import { type Script, type ScriptPart, scriptOf } from "../demoRelay/script.ts";
import { plainSettings, type Turn, wordParts } from "../demoRelay/turn.ts";
import { readingCall } from "./readingCall.ts";
import type { Reading } from "./readings.ts";

/** A word of this form is what a file of a round trip holds. */
const wordForm = /pebble-[0-9a-f]{16}/;

/** How the request, which is JSON, names the files. */
const fileForm = /\/[^\s"'\\`<>]*\/stone-\d\.txt/g;

/** What the last reply says of the words. Turned round, so that an agent which only shows its tools' results has not said it. */
export function answerFor(words: readonly string[]): string {
	return `Backwards they say ${[...words.join(" ")].reverse().join("")}.`;
}

/** Claude Code keeps tools back until a model asks for them; then they are offered. */
const keptBack = { searchedBy: "ToolSearch", query: "select:WebFetch", name: "WebFetch" };

/**
 * What a model would say next: it thinks and reads the files that the user names, all at once where that is allowed, then
 * answers with what they hold. Requests that are about something else, a title for example, are answered as the demo does.
 * @param body of the request, as it came.
 */
export function nextScript(turn: Turn, body: string, readings: readonly Reading[]): Script {
	const files = [...new Set(body.match(fileForm))];
	const usual = scriptOf({ ...turn, toolResult: null });
	if (files.length === 0 || turn.tools.length === 0) return usual;
	const words = files.map((file) =>
		readings
			.filter(({ asked }) => asked.includes(file))
			.map(wordOf)
			.find((word) => word !== undefined),
	);
	const known = words.filter((word) => word !== undefined);
	if (known.length === files.length) return { ...usual, candidates: [[text(answerFor(known))]] };
	const missing = files.filter((_, index) => words[index] === undefined);
	return { ...usual, candidates: [callsFor(turn, body, missing)] };
}

function wordOf({ given }: Reading): string | undefined {
	return wordForm.exec(given)?.[0];
}

function callsFor(turn: Turn, body: string, files: readonly string[]): readonly ScriptPart[] {
	const isAsked = body.includes(keptBack.query);
	const search = turn.tools.find(({ name }) => name === keptBack.searchedBy);
	if (search !== undefined && !isAsked) {
		return [{ kind: "call", tool: search, input: JSON.stringify({ query: keptBack.query }) }];
	}
	if (search !== undefined && !turn.tools.some(({ name }) => name === keptBack.name)) {
		return [text(`${keptBack.name} was asked for and is not offered.`)];
	}
	const calls = files.map((file) => readingCall(turn.tools, file)).filter((call) => call !== null);
	if (calls.length === 0) return [text(`No tool reads files: ${turn.tools.map(({ name }) => name).join(", ")}`)];
	const { parallel } = turn.settings ?? plainSettings;
	return [
		{ kind: "reasoning", pieces: wordParts("These files have to be read first.") },
		text("I will read the files."),
		...(parallel ? calls : calls.slice(0, 1)),
	];
}

function text(whole: string): ScriptPart {
	return { kind: "text", pieces: wordParts(whole), cited: false };
}

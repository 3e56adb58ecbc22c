import type { ImagePart, TextPart, Turn } from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { AssistantParts } from "./assistantParts.ts";
import { OpenCalls } from "./openCalls.ts";
import { ownParts } from "./thoughtSeals.ts";
import { UserParts } from "./userParts.ts";
import { asList } from "./wireNames.ts";

type Detail = ImagePart["detail"];

/** `function` is the older name for whoever answers calls; the others are what clients of other formats get wrong. */
const roles: Readonly<Record<string, Turn["role"]>> = {
	user: "user",
	function: "user",
	tool: "user",
	model: "assistant",
	assistant: "assistant",
	system: "system",
};

/** What has been read so far. */
interface Talk {
	readonly turns: Turn[];
	readonly calls: OpenCalls;
	readonly detail: Detail;
	/** The model's turn, while its contents follow each other. */
	speaking: AssistantParts | null;
}

/** What a part can hold; of each part one is there. */
const contents = ["text", "inlineData", "fileData", "functionCall", "functionResponse", ...ownParts] as const;
/** What stands beside it. */
const marks: ReadonlySet<string> = new Set([
	"thought",
	"thoughtSignature",
	"videoMetadata",
	"partMetadata",
	"mediaResolution",
	"mediaProcessing",
	"speechMetadata",
	"audioTranscription",
]);

/** Reads `contents`. @param detail of images that tell none. */
export function readTurns(value: unknown, lost: LostFields, detail: Detail): readonly Turn[] {
	const list = asList(value);
	if (!Array.isArray(list) || list.length === 0) throw new Malformed("contents must be a list of at least one.");
	const talk: Talk = { turns: [], calls: new OpenCalls(), detail, speaking: null };
	for (const [index, content] of list.entries()) {
		const whole: unknown = typeof content === "string" ? { parts: [{ text: content }] } : content;
		Fields.read(whole, `contents[${index}]`, lost, (fields) => readContent(fields, lost, talk));
	}
	return talk.turns.filter(({ parts }) => parts.length > 0);
}

/** Reads `systemInstruction`: a content, its parts, or text alone. */
export function readInstruction(value: unknown, lost: LostFields): readonly Turn[] {
	if (value === undefined) return [];
	const isContent = isRecord(value) && !("text" in value);
	const content = isContent ? value : { parts: value };
	const parts = Fields.read(content, "systemInstruction", lost, (fields) => {
		fields.skip("role");
		return partsOf(fields).flatMap((part) => Fields.read(part.value, part.path, lost, readSystemPart));
	});
	return parts.length === 0 ? [] : [{ role: "system", parts }];
}

function readContent(fields: Fields, lost: LostFields, talk: Talk): void {
	const told = fields.text("role") || "user";
	const role = roles[told.toLowerCase()] ?? fields.wrong("role", "“user” or “model”");
	const parts = partsOf(fields);
	if (role === "assistant") {
		const speaking = talk.speaking ?? beginTurn(talk);
		for (const { value, path } of parts) Fields.read(value, path, lost, (part) => speaking.read(part, value));
		return;
	}
	talk.speaking = null;
	if (role === "system") {
		talk.turns.push({
			role,
			parts: parts.flatMap(({ value, path }) => Fields.read(value, path, lost, readSystemPart)),
		});
		return;
	}
	const said = new UserParts(talk.calls, talk.detail);
	for (const { value, path } of parts) Fields.read(value, path, lost, (part) => said.read(part));
	talk.turns.push({ role, parts: said.all });
}

/** Of the model: it goes on over all contents of the model that follow each other. */
function beginTurn(talk: Talk): AssistantParts {
	talk.calls.nextRound();
	const speaking = new AssistantParts(talk.calls, talk.detail);
	talk.turns.push({ role: "assistant", parts: speaking.all });
	talk.speaking = speaking;
	return speaking;
}

interface FoundPart {
	readonly value: unknown;
	readonly path: string;
}

/** Each holds something that is known. */
function partsOf(fields: Fields): readonly FoundPart[] {
	const list = asList(fields.take("parts"));
	if (list === undefined) return [];
	if (!Array.isArray(list)) return fields.wrong("parts", "a list");
	return list.map((item: unknown, index) => {
		const value = typeof item === "string" ? { text: item } : item;
		const path = `${fields.at("parts")}[${index}]`;
		if (!isRecord(value)) throw new Malformed(`${path} must be an object.`);
		const names = Object.keys(value).filter((name) => (value[name] ?? undefined) !== undefined);
		if (names.some((name) => isContent(name))) return { value, path };
		const unknown = names.find((name) => !marks.has(name));
		if (unknown !== undefined) throw new Untranslatable(`${path} holds “${unknown}”, which only Gemini reads.`);
		if (names.length === 0) throw new Malformed(`${path} must hold something.`);
		return { value, path };
	});
}

function isContent(name: string): boolean {
	return contents.some((known) => known === name);
}

function readSystemPart(fields: Fields): readonly TextPart[] {
	const text = fields.text("text") ?? fields.wrong("text", "there: instructions are text");
	return text === "" ? [] : [{ kind: "text", text }];
}

import type {
	ResponseInputItem,
	ResponseInputMessageContentList,
	ResponseOutputMessage,
} from "openai/resources/responses/responses";
import { fitCallId } from "../callIds.ts";
import type {
	AssistantPart,
	Conversation,
	ReasoningPart,
	RefusalPart,
	TextPart,
	ToolCallPart,
	ToolResultPart,
	Turn,
	UserPart,
} from "../conversation.ts";
import type { LossList } from "../losses.ts";
import { isRecord } from "../modelList.ts";
import { ownSeal } from "../seals.ts";
import type { ToolNames } from "../toolNames.ts";
import { Untranslatable } from "../translation.ts";
import { writeContent, writeMedia } from "./contentWriter.ts";

/** Items without the ids that only whoever keeps them can give; a request that is not to be kept may go without. */
type WireItem = ResponseInputItem | AssistantMessage | SealedReasoning;
type AssistantMessage = Pick<ResponseOutputMessage, "type" | "role" | "content">;
interface SealedReasoning {
	readonly type: "reasoning";
	readonly id?: string;
	readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
	readonly encrypted_content: string;
}

export interface WrittenTalk {
	readonly instructions: string;
	readonly input: readonly WireItem[];
}

/** What stands before the talk becomes its instructions, what stands in its midst a message of the developer. */
export function writeTurns({ turns }: Pick<Conversation, "turns">, names: ToolNames, notes: LossList): WrittenTalk {
	const first = turns.findIndex(({ role }) => role !== "system");
	// Instructions alone are no input.
	const leading = first < 0 ? [] : turns.slice(0, first);
	const freeCalls = freeCallIds(turns);
	return {
		instructions: leading.flatMap(textsOf).join("\n\n"),
		input: turns.slice(leading.length).flatMap((turn) => writeTurn(turn, { names, notes, freeCalls })),
	};

	function textsOf({ parts }: Turn): readonly string[] {
		return parts.flatMap((part) => {
			if (part.kind !== "text") return [];
			if (part.cache !== undefined) notes.add("cacheMarks");
			return [part.text];
		});
	}
}

interface Context {
	readonly names: ToolNames;
	readonly notes: LossList;
	/** Their results are of another type. */
	readonly freeCalls: ReadonlySet<string>;
}

function freeCallIds(turns: readonly Turn[]): ReadonlySet<string> {
	const ids = new Set<string>();
	for (const { parts } of turns) {
		for (const part of parts) if (part.kind === "toolCall" && part.input.kind === "free") ids.add(part.id);
	}
	return ids;
}

function writeTurn(turn: Turn, context: Context): readonly WireItem[] {
	switch (turn.role) {
		case "system":
			return [{ type: "message", role: "developer", content: writeContent(turn.parts, context.notes) }];
		case "user":
			return inRuns(
				turn.parts,
				isResult,
				(parts) => writeQuestion(parts, context),
				(part) => writeResult(part, context),
			);
		case "assistant":
			return inRuns(
				turn.parts,
				isNoWord,
				(parts) => [writeAnswer(parts, context)],
				(part) => writeDeed(part, context),
			);
	}
}

/** What is not set apart stands together in messages. */
function inRuns<Part, Apart extends Part>(
	parts: readonly Part[],
	isApart: (part: Part) => part is Apart,
	writeRun: (run: readonly Exclude<Part, Apart>[]) => readonly WireItem[],
	writeApart: (part: Apart) => readonly WireItem[],
): readonly WireItem[] {
	const items: WireItem[] = [];
	let run: Exclude<Part, Apart>[] = [];
	const close = () => {
		if (run.length > 0) items.push(...writeRun(run));
		run = [];
	};
	for (const part of parts) {
		if (isApart(part)) {
			close();
			items.push(...writeApart(part));
		} else {
			// The compiler does not narrow what a type parameter stands for.
			run.push(part as Exclude<Part, Apart>);
		}
	}
	close();
	return items;
}

function isResult(part: UserPart): part is ToolResultPart {
	return part.kind === "toolResult";
}

function isNoWord(part: AssistantPart): part is Exclude<AssistantPart, TextPart | RefusalPart> {
	return part.kind !== "text" && part.kind !== "refusal";
}

function writeQuestion(parts: readonly Exclude<UserPart, ToolResultPart>[], { notes }: Context): readonly WireItem[] {
	return [{ type: "message", role: "user", content: writeContent(parts, notes) }];
}

function writeAnswer(parts: readonly (TextPart | RefusalPart)[], { notes }: Context): AssistantMessage {
	const content = parts.map((part) => {
		if (part.kind === "refusal") return { type: "refusal" as const, refusal: part.text };
		if (part.cache !== undefined) notes.add("cacheMarks");
		const cited = part.citations ?? [];
		const annotations = cited.flatMap(({ url, title, start, end }) =>
			url === undefined || title === undefined || start === undefined || end === undefined
				? []
				: [{ type: "url_citation" as const, url, title, start_index: start, end_index: end }],
		);
		if (annotations.length < cited.length) notes.add("citations");
		return { type: "output_text" as const, text: part.text, annotations };
	});
	return { type: "message", role: "assistant", content };
}

function writeDeed(part: Exclude<AssistantPart, TextPart | RefusalPart>, context: Context): readonly WireItem[] {
	switch (part.kind) {
		case "toolCall":
			return [writeCall(part, context)];
		case "reasoning":
			return writeReasoning(part, context);
		case "image": {
			// The input has no place for images of the assistant's, but for those of its own tool.
			const said = { type: "input_text" as const, text: "This is the image that the assistant made:" };
			return [{ type: "message", role: "user", content: [said, writeMedia(part, context.notes)] }];
		}
		default:
			throw new Untranslatable(`The account takes no ${part.kind} from the assistant's earlier replies.`);
	}
}

function writeCall(part: ToolCallPart, { names, notes }: Context): WireItem {
	if (part.cache !== undefined) notes.add("cacheMarks");
	const callId = fitCallId(part.id);
	const wire = names.toWire(part);
	const { text } = part.input;
	if (part.input.kind === "free") return { type: "custom_tool_call", call_id: callId, ...wire, input: text };
	return { type: "function_call", call_id: callId, ...wire, arguments: text.trim() === "" ? "{}" : text };
}

function writeReasoning({ text, seal }: ReasoningPart, { notes }: Context): readonly SealedReasoning[] {
	const own = ownSeal(seal, "codex");
	const encrypted = isRecord(own) ? own["encrypted_content"] : undefined;
	if (!isRecord(own) || typeof encrypted !== "string") {
		notes.add("reasoningHistory");
		return [];
	}
	const { id } = own;
	return [
		{
			type: "reasoning",
			...(typeof id === "string" && id !== "" ? { id } : {}),
			summary: text === "" ? [] : [{ type: "summary_text", text }],
			encrypted_content: encrypted,
		},
	];
}

function writeResult(part: ToolResultPart, { notes, freeCalls }: Context): readonly WireItem[] {
	if (part.cache !== undefined) notes.add("cacheMarks");
	const content = part.isError === true ? withError(part.content, notes) : part.content;
	const call_id = fitCallId(part.callId);
	const output = outputOf(writeContent(content, notes));
	return [
		freeCalls.has(part.callId)
			? { type: "custom_tool_call_output", call_id, output }
			: { type: "function_call_output", call_id, output },
	];
}

/** One text goes as it is, anything else as a list. */
function outputOf(content: ResponseInputMessageContentList): string | ResponseInputMessageContentList {
	const [first, ...others] = content;
	if (first === undefined) return "";
	return first.type === "input_text" && others.length === 0 ? first.text : content;
}

function withError(content: ToolResultPart["content"], notes: LossList): ToolResultPart["content"] {
	notes.add("toolResultError", "Error: …");
	const [first, ...others] = content;
	if (first?.kind !== "text") return [{ kind: "text", text: "Error" }, ...content];
	return /^\W*error/i.test(first.text) ? content : [{ ...first, text: `Error: ${first.text}` }, ...others];
}

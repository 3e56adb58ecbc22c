import type {
	ContentBlockParam,
	DocumentBlockParam,
	ImageBlockParam,
	TextBlockParam,
	ToolResultBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { AssistantPart, TextPart, ToolResultPart, Turn, UserPart } from "../conversation.ts";
import { objectInput } from "../freeTools.ts";
import type { LossList } from "../losses.ts";
import type { ToolNames } from "../toolNames.ts";
import { CallPairs } from "./callPairs.ts";
import { writeMedia } from "./mediaWriter.ts";
import type { ModelRules } from "./modelRules.ts";
import { ownBlock } from "./sealedBlocks.ts";
import { cacheControl } from "./tools.ts";

export interface WrittenTurns {
	readonly system: TextBlockParam[];
	readonly messages: Message[];
}
type Message =
	| { readonly role: "user" | "assistant"; readonly content: ContentBlockParam[] }
	| { readonly role: "system"; readonly content: TextBlockParam[] };
type ResultContent = TextBlockParam | ImageBlockParam | DocumentBlockParam;
interface Means {
	readonly pairs: CallPairs;
	readonly names: ToolNames;
	readonly losses: LossList;
}

/** Said for the user where Anthropic wants words of the user and there are none. */
const goOn: TextBlockParam = { type: "text", text: "Continue." };
const earlier: TextBlockParam = { type: "text", text: "(The conversation began earlier.)" };
const noResult = "There is no result of this call.";

/**
 * The turns as messages: neighbours of one role joined, each call answered in the message after it, nothing empty, and
 * first and last a message that may stand there.
 * @param mayPrefill whether the last message may be the beginning of the reply.
 */
export function writeTurns(
	turns: readonly Turn[],
	names: ToolNames,
	rules: ModelRules,
	mayPrefill: boolean,
	losses: LossList,
): WrittenTurns {
	const start = turns.findIndex(({ role }) => role !== "system");
	const opening = start < 0 ? turns : turns.slice(0, start);
	const rest = start < 0 ? [] : turns.slice(start);
	const means: Means = { pairs: new CallPairs(rest), names, losses };
	const writer = new MessageWriter(rules);
	for (const turn of withJoinedAssistant(rest)) {
		if (turn.role === "user") writer.add("user", writeUser(turn.parts, means));
		else if (turn.role === "system") writer.addSystem(writeTexts(turn.parts, losses));
		else {
			const { said, results, shown } = writeAssistant(turn.parts, means);
			writer.add("assistant", said);
			writer.addResults(results);
			writer.add("user", shown);
		}
	}
	return {
		system: opening.flatMap(({ parts }) => writeTexts(parts.filter(isText), losses)),
		messages: writer.end(mayPrefill),
	};
}

/** Calls that stand side by side are answered together. */
function withJoinedAssistant(turns: readonly Turn[]): readonly Turn[] {
	const joined: Turn[] = [];
	let said: AssistantPart[] | null = null;
	for (const turn of turns) {
		if (turn.role !== "assistant") {
			said = null;
			joined.push(turn);
			continue;
		}
		if (said === null) {
			said = [];
			joined.push({ role: "assistant", parts: said });
		}
		for (const part of turn.parts) said.push(part);
	}
	return joined;
}

/** Puts messages one after the other so that Anthropic takes them. */
class MessageWriter {
	readonly #rules: ModelRules;
	readonly #messages: Message[] = [];
	/** System texts that may get a message of their own once it is known that the assistant speaks next, or nobody. */
	#waiting: TextBlockParam[] = [];

	constructor(rules: ModelRules) {
		this.#rules = rules;
	}

	addSystem(texts: readonly TextBlockParam[]): void {
		this.#waiting.push(...texts);
	}

	add(role: "user" | "assistant", blocks: readonly ContentBlockParam[]): void {
		if (blocks.length === 0) return;
		this.#settle(role === "assistant");
		this.#append(role, blocks);
	}

	/** Results stand first in the message after their calls, whatever was said between. */
	addResults(blocks: readonly ToolResultBlockParam[]): void {
		if (blocks.length > 0) this.#append("user", blocks);
	}

	/** The messages, ended so that the model is to speak. */
	end(mayPrefill: boolean): Message[] {
		this.#settle(true);
		const last = this.#messages.at(-1);
		if (last?.role === "assistant") {
			const final = last.content.at(-1);
			// Anthropic refuses a beginning of a reply that ends in white space.
			if (mayPrefill && final?.type === "text") final.text = final.text.trimEnd();
			else this.#append("user", [{ ...goOn }]);
		}
		if (last === undefined) this.#append("user", [{ ...goOn }]);
		if (this.#messages[0]?.role === "assistant") this.#messages.unshift({ role: "user", content: [{ ...earlier }] });
		return this.#messages;
	}

	#settle(assistantIsNext: boolean): void {
		const texts = this.#waiting;
		if (texts.length === 0) return;
		this.#waiting = [];
		const follows = this.#messages.at(-1)?.role === "user";
		if (this.#rules.systemMessages && follows && assistantIsNext) {
			this.#messages.push({ role: "system", content: texts });
			return;
		}
		const wrapped = texts.map(({ text, ...rest }) => ({ ...rest, text: `<system>\n${text}\n</system>` }));
		this.#append("user", wrapped);
	}

	#append(role: "user" | "assistant", blocks: readonly ContentBlockParam[]): void {
		const last = this.#messages.at(-1);
		if (last?.role === role) {
			last.content.push(...blocks);
			return;
		}
		this.#messages.push({ role, content: [...blocks] });
	}
}

function isText(part: { readonly kind: string }): part is TextPart {
	return part.kind === "text";
}

/** White space alone is refused. */
function writeTexts(parts: readonly TextPart[], losses: LossList): readonly TextBlockParam[] {
	return parts.flatMap((part) => writeText(part, losses));
}

function writeText({ text, citations = [], cache }: TextPart, losses: LossList): readonly TextBlockParam[] {
	// Each kind of citation wants what only Anthropic has told about its source.
	if (citations.length > 0) losses.add("citations");
	return text.trim() === "" ? [] : [{ type: "text", text, ...cacheControl(cache) }];
}

function writeUser(parts: readonly UserPart[], means: Means): readonly ContentBlockParam[] {
	return parts.flatMap((part): readonly ContentBlockParam[] => {
		if (part.kind === "text") return writeText(part, means.losses);
		if (part.kind !== "toolResult") return [writeMedia(part, means.losses)];
		return means.pairs.isPaired(part) ? [] : writeStray(part, means);
	});
}

/** A result whose call is gone is told as what it is. */
function writeStray({ name, content }: ToolResultPart, { losses }: Means): readonly ContentBlockParam[] {
	const head: TextBlockParam = { type: "text", text: `Result of an earlier call of the tool ${name}:` };
	return [head, ...writeContent(content, losses)];
}

interface AssistantBlocks {
	readonly said: readonly ContentBlockParam[];
	readonly results: readonly ToolResultBlockParam[];
	/** Media that the model made: only users may show any. */
	readonly shown: readonly ContentBlockParam[];
}

function writeAssistant(parts: readonly AssistantPart[], means: Means): AssistantBlocks {
	const { pairs, names, losses } = means;
	const said: ContentBlockParam[] = [];
	const results: ToolResultBlockParam[] = [];
	const shown: ContentBlockParam[] = [];
	for (const part of parts) {
		switch (part.kind) {
			case "text":
				said.push(...writeText(part, losses));
				break;
			case "refusal":
				losses.add("refusalHistory", "text");
				said.push(...writeText({ kind: "text", text: part.text }, losses));
				break;
			case "reasoning": {
				const block = ownBlock(part.seal);
				if (block === null) losses.add("reasoningHistory");
				else said.push(block);
				break;
			}
			case "toolCall": {
				const { id, result } = pairs.of(part);
				const { name } = names.toWire(part);
				said.push({ type: "tool_use", id, name, input: objectInput(part.input), ...cacheControl(part.cache) });
				results.push(writeResult(id, result, losses));
				break;
			}
			default:
				shown.push({ type: "text", text: "The assistant made this:" }, writeMedia(part, losses));
		}
	}
	return { said, results, shown };
}

function writeResult(id: string, result: ToolResultPart | null, losses: LossList): ToolResultBlockParam {
	if (result === null) return { type: "tool_result", tool_use_id: id, content: noResult, is_error: true };
	const content = writeContent(result.content, losses);
	return {
		type: "tool_result",
		tool_use_id: id,
		...(content.length === 0 ? {} : { content }),
		...(result.isError === undefined ? {} : { is_error: result.isError }),
		...cacheControl(result.cache),
	};
}

function writeContent(content: ToolResultPart["content"], losses: LossList): ResultContent[] {
	return content.flatMap((part): readonly ResultContent[] =>
		part.kind === "text" ? writeText(part, losses) : [writeMedia(part, losses)],
	);
}

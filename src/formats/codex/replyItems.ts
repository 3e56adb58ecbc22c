import { randomUUID } from "node:crypto";
import { freeInput } from "../freeTools.ts";
import { isRecord } from "../modelList.ts";
import type { PartHead, TokenLogprob } from "../replyEvents.ts";
import type { ToolNames } from "../toolNames.ts";
import { readCitation } from "./citations.ts";
import { logprobsOf } from "./logprobs.ts";
import type { PartLane } from "./partLanes.ts";

type Item = Readonly<Record<string, unknown>>;

/** An output item while its pieces come. A section is what one place of it says: a text, a part of a summary, arguments. */
export interface GrowingItem {
	readonly piece: (section: string, text: string, logprobs?: readonly TokenLogprob[]) => void;
	/** All of a section: what has not come in pieces comes now. */
	readonly whole: (section: string, text: string, logprobs?: readonly TokenLogprob[]) => void;
	readonly annotate: (section: string, annotation: unknown) => void;
	/** What is told of it before it is done, names above all. */
	readonly begin: (item: Item) => void;
	/** @param item all of it; null where the account has never said so. */
	readonly end: (item: Item | null) => void;
}

const makers: ReadonlyMap<string, (lane: PartLane, names: ToolNames) => GrowingItem> = new Map(
	Object.entries<(lane: PartLane, names: ToolNames) => GrowingItem>({
		message: (lane) => new MessageItem(lane),
		reasoning: (lane) => new ReasoningItem(lane),
		function_call: (lane, names) => new CallItem(lane, names, "arguments"),
		custom_tool_call: (lane, names) => new CallItem(lane, names, "input"),
		image_generation_call: imageItem,
	}),
);

/** @returns null for an item that shows the client nothing. */
export function growingItem(type: string, openLane: () => PartLane, names: ToolNames): GrowingItem | null {
	const make = makers.get(type);
	return make === undefined ? null : make(openLane(), names);
}

const candidate = 0;

abstract class SectionedItem {
	protected readonly lane: PartLane;
	/** Characters that each section has said. */
	readonly #said = new Map<string, number>();

	constructor(lane: PartLane) {
		this.lane = lane;
	}

	whole(section: string, text: string, logprobs?: readonly TokenLogprob[]): void {
		const said = this.#said.get(section) ?? 0;
		if (text.length > said) this.piece(section, text.slice(said), said === 0 ? logprobs : undefined);
	}

	piece(section: string, text: string, logprobs?: readonly TokenLogprob[]): void {
		if (text === "") return;
		this.#said.set(section, (this.#said.get(section) ?? 0) + text.length);
		this.say(section, text, logprobs);
	}

	begin(): void {}
	annotate(_section: string, _annotation: unknown): void {}

	protected abstract say(section: string, text: string, logprobs?: readonly TokenLogprob[]): void;

	protected delta(text: string, logprobs?: readonly TokenLogprob[]): void {
		this.lane.push({ kind: "delta", candidate, text, ...(logprobs === undefined ? {} : { logprobs }) });
	}

	protected open(part: PartHead): void {
		this.lane.push({ kind: "open", candidate, part });
	}
}

/** Each text and each refusal of a message is a part. */
class MessageItem extends SectionedItem implements GrowingItem {
	#current: string | null = null;
	readonly #annotated = new Map<string, number>();

	protected override say(section: string, text: string, logprobs?: readonly TokenLogprob[]): void {
		if (section !== this.#current) {
			this.#close();
			this.open({ kind: section.startsWith("refusal") ? "refusal" : "text" });
			this.#current = section;
		}
		this.delta(text, logprobs);
	}

	override annotate(section: string, annotation: unknown): void {
		if (section !== this.#current) return;
		this.#annotated.set(section, (this.#annotated.get(section) ?? 0) + 1);
		const citation = readCitation(annotation);
		if (citation !== null) this.lane.push({ kind: "citation", candidate, citation });
	}

	end(item: Item | null): void {
		for (const [index, part] of listOf(item?.["content"]).entries()) {
			if (!isRecord(part)) continue;
			const { type, text, refusal, annotations, logprobs } = part;
			const section = `${type === "refusal" ? "refusal" : "text"}${index}`;
			const said = type === "refusal" ? refusal : text;
			if (typeof said === "string") this.whole(section, said, logprobsOf(logprobs));
			for (const annotation of listOf(annotations).slice(this.#annotated.get(section) ?? 0)) {
				this.annotate(section, annotation);
			}
		}
		this.#close();
		this.lane.end();
	}

	#close(): void {
		if (this.#current !== null) this.lane.push({ kind: "close", candidate });
		this.#current = null;
	}
}

/** All that one item thinks is one part, with an empty line between its sections. */
class ReasoningItem extends SectionedItem implements GrowingItem {
	#current: string | null = null;

	protected override say(section: string, text: string): void {
		if (this.#current === null) this.open({ kind: "reasoning" });
		else if (this.#current !== section) this.delta("\n\n");
		this.#current = section;
		this.delta(text);
	}

	end(item: Item | null): void {
		for (const member of ["summary", "content"]) {
			for (const [index, part] of listOf(item?.[member]).entries()) {
				const text = isRecord(part) ? part["text"] : part;
				if (typeof text === "string") this.whole(`${member}${index}`, text);
			}
		}
		const { id, encrypted_content: encrypted } = item ?? {};
		const isSealed = typeof encrypted === "string" && encrypted !== "";
		if (isSealed && this.#current === null) this.open({ kind: "reasoning" });
		if (isSealed || this.#current !== null) {
			const value = { ...(typeof id === "string" ? { id } : {}), encrypted_content: encrypted };
			this.lane.push({ kind: "close", candidate, ...(isSealed ? { seal: { maker: "codex", value } } : {}) });
		}
		this.lane.end();
	}
}

/** A call begins when its name is known, which some accounts tell only at its end. */
class CallItem extends SectionedItem implements GrowingItem {
	readonly #names: ToolNames;
	readonly #member: "arguments" | "input";
	#id: string | undefined;
	#head: Extract<PartHead, { kind: "toolCall" }> | null = null;
	/** What came before the name, or has to be seen whole. */
	#held = "";
	/** Its text is JSON that holds the text which the tool takes. */
	#isWrapped = false;

	constructor(lane: PartLane, names: ToolNames, member: "arguments" | "input") {
		super(lane);
		this.#names = names;
		this.#member = member;
	}

	override begin(item: Item = {}): void {
		const { call_id: callId } = item;
		if (typeof callId === "string" && callId !== "") this.#id ??= callId;
		this.#meet(item);
	}

	protected override say(_section: string, text: string): void {
		if (this.#head === null || this.#isWrapped) this.#held += text;
		else this.delta(text);
	}

	end(item: Item | null): void {
		this.begin(item ?? {});
		this.#id ??= `call_${randomUUID()}`;
		this.#meet(item ?? {});
		if (this.#head === null) this.#open(this.#id, "", undefined);
		if (this.#isWrapped) this.delta(freeInput(this.#held));
		this.lane.push({ kind: "close", candidate });
		this.lane.end();
	}

	/** Takes what is told, and opens the call as soon as it can be named. */
	#meet({ name, namespace, [this.#member]: told }: Item): void {
		if (this.#head === null && this.#id !== undefined && typeof name === "string" && name !== "") {
			this.#open(this.#id, name, typeof namespace === "string" ? namespace : undefined);
		}
		const text = inputOf(told);
		if (text !== undefined) this.whole("", text);
	}

	#open(id: string, name: string, namespace: string | undefined): void {
		const known = this.#names.fromWire(namespace === undefined ? { name } : { name, namespace });
		this.#isWrapped = known.free && this.#member === "arguments";
		const { free, ...toolName } = known;
		this.#head = { kind: "toolCall", id, ...toolName, free: free || this.#member === "input" };
		this.open(this.#head);
		if (this.#isWrapped || this.#held === "") return;
		this.delta(this.#held);
		this.#held = "";
	}
}

/** Images come whole, when they are done. */
function imageItem(lane: PartLane): GrowingItem {
	const nothing = () => {};
	return {
		piece: nothing,
		whole: nothing,
		annotate: nothing,
		begin: nothing,
		end: (item) => {
			const { result, output_format: format } = item ?? {};
			if (typeof result === "string" && result !== "") {
				const mediaType = `image/${typeof format === "string" ? format : "png"}`;
				lane.push({ kind: "open", candidate, part: { kind: "image", mediaType, data: result } });
				lane.push({ kind: "close", candidate });
			}
			lane.end();
		},
	};
}

/** Some relays give an object. */
function inputOf(input: unknown): string | undefined {
	if (typeof input === "string") return input;
	return typeof input === "object" && input !== null ? JSON.stringify(input) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

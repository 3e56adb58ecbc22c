import type { AssistantPart, ImagePart, Seal } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { readMedia } from "./mediaParts.ts";
import type { OpenCalls } from "./openCalls.ts";
import { ownParts, sealOfPart, sealOfSignature } from "./thoughtSeals.ts";
import { said } from "./wireNames.ts";

/**
 * The parts of one of the model's turns. Clients keep a streamed reply as it came, each chunk a part or even a content of its
 * own: texts that follow each other are one text, and so are thoughts.
 */
export class AssistantParts {
	readonly #parts: AssistantPart[] = [];
	readonly #calls: OpenCalls;
	readonly #detail: ImagePart["detail"];

	/** @param detail of images that tell none. */
	constructor(calls: OpenCalls, detail: ImagePart["detail"]) {
		this.#calls = calls;
		this.#detail = detail;
	}

	/** Grows while parts are read. */
	get all(): readonly AssistantPart[] {
		return this.#parts;
	}

	/** @param value the part itself, for it may have to be kept as it is. */
	read(fields: Fields, value: unknown): void {
		const own = ownParts.find((name) => fields.take(name) !== undefined);
		if (own !== undefined && isRecord(value)) {
			fields.skip(...Object.keys(value));
			this.#parts.push({ kind: "reasoning", text: "", seal: sealOfPart(value) });
			return;
		}
		if (fields.take("functionResponse") !== undefined)
			fields.wrong("functionResponse", "in a content of the role “user”");
		const seal = sealOfSignature(fields.text("thoughtSignature"));
		const isThought = fields.boolean("thought") === true;
		const media = readMedia(fields, this.#detail);
		const call = fields.inside("functionCall", (inner) => this.#readCall(inner));
		if (media === undefined && call === undefined) {
			const text = fields.text("text") ?? "";
			if (isThought) this.#addThought(text, seal);
			else this.#addText(text, seal);
			return;
		}
		this.#addSeal(seal);
		// A draft in pictures is part of the thinking, and is shown to nobody.
		if (media !== undefined && !isThought) this.#parts.push(media);
		if (call !== undefined) this.#parts.push(call);
	}

	#readCall(fields: Fields): AssistantPart {
		const name = fields.text("name") || fields.wrong("name", "there");
		const args = fields.take("args") ?? {};
		const text = typeof args === "string" ? args : JSON.stringify(args);
		const id = this.#calls.open(name, fields.text("id") || undefined);
		return { kind: "toolCall", id, name, input: { kind: "json", text } };
	}

	#addThought(text: string, seal: Seal | undefined): void {
		const last = this.#parts.at(-1);
		if (last?.kind === "reasoning" && last.seal === undefined) {
			this.#parts.splice(-1, 1, { ...last, text: last.text + text, ...said({ seal }) });
		} else if (text !== "" || seal !== undefined) this.#parts.push({ kind: "reasoning", text, ...said({ seal }) });
	}

	/** A signature seals the thoughts before the text; on a text that goes on it can only come after it. */
	#addText(text: string, seal: Seal | undefined): void {
		const last = this.#parts.at(-1);
		if (last?.kind === "text" && text !== "") {
			this.#parts.splice(-1, 1, { ...last, text: last.text + text });
			this.#addSeal(seal);
			return;
		}
		this.#addSeal(seal);
		if (text !== "") this.#parts.push({ kind: "text", text });
	}

	/** To the reasoning before it. */
	#addSeal(seal: Seal | undefined): void {
		if (seal === undefined) return;
		const last = this.#parts.at(-1);
		if (last?.kind === "reasoning" && last.seal === undefined) this.#parts.splice(-1, 1, { ...last, seal });
		else this.#parts.push({ kind: "reasoning", text: "", seal });
	}
}

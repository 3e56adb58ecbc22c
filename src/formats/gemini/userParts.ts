import type { ImagePart, ToolResultPart, UserPart } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { readMedia } from "./mediaParts.ts";
import type { OpenCalls } from "./openCalls.ts";
import { ownParts } from "./thoughtSeals.ts";
import { readResult } from "./toolResults.ts";

/** The parts of one of the user's contents. Clients may tell one result in several pieces, one after the other. */
export class UserParts {
	readonly #parts: UserPart[] = [];
	/** Where the results stand among the parts, by the ids of their calls. */
	readonly #places = new Map<string, number>();
	readonly #calls: OpenCalls;
	readonly #detail: ImagePart["detail"];

	/** @param detail of images that tell none. */
	constructor(calls: OpenCalls, detail: ImagePart["detail"]) {
		this.#calls = calls;
		this.#detail = detail;
	}

	get all(): readonly UserPart[] {
		return this.#parts;
	}

	read(fields: Fields): void {
		const own = ownParts.find((name) => fields.take(name) !== undefined);
		if (own !== undefined) {
			throw new Untranslatable(`${fields.at(own)} is of a tool on Google's side, which only Gemini has.`);
		}
		if (fields.take("functionCall") !== undefined) fields.wrong("functionCall", "in a content of the role “model”");
		const isResult = fields.inside("functionResponse", (response) => this.#readResult(response)) === true;
		if (isResult) return;
		const media = readMedia(fields, this.#detail);
		const text = fields.text("text") ?? "";
		if (media !== undefined) this.#parts.push(media);
		else if (text !== "") this.#parts.push({ kind: "text", text });
	}

	#readResult(fields: Fields): true {
		const name = fields.text("name") || undefined;
		const call = this.#calls.answer(name, fields.text("id") || undefined);
		const place = call === null ? undefined : this.#places.get(call.id);
		const before = place === undefined ? undefined : this.#parts[place];
		if (call === null || (!call.isFirst && before === undefined)) {
			throw new Malformed(`${fields.path} answers no call before it.`);
		}
		const { content, isError } = readResult(fields, name, this.#detail);
		const whole: ToolResultPart = {
			kind: "toolResult",
			callId: call.id,
			name: call.name,
			content: [...(before?.kind === "toolResult" ? before.content : []), ...content],
			...(isError || (before?.kind === "toolResult" && before.isError === true) ? { isError: true } : {}),
		};
		if (place === undefined) this.#places.set(call.id, this.#parts.push(whole) - 1);
		else this.#parts[place] = whole;
		return true;
	}
}

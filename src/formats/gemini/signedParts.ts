import type { GeminiSeal } from "./thoughtSeals.ts";
import type { WirePart } from "./wireParts.ts";

/**
 * The parts of one content of the model, with signatures where Gemini puts them: on the part after the thoughts that they
 * seal, or on an empty text. A text directly after another is taken for its continuation, so it is not signed itself.
 */
export class SignedParts {
	readonly #parts: WirePart[] = [];
	#signature: string | null = null;

	/** @param text of the thought; empty where it is not shown. */
	addThought(text: string, seal: GeminiSeal | null): number {
		this.#flush();
		if (text !== "") this.#parts.push({ text, thought: true });
		if (seal?.kind === "part") this.#parts.push(seal.part);
		if (seal?.kind === "signature") this.#signature = seal.signature;
		return this.#parts.length - 1;
	}

	/** @returns the place of the part. */
	add(part: WirePart): number {
		if (isText(part) && isText(this.#parts.at(-1))) this.#flush();
		this.#parts.push(this.#signature === null ? part : { ...part, thoughtSignature: this.#signature });
		this.#signature = null;
		return this.#parts.length - 1;
	}

	end(): WirePart[] {
		this.#flush();
		return this.#parts;
	}

	#flush(): void {
		if (this.#signature === null) return;
		this.#parts.push({ text: "", thoughtSignature: this.#signature });
		this.#signature = null;
	}
}

function isText(part: WirePart | undefined): boolean {
	return part?.text !== undefined && part.thought !== true;
}

import type { PageProblem } from "../src/vscode/relayFormMessages.ts";
import { make } from "./dom.ts";
import type { PageContext } from "./pageContext.ts";
import { button } from "./toolkit.ts";

/** The problems of one field, beneath it, each with the buttons it offers. */
export class ProblemList {
	readonly element: HTMLElement;
	readonly #context: PageContext;
	#first: HTMLElement | null = null;

	constructor(context: PageContext, attributes: Readonly<Record<string, string>> = {}) {
		this.#context = context;
		this.element = make("div", { ...attributes, class: "problems" });
	}

	/** The first button among them, if there is one. */
	get firstOffer(): HTMLElement | null {
		return this.#first;
	}

	show(problems: readonly PageProblem[]): void {
		this.#first = null;
		this.element.replaceChildren(...problems.map((problem) => this.#itemOf(problem)));
	}

	#itemOf({ text, offers }: PageProblem): HTMLElement {
		const buttons = offers.map(({ action, label }) =>
			button("secondary", label, () => this.#context.post({ type: "offer", action })),
		);
		this.#first ??= buttons[0] ?? null;
		const item = make("div", { class: "problem" }, make("p", {}, text));
		if (buttons.length > 0) item.append(make("div", { class: "row" }, ...buttons));
		return item;
	}
}

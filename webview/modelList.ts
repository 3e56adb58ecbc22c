import type { ModelsState } from "../src/vscode/relayFormMessages.ts";
import { fill, make } from "./dom.ts";
import { filterModels } from "./modelFilter.ts";
import type { PageContext } from "./pageContext.ts";
import { type Checkbox, checkbox, textField } from "./toolkit.ts";

/** More at once would make the page slow to draw; the filter finds the rest. */
const drawnAtOnce = 200;

/**
 * The relay's own list to pick from: one tab stop, arrow keys inside, and a filter above it.
 * @param picked is told when a model was ticked or unticked.
 */
export class ModelList {
	readonly element = make("div", { class: "fetched" });
	readonly #context: PageContext;
	readonly #picked: (model: string, chosen: boolean) => void;
	readonly #count = make("p", { class: "hint", role: "status" });
	readonly #list: HTMLElement;
	readonly #boxes = new Map<string, Checkbox>();
	#models: readonly string[] = [];
	#filter = "";

	constructor(context: PageContext, picked: (model: string, chosen: boolean) => void) {
		this.#context = context;
		this.#picked = picked;
		this.#list = make("div", { class: "model-list", role: "group", "aria-label": context.texts.fetchedModels });
		this.#list.addEventListener("keydown", (event) => this.#move(event));
		this.element.hidden = true;
	}

	show(state: ModelsState): void {
		this.element.hidden = state.kind !== "list";
		if (state.kind !== "list") {
			this.element.replaceChildren();
			return;
		}
		this.#models = state.models;
		this.#filter = "";
		const { texts } = this.#context;
		if (state.models.length === 0) {
			this.element.replaceChildren(make("p", { class: "hint", role: "status" }, texts.relayListsNoModel));
			return;
		}
		const filter = textField(
			{ id: "modelFilter", label: texts.filterModels, value: "", innerLabel: true, ownEnter: true },
			(typed) => {
				this.#filter = typed;
				this.#draw();
			},
		);
		this.element.replaceChildren(filter, this.#count, this.#list);
		this.#draw();
	}

	/** Ticks what is allowed now. */
	follow(allowed: readonly string[]): void {
		for (const [model, box] of this.#boxes) box.checked = allowed.includes(model);
	}

	#draw(): void {
		const { texts, draft } = this.#context;
		const found = filterModels(this.#models, this.#filter);
		const drawn = found.slice(0, drawnAtOnce);
		this.#boxes.clear();
		for (const model of drawn) {
			const isTicked = () => draft().allowedModels.includes(model);
			this.#boxes.set(
				model,
				checkbox(model, isTicked, (chosen) => this.#picked(model, chosen)),
			);
		}
		this.#list.replaceChildren(...this.#boxes.values());
		this.#list.hidden = drawn.length === 0;
		this.#count.textContent =
			drawn.length === 0
				? texts.noModelMatches
				: fill(texts.modelsShown, String(drawn.length), String(this.#models.length));
		// The component gives itself a tab stop when it is attached.
		[...this.#boxes.values()].forEach((box, index) => {
			box.tabIndex = index === 0 ? 0 : -1;
		});
	}

	#move(event: KeyboardEvent): void {
		const boxes = [...this.#boxes.values()];
		const at = boxes.indexOf(event.target as Checkbox);
		const targets: Readonly<Record<string, number>> = {
			ArrowDown: at + 1,
			ArrowUp: at - 1,
			Home: 0,
			End: boxes.length - 1,
		};
		const target = boxes[targets[event.key] ?? -1];
		if (target === undefined) return;
		event.preventDefault();
		for (const box of boxes) box.tabIndex = box === target ? 0 : -1;
		target.focus();
	}
}

import { shown as shownInProblem } from "../src/accounts/fieldProblem.ts";
import type { ModelsState, PageProblem } from "../src/vscode/relayFormMessages.ts";
import { splitModels } from "../src/vscode/typedModels.ts";
import { fill, make, swapShown } from "./dom.ts";
import { withModel } from "./modelFilter.ts";
import { ModelList } from "./modelList.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { ProblemList } from "./problemList.ts";
import { hintOf } from "./simpleField.ts";
import { button, describe, onEnter, progress, removeButton, textField } from "./toolkit.ts";

/** Allowed models: what was chosen, a field to type one, and the relay's own list to pick from. */
export function modelsField(context: PageContext): FieldPart & { readonly show: (state: ModelsState) => void } {
	const { texts, draft, change, post } = context;
	let shown: readonly PageProblem[] = [];
	const problems = new ProblemList(context);
	const chosen = make("ul", { class: "chips", "aria-label": texts.allowedModels });
	const all = make("p", { class: "all-models" }, texts.allModels);
	const hint = hintOf(texts.allowedModelsHint);
	const entry = textField(
		{ id: "pendingModel", label: texts.addModelLabel, value: draft().pendingModel, innerLabel: true, ownEnter: true },
		(pendingModel) => change({ pendingModel }),
	);
	const list = new ModelList(context, (model, isChosen) => {
		setAllowed(withModel(draft().allowedModels, model, isChosen));
	});

	function setAllowed(allowedModels: readonly string[]): void {
		change({ allowedModels });
		list.follow(allowedModels);
		drawChips();
	}

	function drawChips(): void {
		const allowed = draft().allowedModels;
		chosen.replaceChildren(...allowed.map(chipOf));
		chosen.hidden = allowed.length === 0;
		all.hidden = allowed.length > 0;
	}

	function chipOf(model: string, index: number): HTMLElement {
		const remove = removeButton(fill(texts.removeModel, model), () => {
			setAllowed(withModel(draft().allowedModels, model, false));
			const buttons = chosen.querySelectorAll("vscode-button");
			(buttons[Math.min(index, buttons.length - 1)] ?? entry).focus();
		});
		const isMeant = shown.some(({ detail }) => detail === shownInProblem(model));
		return make("li", { class: isMeant ? "chip chip-wrong" : "chip" }, make("span", {}, model), remove);
	}

	function addTyped(): void {
		const names = splitModels(entry.value);
		if (names.length === 0) return;
		entry.value = "";
		change({ pendingModel: "" });
		setAllowed(
			names.reduce<readonly string[]>((allowed, name) => withModel(allowed, name, true), draft().allowedModels),
		);
		entry.focus();
	}

	onEnter(entry, addTyped);
	const add = button("secondary", texts.addModel, addTyped);
	const fetchModels = button("secondary", texts.fetchModels, () => post({ type: "fetchModels" }), {
		id: "fetchModels",
	});
	const cancel = button("secondary", texts.cancel, () => post({ type: "cancelFetch" }), { id: "cancelFetch" });
	const asking = make("div", { class: "row asking" }, progress(texts.fetchingModels), cancel);
	const said = make("div", { class: "said", role: "status" });

	const label = make("span", { id: "models-label", class: "label" }, texts.allowedModels);
	const element = make(
		"div",
		{ class: "field group", role: "group", "aria-labelledby": label.id },
		...[label, chosen, all],
		make("div", { class: "field" }, make("div", { class: "entry-row" }, entry, add), hint, problems.element),
		make("div", { class: "row" }, fetchModels),
		...[asking, said, list.element],
	);
	drawChips();
	return {
		element,
		showProblems: (next) => {
			shown = next;
			problems.show(next);
			if (next.length > 0) entry.setAttribute("aria-invalid", "true");
			else entry.removeAttribute("aria-invalid");
			describe(entry, next.length > 0 ? [problems.element, hint] : [hint]);
			drawChips();
		},
		focusProblem: () => entry.focus(),
		show: (state) => {
			swapShown(state.kind === "asking", { part: fetchModels, focus: fetchModels }, { part: asking, focus: cancel });
			const text = state.kind === "failed" ? state.text : "";
			said.replaceChildren(...(text === "" ? [] : [make("p", { class: "fault" }, text)]));
			list.show(state);
		},
	};
}

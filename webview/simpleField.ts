import type { PageProblem } from "../src/vscode/relayFormMessages.ts";
import { make } from "./dom.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { ProblemList } from "./problemList.ts";
import { describe, type TextField } from "./toolkit.ts";

/** A text field with what is said beneath it: a hint, its problems, and whatever else belongs there. */
export function simpleField(
	context: PageContext,
	field: TextField,
	hint: HTMLElement,
	...more: readonly HTMLElement[]
): FieldPart {
	const problems = new ProblemList(context);
	return {
		element: make("div", { class: "field" }, field, hint, problems.element, ...more),
		showProblems: (shown: readonly PageProblem[]) => {
			problems.show(shown);
			if (shown.length > 0) field.setAttribute("aria-invalid", "true");
			else field.removeAttribute("aria-invalid");
			describe(field, shown.length > 0 ? [problems.element, hint] : [hint]);
		},
		focusProblem: () => field.focus(),
	};
}

export function hintOf(text: string): HTMLElement {
	return make("p", { class: "hint" }, text);
}

import type { TestState } from "../src/vscode/relayFormMessages.ts";
import { crossPath, icon, make, swapShown, tickPath } from "./dom.ts";
import type { PageContext } from "./pageContext.ts";
import { hintOf } from "./simpleField.ts";
import { button, describe, onEnter, progress, textField } from "./toolkit.ts";

/** The test: what it costs, what it found, and a way out while it runs. */
export function testSection(context: PageContext): {
	readonly element: HTMLElement;
	/** Called once after attaching. */
	readonly attached: () => void;
	readonly show: (state: TestState) => void;
} {
	const { texts, draft, change, post } = context;
	const model = textField(
		{ id: "testModel", label: texts.testModel, value: draft().testModel, ownEnter: true },
		(testModel) => change({ testModel }),
	);
	const ask = (): void => post({ type: "test" });
	onEnter(model, ask);
	const modelHint = hintOf(texts.testModelHint);
	const note = hintOf(texts.testNote);
	note.id = "test-note";
	const test = button("secondary", texts.test, ask, { id: "test" });
	const cancel = button("secondary", texts.cancel, () => post({ type: "cancelTest" }), { id: "cancelTest" });
	const asking = make("div", { class: "row asking" }, progress(texts.testing), cancel);
	const idle = make("div", { class: "row" }, test, note);
	const result = make("div", { class: "said", role: "status", id: "test-result" });

	const title = make("h2", { id: "test-title" }, texts.testTitle);
	const element = make(
		"section",
		{ "aria-labelledby": title.id },
		title,
		make("div", { class: "field" }, model, modelHint),
		make("div", { class: "field" }, idle, asking, result),
	);
	return {
		element,
		attached: () => {
			describe(model, [modelHint]);
			const inner = test.shadowRoot?.querySelector("button");
			if (inner) inner.ariaDescribedByElements = [note];
		},
		show: (state) => {
			swapShown(state.kind === "asking", { part: idle, focus: test }, { part: asking, focus: cancel });
			if (state.kind !== "done") return result.replaceChildren();
			const { outcome } = state;
			const sign = outcome === "cancelled" ? [] : [icon(outcome === "good" ? tickPath : crossPath)];
			result.replaceChildren(make("div", { class: `outcome ${outcome}` }, ...sign, make("p", {}, state.text)));
		},
	};
}

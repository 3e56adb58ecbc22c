import type {
	HostMessage,
	PageField,
	PageMessage,
	ProblemsState,
	RelayDraft,
	SavingState,
} from "../src/vscode/relayFormMessages.ts";
import { authField, formatField } from "./choiceFields.ts";
import { make } from "./dom.ts";
import { headersField } from "./headersField.ts";
import { keyField } from "./keyField.ts";
import { modelsField } from "./modelsField.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { ProblemList } from "./problemList.ts";
import { hintOf, simpleField } from "./simpleField.ts";
import { testSection } from "./testSection.ts";
import { button, progress, textField } from "./toolkit.ts";
import { urlField } from "./urlField.ts";

type Start = Extract<HostMessage, { readonly type: "start" }>;
type StateMessage = Exclude<HostMessage, Start>;

export interface FormPage {
	readonly advanced: HTMLDetailsElement;
	readonly receive: (message: StateMessage) => void;
}

function advancedSection(title: string, ...fields: readonly FieldPart[]): HTMLDetailsElement {
	const summary = make("summary", { id: "advanced" }, title);
	return make("details", {}, summary, make("div", { class: "stack" }, ...fields.map(({ element }) => element)));
}

/** Builds the whole form into `main`, in place of what was there. */
export function buildFormPage(main: HTMLElement, start: Start, post: (message: PageMessage) => void): FormPage {
	const { texts } = start;
	let draft: RelayDraft = start.draft;
	/** The host tells how the URL stands after each change; only the answer to the last one is about what is typed by then. */
	let unanswered = 0;
	const change = (part: Partial<RelayDraft>): void => {
		unanswered += 1;
		draft = { ...draft, ...part };
		post({ type: "changed", draft });
	};
	const context: PageContext = { texts, draft: () => draft, change, post };
	const save = (): void => post({ type: "save" });

	const labelInput = textField({ id: "label", label: texts.label, value: draft.label }, (label) => change({ label }));
	labelInput.setAttribute("required", "");
	const label = simpleField(context, labelInput, hintOf(texts.labelHint));
	const url = urlField(context);
	const key = keyField(context);
	const auth = authField(context);
	const format = formatField(context, (chosen) => {
		change({ format: chosen });
		auth.showDefault(chosen);
	});
	const models = modelsField(context);
	const priority = simpleField(
		context,
		textField({ id: "priority", label: texts.priority, value: draft.priority }, (typed) => change({ priority: typed })),
		hintOf(texts.priorityHint),
	);
	const headers = headersField(context);
	const maxConcurrent = simpleField(
		context,
		textField({ id: "maxConcurrent", label: texts.maxConcurrent, value: draft.maxConcurrent }, (typed) =>
			change({ maxConcurrent: typed }),
		),
		hintOf(texts.maxConcurrentHint),
	);
	const outboundProxy = simpleField(
		context,
		textField({ id: "outboundProxy", label: texts.outboundProxy, value: draft.outboundProxy }, (typed) =>
			change({ outboundProxy: typed }),
		),
		hintOf(texts.outboundProxyHint),
	);
	const advanced = advancedSection(texts.advanced, priority, maxConcurrent, outboundProxy, headers, auth);
	const test = testSection(context);

	const formProblems = new ProblemList(context, { role: "alert" });
	const saveButton = button("primary", texts.save, save, { id: "save" });
	const waiting = make("div", { class: "waiting", role: "status" });
	const fields: Readonly<Record<Exclude<PageField, "form">, FieldPart>> = {
		...{ label, baseUrl: url, apiKey: key, format, allowedModels: models, priority, headers, auth },
		...{ maxConcurrent, outboundProxy },
	};
	const order: readonly PageField[] = [
		...(["label", "baseUrl", "apiKey", "format", "allowedModels", "priority"] as const),
		...(["maxConcurrent", "outboundProxy", "headers", "auth", "form"] as const),
	];

	function showProblems({ problems, focus }: ProblemsState): void {
		const of = (field: PageField) => problems.filter((problem) => problem.field === field);
		for (const [field, part] of Object.entries(fields)) part.showProblems(of(field as PageField));
		formProblems.show(of("form"));
		if (problems.some(({ field }) => advanced.contains(fields[field === "form" ? "label" : field].element))) {
			advanced.open = true;
		}
		const first = order.find((field) => of(field).length > 0);
		if (!focus || first === undefined) return;
		if (first === "form") (formProblems.firstOffer ?? saveButton).focus();
		else fields[first].focusProblem();
	}

	function showSaving(state: SavingState): void {
		waiting.replaceChildren(...(state === null ? [] : [progress(state)]));
	}

	function receive(message: StateMessage): void {
		switch (message.type) {
			case "url":
				unanswered = Math.max(0, unanswered - 1);
				if (unanswered > 0) break;
				url.show(message.state);
				key.show(message.state.key);
				break;
			case "models":
				models.show(message.state);
				break;
			case "test":
				test.show(message.state);
				break;
			case "problems":
				showProblems(message.state);
				break;
			case "saving":
				showSaving(message.state);
				break;
		}
	}

	const stack = [label, url, key, format, models].map(({ element }) => element);
	main.replaceChildren(
		make("h1", {}, start.title),
		hintOf(texts.requiredNote),
		make("div", { class: "stack" }, ...stack, advanced),
		make("vscode-divider" as "hr"),
		test.element,
		make("vscode-divider" as "hr"),
		make("div", { class: "row save-row" }, saveButton, waiting),
		formProblems.element,
	);
	main.onkeydown = (event) => {
		const target = event.target instanceof Element ? event.target.closest("vscode-text-field") : null;
		if (event.key !== "Enter" || event.isComposing || target === null) return;
		if (target instanceof HTMLElement && target.dataset["ownEnter"] === undefined) save();
	};
	test.attached();
	auth.showDefault(draft.format);
	const { state } = start;
	receive({ type: "problems", state: state.problems });
	receive({ type: "url", state: state.url });
	receive({ type: "models", state: state.models });
	receive({ type: "test", state: state.test });
	receive({ type: "saving", state: state.saving });
	return { advanced, receive };
}

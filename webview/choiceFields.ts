import { type AuthStyle, authStyles, type Format, formats } from "../src/accounts/account.ts";
import { fill, make } from "./dom.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { ProblemList } from "./problemList.ts";
import { hintOf } from "./simpleField.ts";
import { dropdown } from "./toolkit.ts";

interface Choice<Value extends string> {
	readonly id: string;
	readonly label: string;
	readonly choices: readonly { readonly value: Value; readonly text: string }[];
	readonly value: Value;
	readonly hint: HTMLElement;
	readonly chosen: (value: Value) => void;
}

function choiceField<Value extends string>(context: PageContext, choice: Choice<Value>): FieldPart {
	const { id, label, choices, value, hint } = choice;
	const problems = new ProblemList(context, { id: `${id}-problems` });
	hint.id = `${id}-hint`;
	const describedBy = `${problems.element.id} ${hint.id}`;
	const made = dropdown({ id, label, choices, value, describedBy }, (text) => {
		const found = choices.find((one) => one.value === text);
		if (found !== undefined) choice.chosen(found.value);
	});
	return {
		element: make("div", { class: "field" }, made.label, made.dropdown, hint, problems.element),
		showProblems: (shown) => {
			problems.show(shown);
			made.dropdown.setAttribute("aria-invalid", String(shown.length > 0));
		},
		focusProblem: () => made.dropdown.focus(),
	};
}

/** Format, with one line on what the chosen one means. */
export function formatField(context: PageContext, chosen: (format: Format) => void): FieldPart {
	const { texts, draft } = context;
	const hint = hintOf(texts.formats[draft().format].about);
	return choiceField<Format>(context, {
		id: "format",
		label: texts.format,
		choices: formats.map((value) => ({ value, text: texts.formats[value].name })),
		value: draft().format,
		hint,
		chosen: (format) => {
			hint.textContent = texts.formats[format].about;
			chosen(format);
		},
	});
}

/** How the key is sent, with what the format's default is. */
export function authField(context: PageContext): FieldPart & { readonly showDefault: (format: Format) => void } {
	const { texts, draft, change } = context;
	const hint = hintOf("");
	const field = choiceField<AuthStyle | "default">(context, {
		id: "auth",
		label: texts.auth,
		choices: (["default", ...authStyles] as const).map((value) => ({ value, text: texts.auths[value] })),
		value: draft().auth ?? "default",
		hint,
		chosen: (value) => change({ auth: value === "default" ? null : value }),
	});
	return {
		...field,
		showDefault: (format) => {
			const { name, auth } = texts.formats[format];
			hint.textContent = fill(texts.authDefaultHint, name, auth);
		},
	};
}

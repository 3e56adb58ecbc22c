import {
	type Button,
	type Checkbox,
	type Dropdown,
	provideVSCodeDesignSystem,
	type TextField,
	vsCodeButton,
	vsCodeCheckbox,
	vsCodeDivider,
	vsCodeDropdown,
	vsCodeOption,
	vsCodeProgressRing,
	vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { crossPath, icon, make } from "./dom.ts";

/** The toolkit's components that the page uses, made and named. */

export type { Button, Checkbox, Dropdown, TextField };

declare global {
	interface HTMLElementTagNameMap {
		"vscode-button": Button;
		"vscode-checkbox": Checkbox;
		"vscode-dropdown": Dropdown;
		"vscode-text-field": TextField;
	}
}

export function registerComponents(): void {
	provideVSCodeDesignSystem().register(
		vsCodeButton(),
		vsCodeCheckbox(),
		vsCodeDivider(),
		vsCodeDropdown(),
		vsCodeOption(),
		vsCodeProgressRing(),
		vsCodeTextField(),
	);
}

interface TextFieldOptions {
	readonly id: string;
	readonly label: string;
	readonly value: string;
	readonly type?: "text" | "password";
	readonly placeholder?: string;
	/** Names the field to screen readers only, where its place says enough to the eye. */
	readonly quietLabel?: boolean;
	/** Stands under the label of a group. */
	readonly innerLabel?: boolean;
	/** Enter does something of its own in it, not saving. */
	readonly ownEnter?: boolean;
}

/** The label goes in as content before the element is attached: the component takes its accessible name from there. */
export function textField(options: TextFieldOptions, typed: (value: string) => void): TextField {
	const field = make("vscode-text-field", { id: options.id, spellcheck: "false" }, options.label);
	if (options.type === "password") field.setAttribute("type", "password");
	if (options.placeholder !== undefined) field.setAttribute("placeholder", options.placeholder);
	if (options.quietLabel === true) field.classList.add("quiet-label");
	if (options.innerLabel === true) field.classList.add("inner-label");
	if (options.ownEnter === true) field.dataset["ownEnter"] = "";
	field.value = options.value;
	field.addEventListener("input", () => typed(field.value));
	return field;
}

/** Enter does this in a field with `ownEnter`, but not the Enter that ends a composition. */
export function onEnter(field: TextField, act: () => void): void {
	field.addEventListener("keydown", (event) => {
		if (event.key === "Enter" && !event.isComposing) act();
	});
}

/**
 * Gives an attached text field its description. Ids do not reach into the component's shadow tree, references to elements
 * do.
 */
export function describe(field: TextField, described: readonly Element[]): void {
	const input = field.shadowRoot?.querySelector("input");
	if (input) input.ariaDescribedByElements = [...described];
}

export function button(
	appearance: "primary" | "secondary" | "icon",
	content: string | Node,
	pressed: () => void,
	attributes: Readonly<Record<string, string>> = {},
): Button {
	const made = make("vscode-button", { ...attributes, appearance }, content);
	made.addEventListener("click", pressed);
	return made;
}

export function removeButton(label: string, pressed: () => void): Button {
	return button("icon", icon(crossPath), pressed, { "aria-label": label, title: label });
}

/** The component reports programmatic changes too: `ticked` is told of those that differ from `isTicked`. */
export function checkbox(label: string, isTicked: () => boolean, ticked: (value: boolean) => void): Checkbox {
	const box = make("vscode-checkbox", {}, label);
	box.checked = isTicked();
	box.addEventListener("change", () => {
		if (box.checked !== isTicked()) ticked(box.checked);
	});
	return box;
}

interface DropdownChoice {
	readonly value: string;
	readonly text: string;
}

/** A dropdown with its label above it. */
export function dropdown(
	options: {
		readonly id: string;
		readonly label: string;
		readonly choices: readonly DropdownChoice[];
		readonly value: string;
		readonly describedBy: string;
	},
	chosen: (value: string) => void,
): { readonly label: HTMLLabelElement; readonly dropdown: Dropdown } {
	const labelId = `${options.id}-label`;
	const label = make("label", { id: labelId, class: "label" }, options.label);
	const attributes = { id: options.id, "aria-labelledby": labelId, "aria-describedby": options.describedBy };
	const made = make(
		"vscode-dropdown",
		attributes,
		...options.choices.map(({ value, text }) =>
			make("vscode-option" as "option", value === options.value ? { value, selected: "" } : { value }, text),
		),
	);
	made.addEventListener("change", () => chosen(made.value));
	label.addEventListener("click", () => made.focus());
	return { label, dropdown: made };
}

export function progress(text: string): HTMLElement {
	return make(
		"span",
		{ class: "progress" },
		make("vscode-progress-ring" as "span", { "aria-hidden": "true" }),
		make("span", {}, text),
	);
}

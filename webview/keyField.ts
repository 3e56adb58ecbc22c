import type { KeyNeed } from "../src/vscode/relayFormMessages.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { hintOf, simpleField } from "./simpleField.ts";
import { textField } from "./toolkit.ts";

/** The API key: what was typed here, or nothing; a saved key never comes to the page. */
export function keyField(context: PageContext): FieldPart & { readonly show: (need: KeyNeed) => void } {
	const { texts, draft, change } = context;
	const field = textField({ id: "apiKey", label: texts.apiKey, value: draft().apiKey, type: "password" }, (apiKey) =>
		change({ apiKey }),
	);
	field.setAttribute("autocomplete", "off");
	const hint = hintOf("");
	return {
		...simpleField(context, field, hint),
		show: (need) => {
			hint.textContent = texts.keyHints[need];
			field.toggleAttribute("required", need === "required" || need === "otherHost");
			field.placeholder = need === "saved" ? texts.keySavedPlaceholder : "";
		},
	};
}

import type { UrlState } from "../src/vscode/relayFormMessages.ts";
import { fill, fillNodes, make } from "./dom.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { hintOf, simpleField } from "./simpleField.ts";
import { button, checkbox, textField } from "./toolkit.ts";

/** Base URL with the URL that will be called, and the explicit yes where the key would travel unencrypted. */
export function urlField(context: PageContext): FieldPart & { readonly show: (state: UrlState) => void } {
	const { texts, draft, change } = context;
	// A yes holds for the URL it was given for.
	const typed = (baseUrl: string): void => {
		change({ baseUrl, allowPlainHttp: false });
		consent.checked = false;
		// They are about the URL before. Whoever presses Tab now must not land on what is about to go away.
		suggestion.inert = true;
		warning.inert = true;
	};
	const field = textField({ id: "baseUrl", label: texts.baseUrl, value: draft().baseUrl }, typed);
	field.setAttribute("required", "");
	const hint = hintOf("");
	const warningText = make("p", { id: "plain-http-warning" });
	const consent = checkbox(
		texts.allowPlainHttp,
		() => draft().allowPlainHttp,
		(allowPlainHttp) => change({ allowPlainHttp }),
	);
	consent.id = "allowPlainHttp";
	consent.setAttribute("aria-describedby", warningText.id);
	const warning = make("div", { class: "warning", role: "status" }, warningText, consent);

	function lineOf(line: UrlState["line"]): readonly (Node | string)[] {
		switch (line.kind) {
			case "empty":
				return [texts.baseUrlHint];
			case "calls":
				return fillNodes(texts.willCall, make("code", { id: "called-url" }, line.url));
			case "problem":
				return [line.text];
		}
	}

	const suggestion = make("div", { class: "row" });
	function showSuggestion(baseUrl: string | null): void {
		suggestion.replaceChildren();
		if (baseUrl === null) return;
		const use = button("secondary", fill(texts.useSuggestion, baseUrl), () => {
			field.value = baseUrl;
			typed(baseUrl);
			field.focus();
		});
		suggestion.append(use);
	}

	return {
		...simpleField(context, field, hint, suggestion, warning),
		show: ({ line, plainHttp }) => {
			hint.replaceChildren(...lineOf(line));
			showSuggestion(line.kind === "problem" ? line.suggestion : null);
			warning.hidden = plainHttp === null;
			warningText.textContent = plainHttp ?? "";
			suggestion.inert = false;
			warning.inert = false;
		},
	};
}

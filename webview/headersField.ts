import { shownHeaderName } from "../src/accounts/headerRules.ts";
import type { HeaderRow, PageProblem } from "../src/vscode/relayFormMessages.ts";
import { fill, make } from "./dom.ts";
import type { FieldPart, PageContext } from "./pageContext.ts";
import { ProblemList } from "./problemList.ts";
import { hintOf } from "./simpleField.ts";
import { button, describe, removeButton, type TextField, textField } from "./toolkit.ts";

interface Row {
	readonly element: HTMLElement;
	readonly name: TextField;
	readonly value: TextField;
}

/** Extra headers: rows of a name and a value that come and go. */
export function headersField(context: PageContext): FieldPart {
	const { texts, draft, change } = context;
	const rows: Row[] = [];
	let shown: readonly PageProblem[] = [];
	let nextRow = 1;
	const problems = new ProblemList(context);
	const list = make("div", { class: "header-rows" });
	const add = button("secondary", texts.addHeader, () => {
		addRow({ name: "", value: "" }).name.focus();
		tell();
	});

	function tell(): void {
		change({ headers: rows.map(({ name, value }) => ({ name: name.value, value: value.value })) });
	}

	function addRow(header: HeaderRow): Row {
		const number = nextRow++;
		const made = (part: "name" | "value", label: string): TextField =>
			textField(
				{ id: `header-${part}-${number}`, label, placeholder: label, value: header[part], quietLabel: true },
				tell,
			);
		const name = made("name", texts.headerName);
		const value = made("value", texts.headerValue);
		const remove = removeButton(fill(texts.removeHeader, header.name || String(number)), () => removeRow(row));
		const group = { class: "header-row", role: "group", "aria-label": `${texts.headers} ${number}` };
		const row: Row = { element: make("div", group, name, value, remove), name, value };
		name.addEventListener("input", () => {
			remove.setAttribute("aria-label", fill(texts.removeHeader, name.value || String(number)));
		});
		rows.push(row);
		list.append(row.element);
		mark(row);
		return row;
	}

	function removeRow(row: Row): void {
		const index = rows.indexOf(row);
		rows.splice(index, 1);
		row.element.remove();
		const neighbour = rows[Math.min(index, rows.length - 1)];
		(neighbour?.name ?? add).focus();
		tell();
	}

	/** A row is marked when a problem names its header; a nameless problem marks the rows without a name. */
	function isMeant(row: Row): boolean {
		const name = shownHeaderName(row.name.value).toLowerCase();
		return shown.some(({ detail }) => detail.toLowerCase() === name);
	}

	function mark(row: Row): void {
		const meant = isMeant(row);
		for (const field of [row.name, row.value]) {
			if (meant) field.setAttribute("aria-invalid", "true");
			else field.removeAttribute("aria-invalid");
			describe(field, meant ? [problems.element] : []);
		}
	}

	for (const header of draft().headers) addRow(header);
	const hint = hintOf(texts.headersHint);
	hint.id = "headers-hint";
	const label = make("span", { id: "headers-label", class: "label" }, texts.headers);
	const group = { class: "field group", role: "group", "aria-labelledby": label.id, "aria-describedby": hint.id };
	return {
		element: make("div", group, label, hint, list, problems.element, make("div", { class: "row" }, add)),
		showProblems: (next) => {
			shown = next;
			problems.show(next);
			for (const row of rows) mark(row);
		},
		focusProblem: () => (rows.find(isMeant)?.name ?? rows[0]?.name ?? add).focus(),
	};
}

/** Small helpers to build the page; text always goes in as text, never as HTML. */

type Attributes = Readonly<Record<string, string>>;

export function make<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
	const element = document.createElement(name);
	for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
	element.append(...children);
	return element;
}

/** "{0} of {1}" with its places filled. */
export function fill(template: string, ...pieces: readonly string[]): string {
	return template.replace(/\{(\d)\}/g, (place, index: string) => pieces[Number(index)] ?? place);
}

/** The same with nodes, for a piece that looks different from the text around it. */
export function fillNodes(template: string, ...pieces: readonly Node[]): readonly (Node | string)[] {
	return template
		.split(/(\{\d\})/)
		.map((part) => {
			const index = /^\{(\d)\}$/.exec(part)?.[1];
			return index === undefined ? part : (pieces[Number(index)] ?? part);
		})
		.filter((part) => part !== "");
}

interface Swapped {
	readonly part: HTMLElement;
	/** Gets the focus when the other one had it. */
	readonly focus: HTMLElement;
}

/** Shows one of two parts in place of the other; the focus moves along, so that the keyboard does not lose its place. */
export function swapShown(second: boolean, one: Swapped, other: Swapped): void {
	const [shown, hidden] = second ? [other, one] : [one, other];
	shown.part.hidden = false;
	if (document.activeElement === hidden.focus) shown.focus.focus();
	hidden.part.hidden = true;
}

const svgNamespace = "http://www.w3.org/2000/svg";

/** A 16 by 16 line drawing in the colour of the text; hidden from screen readers. */
export function icon(path: string): SVGSVGElement {
	const svg = document.createElementNS(svgNamespace, "svg");
	for (const [name, value] of Object.entries({
		viewBox: "0 0 16 16",
		width: "16",
		height: "16",
		"aria-hidden": "true",
	})) {
		svg.setAttribute(name, value);
	}
	const line = document.createElementNS(svgNamespace, "path");
	for (const [name, value] of Object.entries({
		d: path,
		fill: "none",
		stroke: "currentColor",
		"stroke-width": "1.2",
	})) {
		line.setAttribute(name, value);
	}
	svg.append(line);
	return svg;
}

export const crossPath = "M4 4l8 8M12 4l-8 8";
export const tickPath = "M3 8.5l3.2 3.5L13 4.5";

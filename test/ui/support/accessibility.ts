import type { Page } from "playwright-core";

/** A thing as Chromium tells it to screen readers. */
export interface AccessibleNode {
	readonly role: string;
	readonly name: string;
	readonly description: string;
	readonly invalid: boolean;
}

interface AxValue {
	readonly value?: unknown;
}

function textOf(value: AxValue | undefined): string {
	return typeof value?.value === "string" ? value.value : "";
}

/** What can be operated or typed into. */
const operable: ReadonlySet<string> = new Set([
	...["textbox", "combobox", "listbox", "button", "checkbox", "radio", "switch", "slider", "spinbutton", "link"],
	...["menuitem", "tab", "DisclosureTriangle"],
]);

interface FrameTree {
	readonly frame: { readonly id: string };
	readonly childFrames?: readonly FrameTree[];
}

function framesIn(tree: FrameTree): readonly string[] {
	return [tree.frame.id, ...(tree.childFrames ?? []).flatMap(framesIn)];
}

interface TreeNode {
	readonly nodeId: string;
	readonly parentId?: string;
	readonly childIds?: readonly string[];
}

/** Chromium lists the nodes level by level. */
function inReadingOrder<Node extends TreeNode>(nodes: readonly Node[]): readonly Node[] {
	const byId = new Map(nodes.map((node) => [node.nodeId, node]));
	const from = (node: Node): readonly Node[] => [
		node,
		...(node.childIds ?? []).flatMap((id) => {
			const child = byId.get(id);
			return child === undefined ? [] : from(child);
		}),
	];
	return nodes.filter(({ parentId }) => parentId === undefined).flatMap(from);
}

/** Everything operable in the innermost frame that shows a heading with this text, in the order it is read. */
export async function operableNodes(page: Page, heading: string): Promise<readonly AccessibleNode[]> {
	const session = await page.context().newCDPSession(page);
	try {
		const { frameTree } = await session.send("Page.getFrameTree");
		for (const frameId of framesIn(frameTree).toReversed()) {
			const { nodes } = await session.send("Accessibility.getFullAXTree", { frameId });
			const heard = inReadingOrder(nodes).filter((node) => !node.ignored);
			if (!heard.some(({ role, name }) => textOf(role) === "heading" && textOf(name) === heading)) continue;
			return heard
				.filter(({ role }) => operable.has(textOf(role)))
				.map(({ role, name, description, properties = [] }) => ({
					role: textOf(role),
					name: textOf(name),
					description: textOf(description),
					invalid: properties.some((property) => property.name === "invalid" && property.value.value === "true"),
				}));
		}
		throw new Error(`No page shows the heading "${heading}".`);
	} finally {
		await session.detach();
	}
}

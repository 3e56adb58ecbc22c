import type { PageMessage, PageProblem, PageTexts, RelayDraft } from "../src/vscode/relayFormMessages.ts";

/** What each part of the page is given. */
export interface PageContext {
	readonly texts: PageTexts;
	/** What stands in the fields right now. */
	readonly draft: () => RelayDraft;
	readonly change: (part: Partial<RelayDraft>) => void;
	readonly post: (message: PageMessage) => void;
}

/** A field with what belongs to it. `showProblems` is called once after attaching and then on each change. */
export interface FieldPart {
	readonly element: HTMLElement;
	readonly showProblems: (problems: readonly PageProblem[]) => void;
	/** Where the focus goes when this field has a problem. */
	readonly focusProblem: () => void;
}

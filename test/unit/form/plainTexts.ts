import type { PageTexts } from "../../../src/vscode/relayFormMessages.ts";
import type { FormTexts } from "../../../src/vscode/relayFormState.ts";

/** Words that a test can recognise: codes instead of sentences. The page's own words play no part in what a form does. */
export const plainTexts: FormTexts = {
	page: {} as PageTexts,
	addTitle: "add",
	editTitle: (label) => `edit ${label}`,
	problem: ({ code, detail }) => `${code} ${detail}`.trim(),
	fault: ({ kind }) => kind,
	test: (report) => (report.kind === "ok" ? `ok ${report.model}: ${report.firstWords}` : report.kind),
	plainHttpWarning: (host) => `plain http to ${host}`,
	headerTwice: (name) => `twice ${name}`,
	lookingFor: (host) => `looking for ${host}`,
	saving: "saving",
	gone: "gone",
	changedElsewhere: "changed elsewhere",
	offers: { saveAnyway: "save anyway", saveAsNew: "save as new", replace: "replace", loadSaved: "load saved" },
	same: (label) => `same ${label}`,
	updateSame: (label) => `update ${label}`,
	notSaved: (reason) => `not saved: ${reason}`,
};

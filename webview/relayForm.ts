import type { HostMessage, PageMessage } from "../src/vscode/relayFormMessages.ts";
import { buildFormPage, type FormPage } from "./formPage.ts";
import { type Place, readPlace } from "./place.ts";
import "./relayForm.css";
import "./fields.css";
import "./messages.css";
import "./choices.css";
import { registerComponents } from "./toolkit.ts";

declare function acquireVsCodeApi(): {
	postMessage(message: PageMessage): void;
	getState(): unknown;
	setState(state: Place): void;
};

registerComponents();
const vscode = acquireVsCodeApi();
const main = document.querySelector("main") ?? document.body;
let page: FormPage | null = null;

function keepPlace(): void {
	if (page === null) return;
	vscode.setState({
		scroll: window.scrollY,
		focus: document.activeElement?.id ?? "",
		advancedOpen: page.advanced.open,
	});
}

function returnTo({ scroll, focus, advancedOpen }: Place, built: FormPage): void {
	if (advancedOpen) built.advanced.open = true;
	const target = focus === "" ? null : document.getElementById(focus);
	(target ?? document.getElementById("label"))?.focus({ preventScroll: true });
	window.scrollTo({ top: scroll });
}

window.addEventListener("message", ({ data }: MessageEvent<HostMessage>) => {
	if (data.type !== "start") return page?.receive(data);
	page = buildFormPage(main, data, (message) => vscode.postMessage(message));
	page.advanced.addEventListener("toggle", keepPlace);
	returnTo(readPlace(vscode.getState()), page);
});
document.addEventListener("focusin", keepPlace);
document.addEventListener("scrollend", keepPlace);
vscode.postMessage({ type: "ready" });
